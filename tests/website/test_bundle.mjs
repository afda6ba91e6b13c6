// What the website is made of: its types, what it loads first, whose licences it carries.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const website = fileURLToPath(new URL('../../website', import.meta.url));
const made = JSON.parse(readFileSync(join(process.env.ACTIVITYTRACK_BUILD, 'website/website.json'), 'utf8'));

/** Packed, of all that stands between an address and its first picture, but the view itself. */
const FIRST_LOAD_BYTES = 60 * 1024;

test('the types fit', () => {
  try {
    execFileSync('node', [join(website, 'node_modules/typescript/bin/tsc'), '-p', website], { encoding: 'utf8' });
  } catch (error) {
    assert.fail(error.stdout);
  }
});

test('the first load is within its budget', () => {
  const bytes = made.files.filter((file) => file.first_load).reduce((sum, file) => sum + file.gzip_bytes, 0);
  console.log(`first load: ${bytes} bytes of ${FIRST_LOAD_BYTES}`);
  assert.ok(bytes > 5000 && bytes <= FIRST_LOAD_BYTES, `${bytes} bytes`);
});

test('the licences of what is in it go with it', () => {
  const file = made.files.find(({ name }) => name.startsWith('assets/licences-'));
  const text = readFileSync(join(made.folder, file.name), 'utf8');
  for (const name of ['preact ', '@preact/signals ', '@preact/signals-core ']) assert.ok(text.includes(name), name);
  assert.ok(text.includes('Permission is hereby granted'));
});
