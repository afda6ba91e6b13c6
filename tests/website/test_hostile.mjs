// Texts that machines and people send, made to run, to mislead or to burst the page: they are text, and the layout holds.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enrol } from './fleet_world.mjs';
import { signIn, startServer, withPage } from './world.mjs';

const server = await startServer();
server.addPerson('ann', 'admin');

const markup = '<script>window.ran=1</script><img src=x onerror="window.ran=1">';
const texts = [markup, '\u202egnp.tset \u2066\u200fمرحبا', 'w'.repeat(10_000), '👩‍👩‍👧‍👦'.repeat(300)];
const at = (hour) => new Date(`2026-01-15T${String(hour).padStart(2, '0')}:59:00Z`);

/** Machines whose labels, titles, applications and verdicts are such texts. */
const ids = [];
for (const [i, text] of texts.entries()) {
  const id = i === 2 ? 'i'.repeat(128) : `ws-${i}`;
  ids.push(id);
  server.addPerson(`person-${i}`, 'self', id);
  const machine = await enrol(server, id);
  for (const [n, title] of texts.entries())
    await machine.send(30, { active_app: title, active_window: title, active_sec: 60, timezone: 'UTC' }, at(8 + n));
  const reasons = ['constant_interval', ...texts.map((each) => each.slice(0, 250))];
  const scripted = { input_verdict: 'scripted', genuine_score: 0.1, scripted_reasons: reasons, scripted_count: 50, active_sec: 0 };
  await machine.send(10, { active_app: text, timezone: 'UTC', ...scripted }, at(14));
  await machine.send(2, { active_app: text, active_window: text, timezone: 'UTC' });
  await machine.send(1, { key_count: -1 });
}

const views = (id, text) => [
  ['/', 'tbody tr[data-id]'],
  ['/?q=%3Cscript%3Ewindow.ran%3D1%3C%2Fscript%3E', '.empty, tbody tr[data-id]'],
  [`/machines/${id}?date=2026-01-15&zoom=480-720`, '.plot svg'],
  [`/machines/${id}?from=2026-01-12&to=2026-01-18`, 'rect.day-cell'],
  [`/machines/${id}/screenshots?date=2026-01-15`, '.empty'],
  [`/machines/${id}/configuration`, '[data-key]'],
  ['/team?from=2026-01-12&to=2026-01-18', 'tbody a'],
  ['/configuration', '[data-key]'],
  ['/admin/machines', 'tbody tr'],
  ['/admin/people', 'tbody tr'],
  ['/admin/tokens', 'tbody tr'],
  [`/admin/audit?person=${encodeURIComponent(text.slice(0, 300))}`, '.empty'],
  ['/admin/audit', 'tbody tr'],
  ['/admin/server', '.admin-facts'],
  ['/me', 'main'],
];

/** Fails if a text ran, or the page is wider than the screen. */
async function holds(page, what) {
  assert.equal(await page.evaluate(() => window.ran), undefined, what);
  const wide = await page.evaluate(() => {
    const width = document.documentElement.scrollWidth;
    if (width <= innerWidth) return '';
    const guilty = [...document.querySelectorAll('main *, .ctx *')].filter((element) => element.getBoundingClientRect().right >= width - 1);
    return `${width} px wide, by ${guilty.map((element) => `${element.tagName}.${element.getAttribute('class')}`).slice(-4)}`;
  });
  assert.equal(wide, '', what);
}

/** A machine's label and a token's: as much of the text as the server takes. */
async function prepare(page, id, text) {
  const headers = { Origin: server.url };
  let label = '';
  for (const character of text) if (Buffer.byteLength(label + character) <= 128) label += character;
  const labelled = await page.request.patch(`/api/machines/${id}`, { data: { user_label: label }, headers });
  assert.equal(labelled.status(), 200, await labelled.text());
  const token = await page.request.post('/api/tokens', { data: { label, expires_days: 1 }, headers });
  assert.equal(token.status(), 201, await token.text());
}

for (const [i, text] of texts.entries()) {
  test(`no view is broken by ${JSON.stringify(text.slice(0, 20))}`, () =>
    withPage(server, async (page) => {
      await signIn(page, 'ann');
      await prepare(page, ids[i], text);
      for (const [path, ready] of views(ids[i], text)) {
        for (const width of [1440, 390]) {
          await page.setViewportSize({ width, height: 900 });
          await page.goto(path);
          await page.locator(ready).first().waitFor();
          await holds(page, `${path} at ${width}`);
        }
      }
    }));
}

test('titles under the pointer, reasons of verdicts and the tables are text, too', () =>
  withPage(server, async (page) => {
    const [id] = ids;
    await signIn(page, 'person-0');
    await page.goto(`/machines/${id}?date=2026-01-15&zoom=480-540`);
    const plot = page.getByRole('img', { name: /^Lanes from/ });
    const box = await plot.boundingBox();
    await page.mouse.move(box.x + box.width * 0.8, box.y + 60);
    await page.locator('.read dd').getByText(markup).first().waitFor();
    await page.getByRole('button', { name: 'Show as table' }).click();
    await page.getByRole('region', { name: 'Hour by hour' }).waitFor();
    for (const path of [`/machines/${id}?date=2026-01-15`, `/machines/${id}?date=2026-01-15&zoom=840-900`]) {
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto(path);
        await page.getByText(markup).first().waitFor();
        await holds(page, `${path} at ${width}`);
      }
    }
  }));
