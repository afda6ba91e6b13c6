// A version that goes out in waves, from the review of a change to its being taken back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enrol } from './configured.mjs';
import { signIn, startServer, withPage } from './world.mjs';

const server = await startServer();
server.addPerson('jonas.weber', 'admin');

test('a change goes out in waves, which somebody hurries, holds and takes back', async () => {
  const agents = await Promise.all(['ws-anna', 'ws-bert', 'ws-carl'].map((machine) => enrol(server, machine)));
  for (const agent of agents) assert.equal(await agent.take(), null);
  await withPage(server, async (page) => {
    const button = (name) => page.getByRole('button', { name });
    await signIn(page, 'jonas.weber');
    await page.goto('/configuration');
    await page.getByLabel('Idle after').fill('90');
    await button('Review…').click();
    await page.getByText('In waves: 1 machine, then 1, then all').waitFor();
    await button('Save and begin').click();

    const dialog = page.getByRole('dialog', { name: 'Version 1 is rolling out' });
    await dialog.getByText('The first wave is under way.').waitFor();
    for (const wave of ['First 1', '10 %, 1 machine', 'All, 1 more']) await dialog.getByText(wave, { exact: true }).waitFor();
    const [first, sent] = await Promise.race(agents.map(async (agent) => [agent, await agent.take(300)]));
    assert.equal(sent.version, 1);

    await button('Next wave now').click();
    await dialog.getByText('The second wave is under way.').waitFor();
    await dialog.getByText('1 applied', { exact: true }).first().waitFor();
    await button('Hold now').click();
    await dialog.getByText('Held at the second wave. Held by jonas.weber.').waitFor();
    await button('Close').click();
    await page.getByText('Version 1 is held at the second wave.').waitFor();
    await button('Decide…').click();
    await button('Go on with all').click();
    await dialog.getByText('The third wave is under way.').waitFor();
    await button('Take back to 0').click();
    await page.getByRole('dialog', { name: 'Version 1 was taken back' }).waitFor();
    assert.equal((await first.take(300)).version, 2);
  });
});
