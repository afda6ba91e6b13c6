// A machine's day: its sums, the lanes and what is done with them, and the day in words.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enrol } from './fleet_world.mjs';
import { phone, signIn, startServer, withPage } from './world.mjs';

const server = await startServer();
server.addPerson('ann', 'admin');
const machine = await enrol(server, 'ws-day');

/** Of a day in Berlin: from 9:00 an hour of work, half an hour idle, a quarter scripted, a gap, and work from 13:00. */
const at = (clock) => new Date(`2026-01-15T${clock}:00+01:00`);
const reasons = ['constant_interval', 'clicks every 0.50 s without moving'];
await machine.send(60, { active_app: 'code', active_window: 'main.cpp - shop', active_sec: 60 }, at('09:59'));
await machine.send(30, { is_idle: true, key_count: 0, mouse_clicks: 0, active_sec: 0 }, at('10:29'));
await machine.send(
  15,
  { active_app: 'firefox', input_verdict: 'scripted', genuine_score: 0.05, scripted_reasons: reasons, scripted_count: 110, key_count: 0, mouse_clicks: 0, active_sec: 0 },
  at('10:44'),
);
await machine.send(20, { active_app: 'firefox', active_sec: 60, gap_before: 'paused' }, at('13:19'));

const wait = (locator) => locator.waitFor();
const figure = (page, name) => page.locator('.figs > div').filter({ hasText: name });
const query = (page) => new URL(page.url()).searchParams;

const onDay = (address, steps, options = {}) =>
  withPage(
    server,
    async (page) => {
      await signIn(page, 'ann');
      await page.goto(`/machines/ws-day${address}`);
      await steps(page);
    },
    { timezoneId: 'Europe/Berlin', ...options },
  );

const plot = (page) => page.getByRole('img', { name: /^Lanes from/ });

/** Drags over the lanes, between two shares of their width. */
async function drag(page, from, to) {
  const box = await plot(page).boundingBox();
  const y = box.y + 60;
  await page.mouse.move(box.x + from * box.width, y);
  await page.mouse.down();
  await page.mouse.move(box.x + ((from + to) / 2) * box.width, y);
  await page.mouse.move(box.x + to * box.width, y);
  await page.mouse.up();
}

test('a day is summed up, drawn, and told in words', () =>
  onDay('?date=2026-01-15', async (page) => {
    await wait(page.getByRole('heading', { name: 'ws-day' }));
    await wait(figure(page, 'Active').getByText('1 h 20 min'));
    await wait(figure(page, 'Idle').getByText('30 min'));
    await wait(figure(page, 'Scripted').getByText('in one stretch'));
    await wait(figure(page, 'Keys').getByText('8,000'));
    const words = page.getByRole('region', { name: 'The day in words' });
    await wait(words.getByRole('row').filter({ hasText: 'First activity' }).filter({ hasText: '9:00' }));
    await wait(words.getByRole('row').filter({ hasText: 'Scripted' }).filter({ hasText: 'clicks every 0.50 s' }));
    await wait(words.getByRole('row').filter({ hasText: 'Idle' }).filter({ hasText: '30 min' }));
    await wait(words.getByRole('row').filter({ hasText: 'Paused' }).filter({ hasText: '2 h 15 min' }));
    await wait(page.getByText('A verdict is a lead, not proof'));
    assert.match(await plot(page).getAttribute('aria-label'), /active 1 h 20 min; mostly code; .*scripted/);
    await page.getByRole('button', { name: 'Show as table' }).click();
    const table = page.getByRole('region', { name: 'Hour by hour' });
    await wait(table.getByRole('row').filter({ hasText: '9:00 to 10:00' }).filter({ hasText: '1 h' }).filter({ hasText: 'code' }));
  }));

