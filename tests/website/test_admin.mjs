// Administration: people, tokens, machines, and who did what.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enrol, enrolBy } from './fleet_world.mjs';
import { PASSWORD, phone, signIn, startServer, waitForSection, withPage } from './world.mjs';

const server = await startServer();
server.addPerson('ann', 'admin');

const wait = (locator) => locator.waitFor();
const row = (page, text) => page.locator('tbody tr').filter({ hasText: text });

/** Runs the steps as the administrator on a page of the administration. */
const onTab = (tab, steps, options) =>
  withPage(
    server,
    async (page) => {
      await signIn(page, 'ann');
      await page.goto(`/admin/${tab}`);
      await wait(page.getByRole('heading', { level: 2 }).first());
      await steps(page);
    },
    options,
  );

async function choose(page, whose, what) {
  await page.getByRole('button', { name: `What to do with ${whose}` }).click();
  await page.getByRole('menuitem', { name: what }).click();
}

test('a person who is added is told their password once, and signs in with it', async () => {
  let password;
  await onTab('people', async (page) => {
    await page.getByRole('button', { name: 'Add a person' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a person' });
    await dialog.getByLabel('Name').fill('ann');
    await dialog.getByRole('radio', { name: /^manager/ }).check();
    await dialog.getByLabel(/^Machines/).fill('ws-1\nws-2');
    await wait(dialog.getByText('Not heard of yet: ws-1, ws-2'));
    await dialog.getByRole('button', { name: 'Make one' }).click();
    password = await dialog.getByLabel('Password').inputValue();
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await wait(dialog.getByRole('alert'));
    assert.equal(await dialog.getByLabel(/^Machines/).inputValue(), 'ws-1\nws-2', 'a refused form is kept');
    await dialog.getByLabel('Name').fill('bert');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    const told = page.getByRole('dialog', { name: 'Password of bert' });
    await wait(told.getByText(password));
    await told.getByRole('button', { name: 'Done' }).click();
    await wait(row(page, 'bert').getByText('manager'));
    assert.equal(await page.getByText(password).count(), 0);
  });
  await withPage(server, async (page) => {
    await page.goto('/login');
    await page.getByLabel('Name').fill('bert');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await waitForSection(page, 'Fleet');
  });
});

test('a person is changed, and removed only after a question', () =>
  onTab('people', async (page) => {
    server.addPerson('carl', 'viewer', 'ws-1');
    await page.reload();
    await choose(page, 'carl', 'Change…');
    const dialog = page.getByRole('dialog', { name: 'Change carl' });
    await dialog.getByRole('radio', { name: /^self/ }).check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await wait(row(page, 'carl').getByText('self'));
    await choose(page, 'carl', 'Remove…');
    await wait(page.getByText('They cannot sign in any more'));
    await page.getByRole('button', { name: 'Back' }).click();
    await wait(row(page, 'carl'));
    await choose(page, 'carl', 'Remove…');
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await row(page, 'carl').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'What to do with ann' }).click();
    assert.ok(await page.getByRole('menuitem', { name: 'Remove…' }).isDisabled());
  }));

test('a token is shown once, works, and not after it is revoked', () =>
  onTab('tokens', async (page) => {
    const card = page.getByRole('region', { name: 'Tokens', exact: true });
    await card.getByRole('button', { name: 'Make one' }).click();
    const dialog = page.getByRole('dialog', { name: 'Make a token of yours' });
    await dialog.getByLabel('Label').fill('nightly <b>report</b>');
    await dialog.getByRole('button', { name: 'Make it' }).click();
    await wait(dialog.getByText('It is shown this once'));
    const token = await dialog.locator('.copy code').textContent();
    const asks = () => fetch(`${server.url}/api/me`, { headers: { Authorization: `Bearer ${token}` } });
    assert.equal((await asks()).status, 200);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await wait(row(page, 'nightly <b>report</b>'));
    assert.equal(await page.getByText(token).count(), 0);
    await page.getByRole('button', { name: 'Revoke nightly <b>report</b>' }).click();
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await row(page, 'nightly').waitFor({ state: 'detached' });
    assert.equal((await asks()).status, 401);
  }));

