// The pages of the configuration: a change from the form to the agent, and what keeps it from getting lost.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enrol, formOf, signedIn } from './configured.mjs';
import { PASSWORD, phone, signIn, startServer, withPage } from './world.mjs';

const server = await startServer();
server.addPerson('jonas', 'admin');
server.addPerson('petra', 'admin');
server.addPerson('max', 'manager', 'vm-1');
server.addPerson('vera', 'viewer', 'vm-1');
const admin = await signedIn(server, 'petra');
const willing = await enrol(server, 'vm-1', { mayLoosen: true });
const unwilling = await enrol(server, 'vm-2');
await willing.take(); // the server knows then what its machine allows
await admin('PATCH', '/api/machines/vm-2', { user_label: `<script>alert(1)</script> \u202e${'x'.repeat(100)}` });

const wait = (locator) => locator.waitFor();

/** Runs steps on a page of the configuration, as an admin or another. */
const onPage = (path, steps, { as = 'jonas', ...options } = {}) =>
  withPage(
    server,
    async (page) => {
      await signIn(page, as);
      await page.goto(path);
      const form = formOf(page);
      await wait(form.row('idle_after_sec'));
      await steps(page, form);
    },
    options,
  );

test('a change goes from the form to the agent, and says who made it', () =>
  onPage('/configuration', async (page, form) => {
    await wait(form.row('idle_after_sec').getByText('Built-in'));
    await form.field('idle_after_sec').fill('120');
    await wait(form.bar.getByText('1 change, 2 machines'));
    const dialog = await form.review();
    await wait(dialog.getByText('60 s, built-in'));
    await dialog.getByLabel('Why').fill('longer breaks');
    await form.save(dialog);
    await wait(form.row('idle_after_sec').getByText('jonas,'));
    assert.equal(await form.bar.count(), 0);
    assert.equal((await willing.take()).settings.idle_after_sec, 120);
    await form.row('idle_after_sec').getByRole('button', { name: 'Reset' }).click();
    await wait(form.row('idle_after_sec').getByText('Reset, from Built-in'));
    assert.equal(await form.field('idle_after_sec').inputValue(), '60');
    await form.bar.getByRole('button', { name: 'Discard' }).click();
    assert.equal(await form.field('idle_after_sec').inputValue(), '120');
  }));

test('what is not accepted stays in its field, is told there, and outlives a reload', () =>
  onPage('/configuration', async (page, form) => {
    await form.field('collect_interval_sec').fill('0');
    await wait(form.row('collect_interval_sec').getByText('a whole number from 1 to 3,600'));
    await form.field('screenshots.public_key').fill('nonsense');
    await wait(form.row('screenshots.public_key').getByText('is no public key'));
    assert.ok(await form.bar.getByRole('button', { name: 'Review' }).isDisabled());
    await page.reload();
    assert.equal(await form.field('collect_interval_sec').inputValue(), '0');
    assert.equal(await form.field('screenshots.public_key').inputValue(), 'nonsense');
    await page.getByRole('navigation', { name: 'Scopes' }).getByText('Built-in').click();
    await wait(page.getByText('2 unsaved'));
    assert.equal(await form.field('collect_interval_sec').inputValue(), '60');
  }));

test('what loosens privacy is orange, says who allows it, and is left out where nobody does', () =>
  onPage('/configuration', async (page, form) => {
    await form.field('screenshots.blur').uncheck();
    await wait(form.row('screenshots.blur').getByText('1 of the 2 machines that this reaches lets a server do so.'));
    await wait(form.bar.locator('.chip').getByText('1 loosens privacy'));
    const dialog = await form.review();
    await wait(dialog.getByText('no blur'));
    await wait(dialog.getByText('1 of 2'));
    await wait(dialog.getByText('1 machine does not let a server loosen privacy'));
    await wait(dialog.getByText('The person whose machine allows it is told'));
    await dialog.getByRole('button', { name: 'Back' }).click();
    await form.save();
    assert.deepEqual((await unwilling.take()).left_out, ['screenshots.blur']);
    assert.equal((await willing.take()).settings['screenshots.blur'], false);
    await wait(form.row('screenshots.blur').getByText('left out on 1 machine'));
    await page.reload();
    await page.getByRole('button', { name: 'Show the 1' }).click();
    await wait(page.getByRole('dialog').getByText('Applied, 1 left out'));
  }));