test('what is under the pointer stands beside the lanes, with the title of its window', () =>
  onDay('?date=2026-01-15&zoom=540-600', async (page) => {
    const box = await plot(page).boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + 60);
    const readout = page.getByRole('region', { name: /^At 9:[23]/ });
    await wait(readout.getByText('main.cpp - shop'));
    await wait(readout.getByText('code'));
    const before = await readout.getByRole('heading').textContent();
    await plot(page).focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((text) => document.querySelector('#readout-heading').textContent !== text, before);
  }));

test('a drag selects: all sums are of it, and the address has it', () =>
  onDay('?date=2026-01-15&zoom=540-660', async (page) => {
    await wait(figure(page, 'Active').getByText('1 h 20 min'));
    await drag(page, 0.25, 0.75);
    await wait(figure(page, 'Active').getByText('30 min'));
    await wait(figure(page, 'Selected').getByText('1 h', { exact: false }));
    assert.equal(query(page).get('select'), '570-630');
    await page.reload();
    await wait(page.getByRole('heading', { name: '9:30 to 10:30 selected' }));
    await plot(page).focus();
    await page.keyboard.press('Escape');
    await wait(figure(page, 'Active').getByText('1 h 20 min'));
    assert.equal(query(page).get('select'), null);
  }));

test('keys and buttons zoom, and Back undoes it', () =>
  onDay('?date=2026-01-15', async (page) => {
    await wait(plot(page));
    const shows = (span) => wait(page.getByRole('heading', { name: span, exact: true }));
    await shows('8:00 to 14:00');
    await page.getByRole('button', { name: 'Zoom in', exact: true }).click();
    await shows('9:30 to 12:30');
    await page.goBack();
    await shows('8:00 to 14:00');
    await page.keyboard.press('0');
    await shows('0:00 to 24:00');
    assert.ok(await page.getByRole('button', { name: 'Whole day' }).isDisabled());
  }));

test('the zone of the clock is the machine\'s, and another where that is asked for', () =>
  onDay('?date=2026-01-15', async (page) => {
    await wait(figure(page, 'First to last').getByText('9:00 to 13:20'));
    await page.getByRole('button', { name: "Machine's own zone" }).click();
    await page.getByRole('menuitemradio', { name: 'UTC' }).click();
    await wait(figure(page, 'First to last').getByText('8:00 to 12:20'));
    assert.equal(query(page).get('tz'), 'UTC');
  }));

test('days are gone through by keys, and one without anything says so', () =>
  onDay('?date=2026-01-15', async (page) => {
    await wait(figure(page, 'Active').getByText('1 h 20 min'));
    await page.keyboard.press('ArrowLeft');
    await wait(page.getByText('Nothing was recorded on this day'));
    assert.equal(query(page).get('date'), '2026-01-14');
    await page.keyboard.press('ArrowRight');
    await wait(figure(page, 'Active').getByText('1 h 20 min'));
  }));

test('the day of today goes on by itself as events arrive', async () => {
  const today = await enrol(server, 'ws-now');
  await today.send(1, { active_sec: 60, timezone: 'UTC' });
  await withPage(
    server,
    async (page) => {
      await signIn(page, 'ann');
      await page.goto('/machines/ws-now');
      await wait(page.getByText('Live', { exact: true }));
      await wait(figure(page, 'Active').getByText('1 min'));
      await today.send(2, { active_sec: 60, timezone: 'UTC' }, new Date(Date.now() + 1));
      await wait(figure(page, 'Active').getByText('3 min'));
    },
    { timezoneId: 'UTC' },
  );
});

test('a machine that nobody has heard of is told, with a way to try again', () =>
  withPage(server, async (page) => {
    await signIn(page, 'ann');
    await page.goto('/machines/no-such');
    await wait(page.getByText('The day could not be loaded'));
    await wait(page.getByRole('button', { name: 'Try again' }));
  }));

test('on a phone the day has the width of the screen', () =>
  onDay(
    '?date=2026-01-15',
    async (page) => {
      await wait(figure(page, 'Active').getByText('1 h 20 min'));
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    },
    phone,
  ));
