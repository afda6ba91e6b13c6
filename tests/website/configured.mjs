// What tests of the configuration's pages share: machines whose agents the test plays, and steps on the form.

import assert from 'node:assert/strict';
import { enrol as enrolMachine } from './fleet_world.mjs';
import { PASSWORD } from './world.mjs';

/** A server's API, as somebody who is signed in. */
export async function signedIn(server, user) {
  const login = await fetch(`${server.url}/api/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: server.url },
    body: JSON.stringify({ user, password: PASSWORD }),
  });
  assert.equal(login.status, 200);
  const cookie = login.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  return async (method, path, body) => {
    const headers = { 'Content-Type': 'application/json', Origin: server.url, Cookie: cookie };
    const answer = await fetch(server.url + path, { method, headers, body: body && JSON.stringify(body) });
    assert.ok(answer.ok, `${method} ${path}: ${await answer.clone().text()}`);
    return answer.json();
  };
}

/** A machine that has sent one event, and whose agent says of each version what the test has it say. */
export async function enrol(server, machine, { mayLoosen = false } = {}) {
  const { credential, send } = await enrolMachine(server, machine);
  await send(1);
  const ask = async (query) => {
    const said = new URLSearchParams({ may_loosen: String(mayLoosen), ...query });
    const answer = await fetch(`${server.url}/api/config?${String(said).replaceAll('+', '%20')}`, {
      headers: { Authorization: `Bearer ${credential}` },
    });
    assert.ok([200, 304].includes(answer.status), await answer.clone().text());
    return answer.status === 200 ? answer.json() : null;
  };
  let version = 0;
  return {
    /** Takes what there is; what it was sent, null if nothing was new within so many seconds. */
    async take(wait = 0) {
      const sent = await ask({ version, wait });
      if (!sent) return null;
      version = sent.version;
      await ask({ version });
      return sent;
    },
    /** Refuses what there is; false if there was nothing. */
    async refuse(key, reason) {
      const sent = await ask({ version });
      if (!sent) return false;
      await ask({ version, error_version: sent.version, error_key: key, error: reason });
      return true;
    },
  };
}

/** The form of a page, by the keys of settings. */
export function formOf(page) {
  const row = (key) => page.locator(`.f[data-key="${key}"]`);
  const bar = page.getByRole('region', { name: 'Changes that are not saved' });
  return {
    row,
    bar,
    field: (key) => page.locator(`[id="setting-${key}"]`),
    /** Opens the review, and waits until it says what would change. */
    async review() {
      await bar.getByRole('button', { name: 'Review' }).click();
      const dialog = page.getByRole('dialog', { name: /^Save / });
      await dialog.locator('.diff tbody tr').first().waitFor();
      return dialog;
    },
    /** Saves what is reviewed, on all machines at once. */
    async save(dialog) {
      dialog ??= await this.review();
      const atOnce = dialog.getByLabel('All at once');
      if (await atOnce.isVisible()) await atOnce.check();
      await dialog.getByRole('button', { name: 'Save', exact: true }).click();
      await dialog.waitFor({ state: 'detached' });
    },
  };
}
