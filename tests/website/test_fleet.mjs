// The fleet: its rows, what narrows them down, and what is done to many at once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enrol, enrolBy } from './fleet_world.mjs';
import { phone, signIn, startServer, withPage } from './world.mjs';

const server = await startServer();
server.addPerson('jonas.weber', 'admin');

const wait = (locator) => locator.waitFor();
const row = (page, name) => page.locator('tbody tr[data-id]').filter({ hasText: name });
const names = (page) => page.locator('tbody tr[data-id] a').allTextContents();
const query = (page) => new URL(page.url()).search;

/** The fleet as an administrator sees it, once its rows are there. */
const withFleet = (steps, address = '/', options = {}) =>
  withPage(
    server,
    async (page) => {
      await signIn(page, 'jonas.weber');
      await page.goto(address);
      await wait(page.locator('tbody tr[data-id]').first());
      await steps(page);
    },
    options,
  );

test('a fleet without machines says why, and how to add one, which then appears', () =>
  withPage(server, async (page) => {
    await signIn(page, 'jonas.weber');
    await page.goto('/');
    await wait(page.getByText('No machine has been heard yet'));
    await page.getByRole('button', { name: 'Add machine' }).first().click();
    await page.getByRole('button', { name: 'Show the command' }).click();
    const command = page.getByText(/^activitytrack-agent enroll http/);
    await wait(command);
    const [, address, token] = /enroll (\S+) (\S+)/.exec(await command.textContent());
    assert.equal(address, server.url);
    const machine = await enrolBy(server, 'ws-first', token);
    await machine.send(3);
    await wait(page.getByRole('dialog').getByRole('link', { name: 'ws-first' }));
    await page.getByRole('dialog').getByText('Close', { exact: true }).click();
    await wait(row(page, 'ws-first'));
  }));

const hostile = '<img src=x onerror=alert(1)>\u202egnirts 🦆 ' + 'w'.repeat(80);
const day = new Date('2026-01-15T10:30:00Z');

test('machines are rows with their state, and a day in words', async () => {
  for (const [machine, minutes] of [['ws-anna', 40], ['ws-bert', 90], ['ws-carl', 1]]) {
    const agent = await enrol(server, machine);
    await agent.send(minutes, {}, day);
    if (machine === 'ws-bert') await agent.send(1);
    if (machine === 'ws-carl') assert.equal((await agent.send(1, { key_count: -1 })).rejected.length, 1);
  }
  await withFleet(async (page) => {
    await wait(row(page, 'ws-anna').getByText('40 min'));
    await wait(row(page, 'ws-bert').getByText('1 h 30 min'));
    assert.equal(await row(page, 'ws-bert').getByRole('img').getAttribute('aria-label'), 'Active 1 h 30 min');
    await wait(row(page, 'ws-bert').getByText('Active', { exact: true }));
    await page.getByRole('button', { name: 'Today' }).click();
    await page.waitForFunction(() => !location.search.includes('date'));
  }, '/?date=2026-01-15&tz=UTC');
});

test('what a machine does is shown without asking again, also of one that is new', () =>
  withFleet(async (page) => {
    await wait(page.getByText('Live', { exact: true }));
    const agent = await enrol(server, 'ws-dora');
    await agent.send(1);
    await wait(row(page, 'ws-dora').getByText('Active', { exact: true }));
    await page.evaluate(() => (window.loadedOnce = true));
    await agent.send(1, { key_count: 0, mouse_clicks: 0, is_idle: true });
    await wait(row(page, 'ws-dora').getByText('Idle', { exact: true }));
    assert.ok(await page.evaluate(() => window.loadedOnce));
    await page.request.delete('/api/machines/ws-dora', { headers: { Origin: server.url, 'Content-Type': 'application/json' } });
  }));

test('filter, state and order stand in the address, and Back takes them back', () =>
  withFleet(async (page) => {
    await page.getByLabel('Filter machines').fill('WS-B');
    await wait(row(page, 'ws-bert'));
    await page.waitForFunction(() => document.querySelectorAll('tbody tr[data-id]').length === 1);
    assert.equal(query(page), '?q=WS-B');
    await page.getByLabel('Filter machines').fill('');
    const column = page.getByRole('button', { name: 'Machine', exact: true });
    await column.click();
    await wait(page.locator('th[aria-sort=ascending]').filter({ has: column }));
    await column.click();
    await wait(page.locator('th[aria-sort=descending]').filter({ has: column }));
    assert.equal(query(page), '?sort=-machine');
    assert.deepEqual(await names(page), ['ws-first', 'ws-carl', 'ws-bert', 'ws-anna']);
    await page.goBack();
    await wait(page.locator('th[aria-sort=ascending]').filter({ has: column }));
    assert.deepEqual(await names(page), ['ws-anna', 'ws-bert', 'ws-carl', 'ws-first']);
    await page.getByRole('button', { name: /^Offline/ }).click();
    await wait(page.getByText('No machine is like that'));
    assert.equal(query(page), '?sort=machine&state=offline');
    await page.getByRole('button', { name: 'Show all 4' }).click();
    await wait(row(page, 'ws-anna'));
  }));

