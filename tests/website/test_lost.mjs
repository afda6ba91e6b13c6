// The server goes away and comes back: pages say so, keep what they show and what was typed, and recover by themselves.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enrol } from './fleet_world.mjs';
import { signIn, startServer, withPage } from './world.mjs';

const server = await startServer();
server.addPerson('ann', 'admin');
const machine = await enrol(server, 'ws-lost');
const now = { active_sec: 60, timezone: 'UTC' };
await machine.send(1, now);

const wait = (locator) => locator.waitFor();
const live = (page) => page.getByText('Live', { exact: true });
const lost = (page) => page.getByRole('button', { name: /^No connection/ });
const figure = (page, name) => page.locator('.figs > div').filter({ hasText: name });

const asAnn = (path, steps) =>
  withPage(
    server,
    async (page) => {
      await signIn(page, 'ann');
      await page.goto(path);
      await steps(page);
    },
    { timezoneId: 'UTC' },
  );

/** Kills the server, runs the steps without it, and starts it again. */
async function without(steps) {
  await server.kill();
  try {
    await steps();
  } finally {
    await server.startAgain();
  }
}

test('a day says that the connection is lost, keeps what it shows, and goes on with what was missed', () =>
  asAnn('/machines/ws-lost', async (page) => {
    await wait(live(page));
    await wait(figure(page, 'Active').getByText('1 min'));
    await without(async () => {
      await wait(lost(page));
      await wait(figure(page, 'Active').getByText('1 min'));
    });
    await machine.send(2, now, new Date(Date.now() + 1));
    await wait(live(page));
    await wait(figure(page, 'Active').getByText('3 min'));
  }));

test('the fleet does, too, and is asked for anew at once where one does not want to wait', () =>
  asAnn('/', async (page) => {
    await wait(live(page));
    await without(() => wait(lost(page)));
    const button = lost(page);
    if (await button.isVisible()) await button.click();
    await wait(live(page));
    await wait(page.locator('tbody tr[data-id]').filter({ hasText: 'ws-lost' }));
  }));

test('what cannot be saved stays in its form, with the reason, and is saved by the next try', () =>
  asAnn('/admin/machines', async (page) => {
    await page.getByRole('button', { name: 'What to do with ws-lost' }).click();
    await page.getByRole('menuitem', { name: 'Label…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Label of ws-lost' });
    await dialog.getByLabel('Label for people').fill('Found again');
    await without(async () => {
      await dialog.getByRole('button', { name: 'Save' }).click();
      await wait(dialog.getByText('The server cannot be reached.'));
    });
    assert.equal(await dialog.getByLabel('Label for people').inputValue(), 'Found again');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await wait(page.locator('tbody tr').filter({ hasText: 'Found again' }));
  }));

test('a page that is gone to meanwhile says why it is empty, and loads when it is asked to', () =>
  asAnn('/machines/ws-lost', async (page) => {
    await wait(figure(page, 'Active').getByText('3 min'));
    await without(async () => {
      await page.keyboard.press('ArrowLeft');
      await wait(page.getByText('The server cannot be reached.'));
    });
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await wait(page.getByText('Nothing was recorded on this day'));
  }));