test('an enrolment token comes as the command to run, and counts its uses', () =>
  onTab('tokens', async (page) => {
    const card = page.getByRole('region', { name: 'Enrolment tokens' });
    await card.getByRole('button', { name: 'Make one' }).click();
    const dialog = page.getByRole('dialog', { name: 'Make an enrolment token' });
    await dialog.getByLabel('Label').fill('second floor');
    await dialog.getByLabel('How many machines may use it').fill('2');
    await dialog.getByRole('button', { name: 'Make it' }).click();
    const command = await dialog.locator('.copy code').textContent();
    const [, address, token] = /^activitytrack-agent enroll (\S+) (\S+)$/.exec(command);
    assert.equal(address, server.url);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await wait(row(page, 'second floor').getByText('2 of 2'));
    await enrolBy(server, 'ws-1', token);
    await page.reload();
    await wait(row(page, 'second floor').getByText('1 of 2'));
  }));

test('a machine is labelled, its credential revoked, and it is erased', async () => {
  const machine = await enrol(server, 'ws-label');
  await machine.send(2);
  await onTab('machines', async (page) => {
    await choose(page, 'ws-label', 'Label…');
    const dialog = page.getByRole('dialog', { name: 'Label of ws-label' });
    await dialog.getByLabel('Label for people').fill("Ann's desk 🌱");
    await page.keyboard.press('Enter');
    await wait(row(page, 'ws-label').getByText("Ann's desk 🌱"));
    await choose(page, 'ws-label', 'Revoke its credentials…');
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.notEqual((await machine.send(1)).accepted, 1);
    await page.getByLabel('Filter machines').fill('no such');
    await wait(page.getByText('No machine matches the filter'));
    await page.getByLabel('Filter machines').fill('desk');
    await choose(page, 'ws-label', 'Erase…');
    await page.getByRole('button', { name: 'Erase', exact: true }).click();
    await wait(page.getByText('No machine yet'));
  });
});

test('the audit log says who did what, and is narrowed down by the address', () =>
  onTab('audit', async (page) => {
    await page.getByLabel('Machine', { exact: true }).fill('ws-label');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/admin/audit?machine=ws-label');
    await wait(row(page, 'DELETE /api/machines').first());
    await row(page, 'POST /api/tokens').waitFor({ state: 'detached' });
  }));

test('the server says that it can store', () => onTab('server', (page) => wait(page.getByText('Events can be stored'))));

test('who is signed out in a form signs in there, and nothing typed is lost', () =>
  onTab('people', async (page) => {
    await page.getByRole('button', { name: 'Add a person' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a person' });
    await dialog.getByLabel('Name').fill('dora');
    await dialog.getByLabel('Password').fill('a password of dora');
    await page.context().clearCookies();
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await wait(page.getByText('What you typed is kept'));
    await page.getByRole('dialog', { name: 'Sign in' }).getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await wait(page.getByRole('dialog', { name: 'Password of dora' }));
    await page.getByRole('button', { name: 'Done' }).click();
    await wait(row(page, 'dora'));
  }));

test('a manager is sent to no page of the administration', async () => {
  server.addPerson('max', 'manager', 'ws-1');
  await withPage(server, async (page) => {
    await signIn(page, 'max');
    await page.goto('/admin/people');
    await wait(page.getByRole('alert'));
    assert.equal(await page.getByText('dora').count(), 0);
  });
});

test('on a phone no table widens the page', () =>
  onTab(
    'people',
    async (page) => {
      for (const tab of ['people', 'tokens', 'machines', 'audit', 'server']) {
        await page.goto(`/admin/${tab}`);
        await wait(page.getByRole('heading', { level: 2 }).first());
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), tab);
      }
    },
    phone,
  ));
