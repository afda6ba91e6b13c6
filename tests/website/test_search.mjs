// The search over all pages, and the help on keys: by the keyboard alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enrol } from './fleet_world.mjs';
import { signIn, startServer, withPage } from './world.mjs';

const server = await startServer();
server.addPerson('jonas.weber', 'admin');
server.addPerson('vera', 'viewer', 'ws-anna');
await (await enrol(server, 'ws-anna')).send(1);

const wait = (locator) => locator.waitFor();

/** The fleet as somebody sees it, with the search open. */
const withSearch = (name, steps) =>
  withPage(server, async (page) => {
    await signIn(page, name);
    await page.goto('/');
    await wait(page.getByRole('heading', { name: 'Fleet' }));
    await page.keyboard.press('/');
    await wait(page.getByRole('combobox'));
    await steps(page);
  });

const chosen = (page) =>
  page.evaluate(() => document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.querySelector('bdi').textContent);

test('arrows choose while the focus stays in the field, and Enter opens', () =>
  withSearch('jonas.weber', async (page) => {
    await page.keyboard.type('a');
    await wait(page.getByRole('option', { name: 'Team' }));
    await wait(page.getByRole('option', { name: 'ws-anna' }));  // what the server finds comes later, and goes first
    const options = await page.getByRole('option').locator('bdi').allTextContents();
    assert.equal(await chosen(page), options[0]);
    await page.keyboard.press('ArrowUp');
    assert.equal(await chosen(page), options[options.length - 1]);
    await page.keyboard.press('ArrowDown');
    for (let i = 0; i < options.indexOf('Team'); ++i) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await wait(page.getByRole('heading', { name: 'Team' }));
    assert.equal(await page.getByRole('combobox').count(), 0);
  }));

test('a setting is found by what it does, and opens where it is set', () =>
  withSearch('jonas.weber', async (page) => {
    await page.keyboard.type('send_interval');
    await wait(page.getByRole('option', { name: /^send_interval_sec/ }));
    await page.getByRole('option', { name: /^send_interval_sec/ }).click();
    await page.waitForURL('**/configuration?setting=send_interval_sec');
    await page.waitForFunction(() => document.activeElement.closest('[data-key]')?.dataset.key === 'send_interval_sec');
  }));

test('the pages that were open last come first, until one signs out', () =>
  withSearch('jonas.weber', async (page) => {
    await page.keyboard.press('Escape');
    await page.goto('/machines/ws-anna');
    await wait(page.getByRole('heading', { name: 'ws-anna' }));
    await page.waitForFunction(() => document.title.startsWith('ws-anna'));
    await page.keyboard.press('Control+k');
    await wait(page.getByRole('group', { name: 'Recent' }).getByRole('option', { name: /^ws-anna/ }));
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'account of jonas.weber' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await wait(page.getByRole('heading', { name: 'Sign in' }));
    assert.equal(await page.evaluate(() => localStorage.getItem('recent')), null);
  }));

test('who may not configure finds no settings', () =>
  withSearch('vera', async (page) => {
    await page.keyboard.type('send_interval');
    await wait(page.getByText('Nothing has “send_interval” in it.').or(page.getByText('could not be searched just now')));
    assert.equal(await page.getByRole('option').count(), 0);
  }));

test('a question mark shows the keys, but not while something is typed', () =>
  withSearch('jonas.weber', async (page) => {
    await page.keyboard.press('?');
    assert.equal(await page.getByRole('combobox').inputValue(), '?');
    await page.keyboard.press('Escape');
    await page.getByRole('combobox').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await wait(page.getByRole('dialog', { name: 'Keys' }));
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' });
  }));
