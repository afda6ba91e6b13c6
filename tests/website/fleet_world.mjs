// Machines that send to the server of a test.

import assert from 'node:assert/strict';

/** Enrols a machine by a token of an administrator; returns what sends its events. */
export async function enrol(server, machine) {
  const token = server.command('enroll-token', 'create').trim();
  return enrolBy(server, machine, token);
}

export async function enrolBy(server, machine, token) {
  const answer = await post(server, '/api/enroll', token, { machine_id: machine });
  assert.equal(answer.status, 200, await answer.clone().text());
  const { credential } = await answer.json();
  return {
    credential,
    /** Events of a minute each, the last one at `end`; `change` is laid over each. Returns the server's answer. */
    async send(count, change = {}, end = new Date()) {
      const events = Array.from({ length: count }, (_, i) => ({
        machine_id: machine,
        timestamp: new Date(end.getTime() - (count - 1 - i) * 60_000).toISOString(),
        timezone: 'Europe/Berlin',
        interval_sec: 60,
        key_count: 100,
        mouse_clicks: 10,
        ...change,
      }));
      return (await post(server, '/api/events', credential, { events })).json();
    },
  };
}

const post = (server, path, bearer, body) =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${bearer}` },
    body: JSON.stringify(body),
  });
