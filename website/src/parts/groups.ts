/** The groups that machines are in. */

import { collator } from '../format';

/** How many times each of the words is there. */
export function tally(words: Iterable<string>): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const word of words) sizes.set(word, (sizes.get(word) ?? 0) + 1);
  return sizes;
}

/** The groups of some machines in the order of their names, each with how many machines are in it. */
export function groupSizes(machines: readonly { groups: readonly string[] }[]): Map<string, number> {
  const sizes = tally(machines.flatMap(({ groups }) => groups));
  return new Map([...sizes].sort(([a], [b]) => collator.compare(a, b)));
}

/** As the server takes a group's name. */
export const groupName = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;
