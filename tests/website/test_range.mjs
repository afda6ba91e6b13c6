// Weeks, months and years of a machine.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enrol } from './fleet_world.mjs';
import { phone, signIn, startServer, withPage } from './world.mjs';

const server = await startServer();
server.addPerson('ann', 'admin');
const machine = await enrol(server, 'ws-range');
const end = (date) => new Date(`${date}T10:59:00+01:00`);
// Two weeks with two days each; the second has more.
for (const [date, minutes, app] of [
  ['2026-01-06', 60, 'code'],
  ['2026-01-07', 60, 'code'],
  ['2026-01-13', 90, 'code'],
  ['2026-01-14', 60, '<b>firefox</b>'],
])
  await machine.send(minutes, { active_app: app, active_sec: 60 }, end(date));

const wait = (locator) => locator.waitFor();
const figure = (page, name) => page.locator('.figs > div').filter({ hasText: name });
const query = (page) => new URL(page.url()).search;

const onRange = (address, steps, options = {}) =>
  withPage(
    server,
    async (page) => {
      await signIn(page, 'ann');
      await page.goto(`/machines/ws-range?${address}`);
      await steps(page);
    },
    { timezoneId: 'Europe/Berlin', ...options },
  );

test('a week is summed up, beside the week before', () =>
  onRange('from=2026-01-12&to=2026-01-18', async (page) => {
    await wait(page.getByText('12 to 18 Jan 2026'));
    await wait(figure(page, 'Active').getByText('2 h 30 min'));
    await wait(figure(page, 'Active').getByText('2 h 0 min before, +25 %'));
    await wait(figure(page, 'A working day').getByText('2 days of 7'));
    await wait(figure(page, 'Begins, ends').getByText(/^\d+:\d\d and 1[01]:00$/));
    await wait(page.getByRole('img', { name: /^Active time on each day, 12 to 18 Jan 2026.*2 h 30 min in all, \+25 %/ }));
    await wait(page.getByRole('region', { name: 'Applications' }).getByText('<b>firefox</b>'));
    await wait(page.getByRole('img', { name: /^Most active on (Tue|Wed) from/ }));
  }));

test('behind each chart is a table, from which a day opens', () =>
  onRange('from=2026-01-12&to=2026-01-18', async (page) => {
    const days = page.getByRole('region', { name: 'Active time by day' });
    await days.getByRole('button', { name: 'Show as table' }).click();
    await wait(days.getByRole('row').filter({ hasText: 'Tue 13 Jan' }).filter({ hasText: '1 h 30 min' }));
    const hours = page.getByRole('region', { name: 'Hour by weekday' });
    await hours.getByRole('button', { name: 'Show as table' }).click();
    await wait(hours.getByRole('row').filter({ hasText: '10 to 11' }));
    const year = page.getByRole('region', { name: '2026', exact: true });
    await year.getByRole('button', { name: 'Show as table' }).click();
    await wait(year.getByRole('link', { name: 'Wed 7 Jan' }));
    await days.getByRole('link', { name: 'Tue 13 Jan' }).click();
    await page.waitForURL('**/machines/ws-range?date=2026-01-13');
    await wait(figure(page, 'Active').getByText('1 h 30 min'));
  }));

test('a day of the charts opens at a click', () =>
  onRange('from=2026-01-12&to=2026-01-18', async (page) => {
    await page.locator('rect.hit').nth(2).click();
    await page.waitForURL('**/machines/ws-range?date=2026-01-14');
    await page.goBack();
    await page.locator('rect.day-cell').nth(5).click();
    await page.waitForURL('**/machines/ws-range?date=2026-01-06');
  }));

test('keys go to the week before, to the month and the year', () =>
  onRange('from=2026-01-12&to=2026-01-18', async (page) => {
    await wait(figure(page, 'Active').getByText('2 h 30 min'));
    await page.keyboard.press('ArrowLeft');
    await wait(page.getByText('5 to 11 Jan 2026'));
    assert.equal(query(page), '?from=2026-01-05&to=2026-01-11');
    await page.keyboard.press('m');
    await wait(figure(page, 'Active').getByText('4 h 30 min'));
    assert.equal(query(page), '?from=2026-01-01&to=2026-01-31');
    await page.keyboard.press('y');
    await wait(figure(page, 'A working day').getByText('4 days of 365'));
    await page.goBack();
    await wait(page.getByText('January 2026'));
  }));

test('a range without anything is empty, and not broken', () =>
  onRange('from=2024-02-01&to=2024-02-29', async (page) => {
    await wait(page.getByText('February 2024'));
    await wait(page.getByText('None was used.'));
    await wait(figure(page, 'Begins, ends').getByText('none'));
  }));

test('on a phone the year is scrolled within its card', () =>
  onRange(
    'from=2026-01-01&to=2026-12-31',
    async (page) => {
      await wait(figure(page, 'Active').getByText('4 h 30 min'));
      await wait(page.locator('rect.day-cell').first());
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    },
    phone,
  ));
