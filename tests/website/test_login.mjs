// Signing in and out, the head that all pages have, and coming back to what was asked for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PASSWORD, phone, signIn, startServer, waitForSection, withPage } from './world.mjs';

const server = await startServer();
server.addPerson('jonas.weber', 'admin');
server.addPerson('ines', 'self', 'lt-ines');

const wait = (locator) => locator.waitFor();

async function fill(page, name, password) {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('a wrong password is told, and the right one leads to the page that was asked for', () =>
  withPage(server, async (page) => {
    await page.goto('/team?from=2026-11-02');
    await fill(page, 'jonas.weber', 'not this one');
    await wait(page.getByText('Name and password do not match.'));
    assert.equal(await page.getByLabel('Password').getAttribute('aria-invalid'), 'true');
    await fill(page, 'jonas.weber', PASSWORD);
    await waitForSection(page, 'Team');
    assert.equal(page.url(), `${server.url}/team?from=2026-11-02`);
    assert.match(await page.title(), /^Team.* · activitytrack$/);
  }));

test('the head leads to the sections that a role has, without loading the page anew', () =>
  withPage(server, async (page) => {
    await signIn(page, 'jonas.weber');
    await page.goto('/');
    const sections = page.getByRole('navigation', { name: 'Sections' }).getByRole('link');
    await wait(sections.first());
    assert.deepEqual(await sections.allTextContents(), ['Fleet', 'Team', 'My data', 'Configuration', 'Administration']);
    await page.evaluate(() => (window.loadedOnce = true));
    await sections.nth(3).click();
    await waitForSection(page, 'Configuration');
    assert.equal(await sections.nth(3).getAttribute('aria-current'), 'page');
    assert.equal(new URL(page.url()).pathname, '/configuration');
    await page.goBack();
    await waitForSection(page, 'Fleet');
    assert.ok(await page.evaluate(() => window.loadedOnce));
  }));

test('a tracked person has their own machine in the head', () =>
  withPage(server, async (page) => {
    await signIn(page, 'ines');
    await page.goto('/me');
    const sections = page.getByRole('navigation', { name: 'Sections' }).getByRole('link');
    await wait(sections.first());
    assert.deepEqual(await sections.allTextContents(), ['My data', 'My days', 'My screenshots']);
    assert.equal(await sections.nth(1).getAttribute('href'), '/machines/lt-ines');
  }));

test('who signs out sees the pages no more, also not by going back', () =>
  withPage(server, async (page) => {
    await signIn(page, 'jonas.weber');
    await page.goto('/team');
    await page.getByRole('button', { name: 'account of jonas.weber' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await wait(page.getByRole('heading', { name: 'Sign in' }));
    await page.goBack();
    await wait(page.getByRole('heading', { name: 'Sign in' }));
  }));

test('a link to sign in leads nowhere else', () =>
  withPage(server, async (page) => {
    for (const next of ['//evil.example/', 'https://evil.example/', '/\\evil.example', '/login?next=/']) {
      await page.context().clearCookies();
      await page.goto(`/login?next=${encodeURIComponent(next)}`);
      await fill(page, 'jonas.weber', PASSWORD);
      await waitForSection(page, 'Fleet');
      assert.equal(page.url(), `${server.url}/`);
    }
  }));

test('the theme is the system\'s until another is chosen, which stays', () =>
  withPage(
    server,
    async (page) => {
      const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      await signIn(page, 'jonas.weber');
      await page.goto('/');
      const button = page.getByRole('button', { name: 'Theme' });
      await wait(button);
      assert.equal(await ground(), 'rgb(20, 24, 29)');
      await button.click();
      assert.equal(await ground(), 'rgb(255, 255, 255)');
      await page.reload();
      assert.equal(await ground(), 'rgb(255, 255, 255)');
    },
    { colorScheme: 'dark' },
  ));

test('on a phone the sections are in a menu', () =>
  withPage(
    server,
    async (page) => {
      await signIn(page, 'jonas.weber');
      await page.goto('/');
      await page.getByRole('button', { name: 'Sections' }).click();
      await page.getByRole('menuitem', { name: 'Team' }).click();
      await wait(page.getByRole('heading', { name: 'Team' }));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assert.ok(!wide, 'the page is wider than the screen');
    },
    phone,
  ));

test('an address without a page says so', () =>
  withPage(server, async (page) => {
    await signIn(page, 'jonas.weber');
    const answer = await page.goto('/no/such/page');
    assert.equal(answer.status(), 404);
    await wait(page.getByText('There is no page at this address'));
  }));

test('who is signed out meanwhile signs in on the spot, and the page goes on', () =>
  withPage(server, async (page) => {
    await signIn(page, 'jonas.weber');
    await page.goto('/team?group=a');
    await waitForSection(page, 'Team');
    await page.evaluate(() => (window.loadedOnce = true));
    await page.context().clearCookies();
    await page.keyboard.press('Control+k');
    await wait(page.getByText('What you typed is kept'));
    assert.equal(await page.getByLabel('Name').inputValue(), 'jonas.weber');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await wait(page.getByRole('dialog', { name: 'Search' }));
    assert.equal(page.url(), `${server.url}/team?group=a`);
    assert.ok(await page.evaluate(() => window.loadedOnce));
  }));
