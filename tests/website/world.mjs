// What tests of the website share: a real server with people in it, and pages of a real browser.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { chromium } from '../../website/node_modules/playwright-core/index.mjs';

export const PASSWORD = 'correct horse battery staple';

/** Reached only by a hang, also on a busy machine with sanitizers. */
const DEADLINE_MS = 90_000;

const build = process.env.ACTIVITYTRACK_BUILD ?? assert.fail('ACTIVITYTRACK_BUILD names no build folder: run by meson test');
const program = join(build, 'apps/server/activitytrack-server');

/** Nothing of the person's own. */
function environment(folder) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('ACTIVITYTRACK_') && !name.startsWith('XDG_'));
  return { ...Object.fromEntries(kept), HOME: folder };
}

/** Resolves with the first match in what the process logs; fails if it ends before. */
function waitForLine(child, pattern) {
  return new Promise((resolve, reject) => {
    let log = '';
    const timer = setTimeout(() => reject(new Error(`waited in vain for ${pattern} in:\n${log}`)), DEADLINE_MS);
    const look = (piece) => {
      log += piece;
      const found = pattern.exec(log);
      if (!found) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stderr.setEncoding('utf8').on('data', look);
    child.stdout.setEncoding('utf8').on('data', look);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${log}`)));
  });
}

/** A server on a free port, with a folder of its own. It ends with the test or the file that
    starts it. */
export async function startServer(...options) {
  const folder = mkdtempSync(join(tmpdir(), 'activitytrack-website-'));
  const place = ['--data-dir', join(folder, 'data')];
  const env = environment(folder);
  /** The password is for those that ask for one; to write to a program that has ended is an error. */
  const command = (...words) => {
    const input = words[0] === 'user' ? PASSWORD : '';
    return execFileSync(program, [...words, ...place], { env, input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
  };
  const run = (listen) => serve(['serve', '--listen', listen, ...place, ...options], env);
  let running = await run('127.0.0.1:0');
  after(async () => {
    const code = await running.stop();
    rmSync(folder, { recursive: true, force: true });
    assert.equal(code, 0);
  });
  const { address } = running;
  return {
    url: `http://${address}`,
    folder,
    /** The path that makes the first user, once the server has printed it. */
    setupLink: () => running.setupLink(),
    /** What a command of the server prints. */
    command,
    addPerson(name, role, ...machines) {
      command('user', 'add', name, '--role', role, ...machines.flatMap((machine) => ['--machine', machine]));
    },
    /** Fills it with made-up machines. Returns the password of their people, and the key of their sealed pictures. */
    demo(...wishes) {
      const said = command('demo', ...wishes);
      return { password: /^Password +(\S+)/m.exec(said)[1], key: /atkey_\S+/.exec(said)[0] };
    },
    /** Ends it at once, as a fault of the machine does. */
    kill: () => running.stop('SIGKILL'),
    /** Starts it again where it was. */
    async startAgain() {
      running = await run(address);
    },
  };
}

/** A server that runs. */
async function serve(words, env) {
  const child = spawn(program, words, { env });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let link = '';
  child.stdout.on('data', (piece) => (link ||= /\/setup\?token=\S+/.exec(String(piece))?.[0] ?? ''));
  const [, address] = await waitForLine(child, /listening address=(127\.0\.0\.1:\d+)/);
  return {
    address,
    async setupLink() {
      while (!link) await new Promise((resolve) => setTimeout(resolve, 20));
      return link;
    },
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

/** One for all tests of a file. Its sandbox needs what containers do not give. */
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'], timeout: DEADLINE_MS });
after(() => browser.close());

/** What a page must never have: an exception, a violation of its own policy, a complaint of the browser but on refused requests. */
async function watch(page, wrong) {
  page.on('pageerror', (error) => wrong.push(String(error.stack)));
  page.on('console', (message) => {
    const isRefusal = message.text().startsWith('Failed to load resource');
    if (['error', 'warning'].includes(message.type()) && !isRefusal) wrong.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(page.server.url) && !/^(blob|data):/.test(request.url())) wrong.push(`asked ${request.url()}`);
  });
}

/** Runs `steps(page)` in a browser without any history, at the server; then checks that nothing was wrong with the page.
    `options` are Playwright's of a context: colorScheme, viewport, hasTouch. */
export async function withPage(server, steps, options = {}) {
  const context = await browser.newContext({ baseURL: server.url, locale: 'en-GB', ...options });
  context.setDefaultTimeout(DEADLINE_MS);
  const wrong = [];
  try {
    const page = await context.newPage();
    page.server = server;
    await watch(page, wrong);
    await steps(page);
  } finally {
    await context.close();
  }
  assert.deepEqual(wrong, []);
}

/** Signs the page's browser in without showing it. */
export async function signIn(page, name, password = PASSWORD) {
  const answer = await page.request.post('/api/login', { data: { user: name, password }, headers: { Origin: page.server.url } });
  assert.equal(answer.status(), 200, await answer.text());
}

/** The head shows where the person is. */
export const waitForSection = (page, name) =>
  page.locator('nav[aria-label=Sections] a[aria-current=page]', { hasText: name }).waitFor();

export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
