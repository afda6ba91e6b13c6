// What a tracked person sees of themselves: what is recorded, who looked, and verdicts, which they answer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enrol } from './fleet_world.mjs';
import { PASSWORD, phone, signIn, startServer, waitForSection, withPage } from './world.mjs';

const server = await startServer();
server.addPerson('ines', 'self', 'lt-ines');
server.addPerson('max', 'manager', 'lt-ines');
server.addPerson('vera', 'viewer', 'other');
const machine = await enrol(server, 'lt-ines');
const yesterday = new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000 - 12 * 3_600_000);
const date = yesterday.toISOString().slice(0, 10);
const reasons = ['constant_interval', 'clicks every 0.50 s without moving'];
const scripted = { timezone: 'UTC', input_verdict: 'scripted', genuine_score: 0.05, scripted_reasons: reasons, scripted_count: 110, active_sec: 0 };
await machine.send(10, scripted, yesterday);
await machine.send(3, { timezone: 'UTC', active_app: 'code', active_sec: 60 });

const wait = (locator) => locator.waitFor();
const card = (page, name) => page.getByRole('region', { name, exact: true });

const as = (name, path, steps, options = {}) =>
  withPage(
    server,
    async (page) => {
      await signIn(page, name);
      await page.goto(path);
      await steps(page);
    },
    { timezoneId: 'UTC', ...options },
  );

test('a person sees what is recorded now, what never is, and whether that can be changed from afar', () =>
  as('ines', '/me', async (page) => {
    await waitForSection(page, 'My data');
    await wait(page.getByText('Recording, you are active'));
    await wait(page.getByRole('img', { name: 'Active 3 min so far today' }));
    await wait(card(page, 'Recorded now').getByText('Which key is never stored or sent'));
    await wait(card(page, 'Not recorded').getByText('Which keys you press'));
    await wait(card(page, 'Can this be changed from afar?').getByText(/\w+/).nth(1));
    await wait(page.getByText('activitytrack-agent pause 15'));
    await page.getByRole('link', { name: 'What others see' }).click();
    await page.waitForURL('**/machines/lt-ines');
    await wait(page.getByRole('heading', { name: 'The day in words' }));
  }));

test('a person answers a verdict, and the answer stands beside it for who looks', async () => {
  const answer = `<script>window.ran=1</script> my own test 🤖 ${'w'.repeat(400)}`;
  await as('ines', '/me', async (page) => {
    const verdicts = card(page, 'Verdicts about you');
    await wait(verdicts.getByText('clicks every 0.50 s without moving'));
    await verdicts.getByRole('button', { name: 'Answer…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your answer to this verdict' });
    await dialog.getByLabel('What was it?').fill(answer);
    await page.context().clearCookies();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog', { name: 'Sign in' }).getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await wait(verdicts.getByText(answer));
    await wait(verdicts.getByRole('button', { name: 'Change your answer…' }));
  });
  await as('max', `/machines/lt-ines?date=${date}`, async (page) => {
    await wait(page.locator('blockquote').getByText(answer));
    await wait(card(page, 'The day in words').getByText(`answered: ${answer}`));
    assert.equal(await page.getByRole('button', { name: 'Change your answer…' }).count(), 0);
  });
  await as('ines', `/machines/lt-ines?date=${date}`, async (page) => {
    await page.getByRole('button', { name: 'Change your answer…' }).click();
    await page.getByLabel('What was it?').fill('');
    await page.getByRole('button', { name: 'Withdraw' }).click();
    await wait(page.getByRole('button', { name: 'Answer…', exact: true }));
    await page.locator('blockquote').waitFor({ state: 'detached' });
  });
});

test('a person sees who looked, and who was refused', async () => {
  await as('max', '/machines/lt-ines/screenshots', (page) => wait(page.getByText('No screenshots on this day')));
  await as('max', '/machines/lt-ines', (page) => wait(page.getByRole('heading', { name: 'The day in words' })));
  await as('vera', '/machines/lt-ines', (page) => wait(page.getByText('The day could not be loaded')));
  await as('ines', '/me', async (page) => {
    const looked = card(page, 'Who looked');
    await wait(looked.getByRole('row').filter({ hasText: 'max' }).filter({ hasText: 'day' }).first());
    await wait(looked.getByRole('row').filter({ hasText: 'max' }).filter({ hasText: 'screenshots' }).first());
    await wait(looked.getByRole('row').filter({ hasText: 'vera' }).filter({ hasText: 'refused' }).first());
  });
});

test('a person takes their data along, and has it erased by typing its name', () =>
  as('ines', '/me', async (page) => {
    const data = card(page, 'Your data');
    const waiting = page.waitForEvent('download');
    await data.getByRole('link', { name: 'CSV' }).click();
    const download = await waiting;
    assert.match(download.suggestedFilename(), /\.csv$/);
    await data.getByRole('button', { name: 'Delete…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete all that is recorded of this machine?' });
    const erase = dialog.getByRole('button', { name: 'Delete all' });
    await dialog.getByLabel(/^To confirm, type/).fill('lt-ine');
    assert.ok(await erase.isDisabled());
    await dialog.getByLabel(/^To confirm, type/).fill('lt-ines');
    await erase.click();
    await wait(data.getByText('It is being erased'));
  }));

test('who has no machine is told so', () => as('max', '/me', (page) => wait(page.getByText('No machine is yours here'))));

test('on a phone the page has the width of the screen', () =>
  as(
    'ines',
    '/me',
    async (page) => {
      await wait(card(page, 'Your data'));
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    },
    phone,
  ));
