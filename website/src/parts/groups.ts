/** The groups that machines are in. */

/** As the server takes a group's name. */
export const groupName = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;
