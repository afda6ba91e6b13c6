// The first person, by the link that the server prints.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PASSWORD, startServer, withPage } from './world.mjs';

test('the printed link makes the first person, signs them in, and is good once', async () => {
  const server = await startServer();
  const link = await server.setupLink();
  await withPage(server, async (page) => {
    await page.goto(link);
    await page.getByLabel('Name').fill('ann');
    assert.equal(page.url(), `${server.url}/setup`, 'the token stays in the address');
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page.getByText('ann, administrator').waitFor();
    const again = await page.goto(link);
    assert.equal(again.status(), 404);
  });
});