test('what needs attention says what to do', () =>
  withFleet(async (page) => {
    await wait(page.getByRole('heading', { name: 'Needs attention' }));
    await page.getByRole('button', { name: 'What to do: Events refused' }).click();
    const dialog = page.getByRole('dialog', { name: 'Events refused' });
    await wait(dialog.getByRole('link', { name: 'ws-carl' }));
    await wait(dialog.getByText('timedatectl status'));
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  }));

test('a hostile name is text, and does not widen the page', async () => {
  await withFleet(async (page) => {
    const headers = { Origin: server.url };
    const answer = await page.request.patch('/api/machines/ws-anna', { data: { user_label: hostile }, headers });
    assert.equal(answer.status(), 200, await answer.text());
    for (const width of [1440, 1100, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.reload();
      await wait(row(page, '<img src=x'));
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `wider than ${width}`);
    }
    await page.request.patch('/api/machines/ws-anna', { data: { user_label: null }, headers });
  });
});

test('the keys go through the rows, tick and open', () =>
  withFleet(async (page) => {
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    assert.deepEqual(await page.evaluate(() => document.activeElement.textContent), 'ws-bert');
    await wait(page.getByText('1 ticked'));
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/machines/ws-anna');
  }, '/?sort=machine'));

test('what is ticked moves to a new group, whose machines can be shown alone', () =>
  withFleet(async (page) => {
    await page.getByLabel('Select ws-anna').check();
    await page.getByLabel('Select ws-bert').check();
    await page.getByRole('button', { name: 'Move to group…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Move to a group' });
    await dialog.getByLabel('A new group').check();
    await dialog.getByLabel('Name of the new group').fill('no spaces');
    assert.ok(await dialog.getByRole('button', { name: 'Move 2 machines' }).isDisabled());
    await dialog.getByLabel('Name of the new group').fill('office');
    await wait(dialog.getByText('gets the settings of'));
    await dialog.getByRole('button', { name: 'Move 2 machines' }).click();
    await wait(dialog.getByText('Moved: 2 machines'));
    await dialog.getByText('Close', { exact: true }).click();
    const kept = await (await page.request.get('/api/machines/ws-bert/configuration')).json();
    assert.deepEqual(kept.groups, ['office']);
    await page.goto('/?sort=machine&group=office');
    await wait(row(page, 'ws-anna'));
    assert.deepEqual(await names(page), ['ws-anna', 'ws-bert']);
  }));

test('machines are removed only by who types how many', () =>
  withFleet(async (page) => {
    await page.getByLabel('Select ws-first').check();
    await page.getByRole('button', { name: 'Remove…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Remove 1 machine' });
    const erase = dialog.getByRole('button', { name: 'Erase and remove' });
    assert.ok(await erase.isDisabled());
    await dialog.getByLabel('How many machines').fill('1');
    await erase.click();
    await wait(dialog.getByText('Removed: 1 machine'));
    await dialog.getByText('Close', { exact: true }).click();
    await row(page, 'ws-first').waitFor({ state: 'detached' });
    assert.equal((await page.request.get('/api/machines/ws-first')).status(), 404);
  }));

test('columns and density stay as a person likes them', () =>
  withFleet(async (page) => {
    const version = page.getByRole('button', { name: 'Version' });
    await wait(version);
    await page.getByRole('button', { name: 'Columns and density' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Version' }).click();
    await version.waitFor({ state: 'hidden' });
    await page.reload();
    await wait(row(page, 'ws-anna'));
    assert.ok(await version.isHidden());
    // What is drawn of a long list goes by heights that are known beforehand.
    assert.equal((await row(page, 'ws-anna').boundingBox()).height, 36);
    await page.getByRole('button', { name: 'Columns and density' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Compact rows' }).click();
    await page.waitForFunction(() => document.querySelector('tbody tr[data-id]').getBoundingClientRect().height === 28);
  }, '/', { viewport: { width: 1440, height: 900 } }));

test('on a phone machines are cards of two lines', () =>
  withFleet(async (page) => {
    const box = await row(page, 'ws-anna').boundingBox();
    assert.equal(box.height, 60);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await row(page, 'ws-anna').click();
    await page.waitForURL('**/machines/ws-anna');
  }, '/', phone));
