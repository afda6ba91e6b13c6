// What axe finds on each view and dialog, light and dark: nothing.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { phone, signIn, startServer, withPage } from './world.mjs';

const axe = readFileSync(new URL('../../website/node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const server = await startServer();
const setup = await startServer();
const { password } = server.demo('--days', '3');

/** Colours do not fade: they are what they are at once. */
const calm = { reducedMotion: 'reduce' };

const wait = (locator) => locator.waitFor();
const dialog = (page) => wait(page.getByRole('dialog').first());
const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);

const button = (name) => async (page) => {
  await page.getByRole('button', { name }).first().click();
  await dialog(page);
};

async function inMenu(page, opens, item) {
  await page.getByRole('button', { name: opens }).click();
  await page.getByRole('menuitem', { name: item }).click();
  await dialog(page);
}

async function tick(page) {
  await page.locator('tbody .check').first().check();
}

/** By person and path: what is there once the page is loaded, and what is then done on it, each on a page of its own. */
const views = [
  {
    path: '/',
    ready: 'tbody tr[data-id]',
    acts: {
      'a menu': async (page) => {
        await page.getByRole('button', { name: 'account of demo' }).click();
        await wait(page.getByRole('menu'));
      },
      'search': async (page) => {
        await page.keyboard.press('/');
        await page.keyboard.type('de');
        await wait(page.getByRole('option').first());
      },
      'help on keys': async (page) => {
        await page.keyboard.press('?');
        await dialog(page);
      },
      'what needs attention': button(/^What to do/),
      'adding a machine': async (page) => {
        await button('Add machine')(page);
        await page.getByRole('button', { name: 'Show the command' }).click();
        await wait(page.getByText('activitytrack-agent enroll'));
      },
      'moving machines': async (page) => {
        await tick(page);
        await button('Move to group…')(page);
      },
      'removing machines': async (page) => {
        await tick(page);
        await button('Remove…')(page);
      },
    },
  },
  {
    path: `/machines/demo-dylan-laptop?date=${day}`,
    ready: '.plot svg',
    acts: { 'the table': (page) => page.getByRole('button', { name: 'Show as table' }).click() },
  },
  { path: `/machines/demo-dylan-laptop?date=${day}&select=480-720`, ready: '.plot svg' },
  {
    path: `/machines/demo-amelie-laptop?from=${day.slice(0, 8)}01&to=${day}`,
    ready: 'rect.day-cell',
    acts: {
      'the tables': async (page) => {
        for (let table = 0; table < 3; ++table) await page.getByRole('button', { name: 'Show as table' }).first().click();
        await wait(page.getByRole('button', { name: 'Show as chart' }).nth(2));
      },
    },
  },
  {
    path: `/machines/demo-amelie-laptop/screenshots?date=${day}`,
    ready: '.slot img, .empty',
    acts: {
      'the light box': async (page) => {
        await page.keyboard.press('z');
        await dialog(page);
      },
      'deleting': button('Delete…'),
    },
  },
  {
    path: `/machines/demo-jonas-laptop/screenshots?date=${day}`,
    ready: '.slot .sealed, .empty',
    acts: { 'the key': button('Open with key…') },
  },
  { path: `/team?from=${day.slice(0, 8)}01&to=${day}`, ready: 'tbody a' },
  { path: '/configuration', ready: '[data-key]' },
  { path: '/configuration/demo-office', ready: '[data-key]' },
  { path: '/machines/demo-grace-laptop/configuration', ready: '[data-key]' },
  {
    path: '/admin/machines',
    ready: 'tbody tr',
    acts: {
      'a label': (page) => inMenu(page, 'What to do with demo-amelie-laptop', 'Label…'),
      'a question': (page) => inMenu(page, 'What to do with demo-amelie-laptop', 'Erase…'),
    },
  },
  { path: '/admin/people', ready: 'tbody tr', acts: { 'adding a person': button('Add a person') } },
  {
    path: '/admin/tokens',
    ready: '.empty, tbody tr',
    acts: {
      'a new token': async (page) => {
        await button('Make one')(page);
        await page.getByRole('dialog').getByLabel('Label').fill('a floor');
        await page.getByRole('button', { name: 'Make it' }).click();
        await wait(page.getByText('It is shown this once'));
      },
    },
  },
  { path: '/admin/audit', ready: 'tbody tr' },
  { path: '/admin/server', ready: '.admin-facts' },
  { path: '/no/such/page', ready: 'main' },
  {
    path: '/me',
    as: 'demo-dylan',
    ready: '.me-what',
    acts: { 'erasing': button('Delete…') },
  },
  { path: '/machines/demo-dylan-laptop', as: 'demo-dylan', ready: '.plot svg' },
];

/** What axe finds, a line each. */
async function findings(page, rules) {
  return page.evaluate(async (options) => {
    const { violations } = await window.axe.run(document, options);
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)} (${node.any[0]?.message ?? node.failureSummary})`));
  }, rules ? { runOnly: rules } : {});
}

/** Light, all rules; dark, what depends on colours. */
async function check(page, name) {
  await page.evaluate(axe);
  const found = (await findings(page)).map((finding) => `${name}, light: ${finding}`);
  await page.emulateMedia({ colorScheme: 'dark' });
  found.push(...(await findings(page, ['color-contrast', 'link-in-text-block'])).map((finding) => `${name}, dark: ${finding}`));
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}

for (const { path, as = 'demo', ready, acts = {} } of views) {
  test(`${path.split('?')[0]} of ${as}`, async () => {
    const found = [];
    await withPage(
      server,
      async (page) => {
        await signIn(page, as, password);
        for (const [name, act] of [['', null], ...Object.entries(acts)]) {
          await page.goto(path);
          await wait(page.locator(ready).first());
          if (act) await act(page);
          found.push(...(await check(page, name || 'the page')));
        }
        await page.setViewportSize(phone.viewport);
        await page.goto(path);
        await wait(page.locator(ready).first());
        found.push(...(await check(page, 'on a phone')));
      },
      calm,
    );
    assert.deepEqual(found, []);
  });
}

test('/login, with an error', () =>
  withPage(server, async (page) => {
    await page.goto('/login');
    await page.getByLabel('Name').fill('nobody');
    await page.getByLabel('Password').fill('not this one');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await wait(page.getByRole('alert'));
    assert.deepEqual(await check(page, 'the page'), []);
  }, calm));

test('/setup, at each step', () =>
  withPage(setup, async (page) => {
    await page.goto(await setup.setupLink());
    const found = await check(page, 'the account');
    await page.getByLabel('Name').fill('ann');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Make the account' }).click();
    await wait(page.getByText('activitytrack-agent enroll'));
    found.push(...(await check(page, 'waiting')));
    assert.deepEqual(found, []);
  }, calm));
