// Screenshots of a day: the grid, the light box, deleting, and opening what is sealed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phone, signIn, startServer, withPage } from './world.mjs';

const server = await startServer();
const { password, key } = server.demo('--fleet', '3', '--days', '3');

/** A good one: that of the examples in docs/sealed-files.md. */
const KEY_OF_ANOTHER = 'atkey_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh_V2qun';

const wait = (locator) => locator.waitFor();
const sealedNote = (page) => page.locator('.note').filter({ hasText: 'are sealed' });

/** The latest day before today on which the machine has pictures. */
async function dayWithPictures(page, machine) {
  for (const back of [1, 2]) {
    const date = new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
    const answer = await (await page.request.get(`/api/screenshots/${machine}?date=${date}`)).json();
    if (answer.screenshots.length > 3) return date;
  }
  return assert.fail(`no pictures of ${machine}`);
}

const onShots = (machine, steps, { as = 'demo', ...options } = {}) =>
  withPage(
    server,
    async (page) => {
      await signIn(page, as, password);
      await page.goto(`/machines/${machine}/screenshots?date=${await dayWithPictures(page, machine)}`);
      await wait(page.locator('.slot').first());
      await steps(page);
    },
    options,
  );

/** Whether an element's picture is there, and not the sign of one that is broken. */
const isDrawn = (image) => image.evaluate((element) => element.decode().then(() => element.naturalWidth > 100));

test('slots show pictures or say why there is none, and the light box goes through them', () =>
  onShots('demo-amelie-laptop', async (page) => {
    assert.ok(await isDrawn(page.locator('.slot img').first()));
    await wait(page.locator('.slots-run').first());
    const side = page.getByRole('complementary');
    const first = await side.getByRole('heading').textContent();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((text) => document.querySelector('#shot-heading').textContent !== text, first);
    await page.keyboard.press('z');
    const box = page.getByRole('dialog');
    await wait(box.getByText(/^2 of \d+$/));
    assert.ok(await isDrawn(box.getByRole('img', { name: /^Screen at/ })));
    await page.keyboard.press('ArrowLeft');
    await wait(box.getByText(/^1 of \d+$/));
    await page.keyboard.press('Escape');
    await box.waitFor({ state: 'detached' });
  }));

test('a picture is deleted only after a question, and then gone', () =>
  onShots('demo-amelie-laptop', async (page) => {
    const counted = () => page.locator('.slot-words').first().textContent();
    const all = await counted();
    await page.keyboard.press('Delete');
    const dialog = page.getByRole('dialog', { name: /^Delete the picture of/ });
    await dialog.getByRole('button', { name: 'Keep it' }).click();
    assert.equal(await counted(), all);
    await page.keyboard.press('Delete');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.waitForFunction((text) => document.querySelector('.slot-words').textContent !== text, all);
  }));

test('sealed pictures say so; a wrong key is told why; the right one opens them in the page, until it is forgotten', () =>
  onShots('demo-jonas-laptop', async (page) => {
    const sent = [];
    page.on('request', (request) => sent.push(request.url() + (request.postData() ?? '')));
    await wait(page.locator('.slot .sealed').first());
    await sealedNote(page).getByRole('button', { name: 'Open with key…' }).click();
    const dialog = page.getByRole('dialog', { name: /^Open \d+ sealed pictures$/ });
    const field = dialog.getByLabel('Private key');
    await field.fill('atkey_nonsense');
    await page.keyboard.press('Enter');
    await wait(dialog.getByRole('alert'));
    assert.equal(await field.inputValue(), 'atkey_nonsense');
    await field.fill(`  ${key}\n`);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await wait(sealedNote(page).getByText('Opened with key'));
    assert.ok(await isDrawn(page.locator('.slot img').first()));
    assert.match(await page.locator('.slot img').first().getAttribute('src'), /^blob:/);
    await page.getByRole('button', { name: 'Forget the key' }).click();
    await wait(page.locator('.slot .sealed').first());
    await page.waitForFunction(() => !document.querySelector('.slot img'));
    assert.ok(sent.length > 3 && !sent.some((request) => request.includes(key)), 'the key left the page');
  }));

test('a good key of somebody else opens nothing, and each picture says so', () =>
  onShots('demo-jonas-laptop', async (page) => {
    await sealedNote(page).getByRole('button', { name: 'Open with key…' }).click();
    await page.getByLabel('Private key').fill(KEY_OF_ANOTHER);
    await page.keyboard.press('Enter');
    await wait(page.locator('.slot .sealed.bad').filter({ hasText: 'key' }).first());
    await page.getByRole('button', { name: 'Forget the key' }).click();
    await wait(page.locator('.slot .sealed:not(.bad)').first());
  }));

test('the key is forgotten after a quarter of an hour', () =>
  onShots('demo-jonas-laptop', async (page) => {
    await page.clock.install();
    await page.reload();
    await sealedNote(page).getByRole('button', { name: 'Open with key…' }).click();
    await page.getByLabel('Private key').fill(key);
    await page.keyboard.press('Enter');
    await wait(sealedNote(page).getByText('Opened with key'));
    await page.clock.fastForward('15:01');
    await wait(sealedNote(page).getByRole('button', { name: 'Open with key…' }));
  }));

test('a person deletes their own, a viewer cannot', async () => {
  await onShots('demo-amelie-laptop', (page) => wait(page.getByRole('button', { name: 'Delete…' })), { as: 'demo-amelie' });
  await onShots(
    'demo-amelie-laptop',
    async (page) => {
      await wait(page.getByRole('button', { name: 'Enlarge' }));
      assert.equal(await page.getByRole('button', { name: 'Delete…' }).count(), 0);
    },
    { as: 'demo-lead' },
  );
});

test('a day without pictures says why', () =>
  withPage(server, async (page) => {
    await signIn(page, 'demo', password);
    await page.goto('/machines/demo-priya-laptop/screenshots');
    await wait(page.getByText('No screenshots on this day'));
    await page.getByRole('button', { name: 'Go to the day before' }).click();
    await page.waitForURL('**?date=*');
  }));

test('on a phone a picture opens at a touch, and nothing is wider than the screen', () =>
  onShots(
    'demo-amelie-laptop',
    async (page) => {
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      await page.locator('.slot').nth(2).tap();
      await wait(page.getByRole('dialog').getByText(/ of \d+$/));
    },
    phone,
  ));