test('two people in one scope see both sides, and each chooses', () =>
  onPage('/configuration', async (page, form) => {
    await form.field('idle_after_sec').fill('130');
    await form.field('send_interval_sec').fill('200');
    const { defaults } = await admin('GET', '/api/configuration');
    await admin('PUT', '/api/configuration/defaults', {
      settings: { ...defaults, idle_after_sec: 90, collect_interval_sec: 30 },
    });
    const review = await form.review();
    await review.getByRole('button', { name: /^Save/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Two people' });
    await wait(dialog.getByText('petra').first());
    const row = (key) => dialog.getByRole('row').filter({ hasText: key });
    await wait(row('idle_after_sec').getByText('130 s'));
    await row('idle_after_sec').getByRole('button', { name: 'Theirs' }).click();
    await dialog.getByRole('button', { name: 'Keep these' }).click();
    const again = page.getByRole('dialog', { name: /^Save Defaults/ });
    await wait(again.locator('.diff tbody tr').first());
    await form.save(again);
    const now = (await admin('GET', '/api/configuration')).defaults;
    assert.deepEqual([now.idle_after_sec, now.collect_interval_sec, now.send_interval_sec], [90, 30, 200]);
  }));

test('who is signed out while they edit signs in again, and saves what they typed', () =>
  onPage('/configuration', async (page, form) => {
    await form.field('idle_after_sec').fill('140');
    const dialog = await form.review();
    await page.context().clearCookies();
    const saved = form.save(dialog);
    await wait(page.getByText('What you typed is kept'));
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await saved;
    assert.equal((await admin('GET', '/api/configuration')).defaults.idle_after_sec, 140);
  }));

test('groups are made, ordered by keys and removed, with the consequence told before', () =>
  onPage('/configuration', async (page, form) => {
    for (const name of ['office', 'support']) {
      await page.getByRole('button', { name: 'New group' }).click();
      await page.getByLabel('Name').fill(name);
      await page.getByRole('button', { name: 'Make the group' }).click();
      await page.waitForURL(`**/configuration/${name}`);
    }
    const groups = async () => (await admin('GET', '/api/configuration')).groups.map((each) => each.group);
    await page.getByRole('button', { name: 'Move support' }).press('ArrowUp');
    while ((await groups())[0] !== 'support') await page.waitForTimeout(50);
    await admin('PUT', '/api/machines/vm-1/configuration', { groups: ['support'] });
    await page.reload();
    await wait(form.row('idle_after_sec'));
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Remove the group' }).click();
    await wait(page.getByText('1 machine is in it'));
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.waitForURL('**/configuration');
    assert.deepEqual(await groups(), ['office']);
  }));

test('a machine is put into a group, and shows what became of it there', () =>
  onPage('/machines/vm-1/configuration', async (page, form) => {
    await admin('PUT', '/api/configuration/groups/office', { settings: { send_interval_sec: 77 } });
    await page.reload();
    await page.getByLabel('Put it into a group').selectOption('office');
    assert.equal(await form.field('send_interval_sec').inputValue(), '77');
    await wait(form.row('send_interval_sec').getByText('office', { exact: true }));
    await form.save();
    assert.ok(await willing.refuse('send_interval_sec', 'not here'));
    await page.reload();
    await wait(page.getByText(/^Refused v\d+$/));
    await wait(page.getByText('send_interval_sec not here'));
  }));

test('the history restores a version, after showing what that changes', () =>
  onPage('/configuration', async (page) => {
    await page.getByRole('button', { name: 'History' }).first().click();
    await wait(page.getByText('longer breaks'));
    await page.getByRole('button', { name: 'Restore version 1 as new' }).click();
    const dialog = page.getByRole('dialog', { name: 'Restore version 1' });
    await wait(dialog.getByText('screenshots.blur'));
    await dialog.getByRole('button', { name: 'Restore as new' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.deepEqual((await admin('GET', '/api/configuration')).defaults, { idle_after_sec: 120 });
  }));

test('a manager changes the machines given to them, and reads the rest; a viewer reads', async () => {
  await onPage(
    '/configuration',
    async (page, form) => {
      await wait(page.getByText('An administrator changes it'));
      assert.equal(await form.field('idle_after_sec').getAttribute('readonly'), '');
      await page.getByRole('navigation', { name: 'Scopes' }).getByRole('link', { name: 'vm-1' }).click();
      await page.waitForURL('**/machines/vm-1/configuration');
      await form.field('idle_after_sec').fill('33');
      await form.save();
      assert.equal((await admin('GET', '/api/machines/vm-1/configuration')).settings.idle_after_sec, 33);
    },
    { as: 'max' },
  );
  await onPage('/machines/vm-1/configuration', (page) => wait(page.getByText('Who manages this machine changes it')), {
    as: 'vera',
  });
});

test('on a phone the scopes are a menu, and hostile names break nothing', () =>
  onPage(
    '/machines/vm-2/configuration',
    async (page, form) => {
      await page.getByRole('button', { name: '<script>' }).click();
      await page
        .getByRole('dialog', { name: 'Scopes' })
        .getByRole('link', { name: /^Defaults/ })
        .click();
      await page.waitForURL('**/configuration');
      await form.field('idle_after_sec').fill('150');
      await wait(form.bar);
      assert.ok(
        !(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)),
        'the page is wider than the screen',
      );
    },
    phone,
  ));

test('a link to a setting leads to it', () =>
  onPage('/configuration?setting=screenshots.quality', async (page, form) => {
    await page.waitForFunction(() => document.activeElement?.id === 'setting-screenshots.quality');
    await page.getByLabel('Find a setting').fill('blur');
    assert.equal(await form.row('idle_after_sec').count(), 0);
    await wait(form.row('screenshots.blur'));
    assert.match(page.url(), /find=blur/);
  }));
