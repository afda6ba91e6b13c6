// Makes the pictures in docs/pictures/: each view light, dark and on a phone, of made-up machines, always of the same seed
// at the same time. `ninja -C build/dev pictures`

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PASSWORD, signIn, startServer, withPage } from './world.mjs';

const folder = fileURLToPath(new URL('../../docs/pictures', import.meta.url));
const faketime = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';
assert.ok(existsSync(faketime), 'not installed: faketime, by which the server goes');

/** Thursday, four minutes past three in Berlin. */
const now = new Date('2026-11-12T14:04:00Z');
const today = '2026-11-12';
const yesterday = '2026-11-11';

// For the servers alone: the browser is started already, and is told the time by each page.
Object.assign(process.env, { LD_PRELOAD: faketime, FAKETIME: '@2026-11-12 14:04:00', TZ: 'UTC', DONT_FAKE_MONOTONIC: '1' });
const server = await startServer();
const fresh = await startServer();
const { password, key } = server.demo('--seed', '1', '--days', '45');
const setupLink = await fresh.setupLink();

const wait = (locator) => locator.waitFor();
const click = (name) => async (page) => {
  await page.getByRole('button', { name }).first().click();
  await wait(page.getByRole('dialog').first());
};

/** By the picture's name: where it is, what must be there, and what is done first. */
const pictures = {
  fleet: { path: '/', ready: 'tbody tr[data-id]' },
  day: { path: `/machines/demo-dylan-laptop?date=${yesterday}`, ready: '.plot svg' },
  'day-select': { path: `/machines/demo-mateo-laptop?date=${yesterday}&select=600-765`, ready: '.plot svg' },
  range: { path: '/machines/demo-amelie-laptop?from=2026-11-01&to=2026-11-30', ready: 'rect.day-cell' },
  screenshots: { path: `/machines/demo-amelie-laptop/screenshots?date=${yesterday}`, ready: '.slot img' },
  'screenshots-box': {
    path: `/machines/demo-kenji-laptop/screenshots?date=${yesterday}`,
    ready: '.slot img',
    act: async (page) => {
      await page.locator('.slot').nth(3).click();
      if (!(await page.getByRole('dialog').count())) await page.keyboard.press('z');
      await wait(page.getByRole('dialog').getByRole('img').first());
    },
  },
  'screenshots-key': {
    path: `/machines/demo-jonas-laptop/screenshots?date=${yesterday}`,
    ready: '.slot .sealed',
    act: async (page) => {
      await click('Open with key…')(page);
      await page.getByLabel('Private key').fill(key);
    },
  },
  team: { path: '/team?from=2026-11-02&to=2026-11-15', ready: 'tbody a' },
  configuration: { path: '/configuration/demo-office', ready: '[data-key]' },
  'configuration-machine': { path: '/machines/demo-grace-laptop/configuration', ready: '[data-key]' },
  me: { path: '/me', as: 'demo-dylan', ready: '.me-what' },
  admin: { path: '/admin/people', ready: 'tbody tr', act: click('Add a person') },
  audit: { path: '/admin/audit', ready: 'tbody tr' },
  search: {
    path: '/',
    ready: 'tbody tr[data-id]',
    act: async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('blur');
      await wait(page.getByRole('option').first());
    },
  },
  login: { path: '/login', as: null, ready: 'form' },
  setup: {
    path: setupLink,
    as: null,
    at: fresh,
    ready: 'form',
    act: async (page) => {
      await page.getByLabel('Name').fill('ann');
      await page.getByLabel('Password').fill(PASSWORD);
    },
  },
};

const kinds = {
  light: { colorScheme: 'light', viewport: { width: 1440, height: 1000 } },
  dark: { colorScheme: 'dark', viewport: { width: 1440, height: 1000 } },
  phone: { colorScheme: 'light', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};

/** By the browser's own encoder: a third of what PNG takes. */
async function asWebp(context, png) {
  const page = await context.newPage();
  const packed = await page.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', 0.7);
  }, `data:image/png;base64,${png.toString('base64')}`);
  return Buffer.from(packed.split(',')[1], 'base64');
}

/** All is drawn: what was asked for is there, and so are its pictures. */
async function settle(page) {
  await page.waitForLoadState('networkidle', { timeout: 1_500 }).catch(() => undefined); // never with a live connection
  await page.evaluate(() => Promise.all([...document.images].filter((image) => image.loading !== 'lazy').map((image) => image.decode())));
  await page.mouse.move(0, 0);
}

mkdirSync(folder, { recursive: true });
const wanted = new RegExp(process.env.PICTURES ?? '');

for (const [name, { path, as = 'demo', at = server, ready, act }] of Object.entries(pictures)) {
  for (const [kind, options] of Object.entries(kinds)) {
    if (!wanted.test(`${name}-${kind}`)) continue;
    test(`${name}-${kind}`, () =>
      withPage(
        at,
        async (page) => {
          await page.clock.install({ time: now });
          if (as) await signIn(page, as, password);
          await page.goto(path);
          await wait(page.locator(ready).first());
          if (act) await act(page);
          await settle(page);
          writeFileSync(join(folder, `${name}-${kind}.webp`), await asWebp(page.context(), await page.screenshot()));
        },
        { timezoneId: 'Europe/Berlin', ...options },
      ));
  }
}
