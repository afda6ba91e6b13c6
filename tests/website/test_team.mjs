// The team: machines by days, their sums, and the ways on from there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enrol } from './fleet_world.mjs';
import { phone, signIn, startServer, withPage } from './world.mjs';

const server = await startServer();
server.addPerson('jonas.weber', 'admin');

const at = (day, minutes) => [minutes, {}, new Date(`2026-01-${day}T12:00:00Z`)];
const anna = await enrol(server, 'ws-anna');
await anna.send(...at('12', 90));
await anna.send(...at('14', 30));
const bert = await enrol(server, 'ws-bert');
await bert.send(...at('14', 45));

const wait = (locator) => locator.waitFor();
const week = '/team?from=2026-01-12&to=2026-01-18&tz=UTC';
const row = (page, name) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) });

const withTeam = (steps, options = {}, address = week) =>
  withPage(
    server,
    async (page) => {
      await signIn(page, 'jonas.weber');
      await page.goto(address);
      await wait(row(page, 'ws-anna'));
      await steps(page);
    },
    options,
  );

test('days and their sums are in words, and what was not observed is told apart', () =>
  withTeam(async (page) => {
    await wait(row(page, 'ws-anna').getByRole('link', { name: 'Monday 12 January, Active 1 h 30 min' }));
    await wait(row(page, 'ws-bert').getByRole('link', { name: 'Monday 12 January, Not observed' }));
    await wait(row(page, 'ws-anna').getByRole('gridcell', { name: '2 h 0 min' }));
    await wait(row(page, /^All 2/).getByText('2 h 45 min'));
    // What is drawn of a long list goes by a height that is known beforehand.
    assert.equal((await row(page, 'ws-anna').boundingBox()).height, 40);
  }));

test('the order stands in the address', () =>
  withTeam(async (page) => {
    const names = () => page.locator('tbody th a').allTextContents();
    assert.deepEqual(await names(), ['ws-anna', 'ws-bert']);
    await page.getByRole('button', { name: 'Machine', exact: true }).click();
    await page.waitForFunction(() => document.querySelector('tbody th a').textContent === 'ws-bert');
    assert.equal(new URL(page.url()).searchParams.get('sort'), '-name');
    await page.getByRole('button', { name: 'Total' }).click();
    await page.waitForFunction(() => document.querySelector('tbody th a').textContent === 'ws-anna');
  }));

test('the arrow keys go from day to day, and Enter opens it', () =>
  withTeam(async (page) => {
    await page.getByRole('link', { name: /^Monday 12 January, Active/ }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/machines/ws-bert?date=2026-01-14&tz=UTC');
  }));

test('a week leads to the one before, and to its month', () =>
  withTeam(async (page) => {
    await page.getByRole('button', { name: 'Before' }).click();
    await page.waitForURL('**/team?from=2026-01-05&to=2026-01-11**');
    await page.getByRole('button', { name: 'Month' }).click();
    await page.waitForURL('**/team?from=2026-01-01&to=2026-01-31**');
    await wait(row(page, 'ws-anna').getByText('1 h 30 min'));
  }));

test('a group alone has its own sums, and is what is exported', () =>
  withTeam(async (page) => {
    const headers = { Origin: server.url };
    await page.request.put('/api/configuration/groups/office', { data: { settings: {} }, headers });
    const answer = await page.request.put('/api/machines/ws-bert/configuration', { data: { groups: ['office'] }, headers });
    assert.equal(answer.status(), 200, await answer.text());
    await page.reload();
    await page.getByRole('button', { name: 'Group: all machines' }).click();
    await page.getByRole('menuitemradio', { name: 'office 1' }).click();
    await row(page, 'ws-anna').waitFor({ state: 'detached' });
    const link = await page.getByRole('link', { name: 'Export' }).getAttribute('href');
    const csv = await (await page.request.get(link)).text();
    assert.match(csv, /ws-bert/);
    assert.doesNotMatch(csv, /ws-anna/);
  }));

test('on a phone the table scrolls in its box, with names and totals in sight', () =>
  withTeam(async (page) => {
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await page.evaluate(() => (document.querySelector('.team-box').scrollLeft = 200));
    const head = await row(page, 'ws-anna').getByRole('rowheader').boundingBox();
    assert.ok(head.x >= 0 && head.x < 40, `the name is at ${head.x}`);
  }, phone));
