// A second factor that a server wants: made at the first sign-in, asked for at the next.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { PASSWORD, startServer, waitForSection, withPage } from './world.mjs';

/** The code of a time step (RFC 6238) for a secret in base32. */
function codeAt(secret, step) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', key).update(counter).digest();
  const code = (mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000;
  return String(code).padStart(6, '0');
}

const thisStep = () => Math.floor(Date.now() / 30_000);

async function signInBy(page, code) {
  await page.goto('/login');
  await page.getByLabel('Name').fill('ann');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Code').fill(await code());
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('a person makes their second factor, keeps its recovery codes, and signs in by one', async () => {
  const server = await startServer('--require-second-factor', 'all');
  server.addPerson('ann', 'admin');
  let codes;
  await withPage(server, async (page) => {
    await signInBy(page, async () => codeAt((await page.locator('.secret').textContent()).replaceAll(' ', ''), thisStep()));
    await page.getByRole('heading', { name: 'Keep these codes' }).waitFor();
    codes = await page.locator('.codes code').allTextContents();
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await waitForSection(page, 'Fleet');
  });
  assert.equal(codes.length, 10);
  await withPage(server, async (page) => {
    await signInBy(page, async () => '000000');
    await page.getByText('The code is wrong, or was used before.').waitFor();
    await page.getByLabel('Code').fill(codes[3]);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await waitForSection(page, 'Fleet');
  });
});
