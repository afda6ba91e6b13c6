// How fast the website's pages are, by the browser's own clock, on loopback: medians of five loads. See README.md.
//   ACTIVITYTRACK_BUILD=build/release node tests/bench/website.mjs [MINUTES of live updates for the memory]

import { loadavg } from 'node:os';
import { after, test } from 'node:test';
import { startServer, withPage } from '../website/world.mjs';

const LOADS = 5;
const MACHINES = 5_000;
const CHANGES_PER_SEC = 100;
const SCROLL_SEC = 10;
const liveMinutes = Number(process.argv[2] ?? 10);

const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
const year = `from=${yesterday.slice(0, 4)}-01-01&to=${yesterday.slice(0, 4)}-12-31`;
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const rows = [];
const report = (what, value, wanted) => rows.push({ what, value, wanted, load: loadavg()[0].toFixed(1) });
after(() => console.table(rows));

/** A server with made-up machines; everybody is an administrator there, and any machine. */
async function demo(...wishes) {
  const server = await startServer('--auth', 'none');
  server.demo(...wishes);
  return server;
}

/** Notes when `selector` is drawn for the first time: two frames after it is in the page, in ms since the navigation began. */
const noteDrawn = (selector) => {
  const look = () => {
    if (!document.querySelector(selector)) return requestAnimationFrame(look);
    requestAnimationFrame(() => requestAnimationFrame(() => (window.drawnAt = performance.now())));
  };
  look();
};

async function measureLoads(server, path, selector) {
  const [painted, drawn] = [[], []];
  for (let load = 0; load < LOADS; ++load) {
    await withPage(server, async (page) => {
      await page.addInitScript(noteDrawn, selector);
      await page.goto(path);
      await page.waitForFunction(() => window.drawnAt);
      drawn.push(await page.evaluate(() => window.drawnAt));
      painted.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime));
    });
  }
  return { painted: `${Math.round(median(painted))} ms`, drawn: `${Math.round(median(drawn))} ms` };
}

const day = '/machines/demo-amelie-laptop';

test('a machine with a year of one-minute events', async () => {
  const server = await demo('--fleet', '1', '--days', '400');
  const first = await measureLoads(server, `${day}?date=${yesterday}`, '.plot svg path');
  report('first contentful paint', first.painted, '< 300 ms');
  report('a day of 1,440 minutes', first.drawn, '< 500 ms');
  report('a year', (await measureLoads(server, `${day}?${year}`, 'rect.day-cell')).drawn, '< 500 ms');
});

test('a day of one-second events', async () => {
  const server = await demo('--fleet', '1', '--days', '2', '--events-sec', '1');
  report('a day of 86,400 seconds', (await measureLoads(server, `${day}?date=${yesterday}`, '.plot svg path')).drawn, '< 1000 ms');
});

/** Lets machines speak, so many in a second, until it is told to end. */
function speak(server, ids) {
  let next = 0;
  const timer = setInterval(() => {
    for (let i = 0; i < CHANGES_PER_SEC / 10; ++i) {
      const machine_id = ids[next++ % ids.length];
      const event = { machine_id, timestamp: new Date().toISOString(), key_count: next, active_sec: (next % 7) * 8, active_app: 'code' };
      const options = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ events: [event] }) };
      fetch(`${server.url}/api/events`, options).then((answer) => answer.arrayBuffer(), () => undefined);
    }
  }, 100);
  return () => clearInterval(timer);
}

/** Scrolls as a hand does; returns how long each frame took, in ms. */
const scrollAndCount = (seconds) =>
  new Promise((done) => {
    const frames = [];
    const begun = performance.now();
    let last = begun;
    let way = 1;
    const step = (now) => {
      frames.push(now - last);
      last = now;
      if (scrollY + innerHeight >= document.documentElement.scrollHeight - 1) way = -1;
      if (scrollY === 0) way = 1;
      scrollBy(0, 30 * way);
      if (now - begun < seconds * 1000) requestAnimationFrame(step);
      else done(frames.slice(1));
    };
    requestAnimationFrame(step);
  });

async function heapBytes(session) {
  for (let i = 0; i < 3; ++i) await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
}

test('a fleet', async () => {
  const server = await demo('--fleet', String(MACHINES), '--days', '1', '--events-sec', '600');
  report(`a fleet of ${MACHINES}`, (await measureLoads(server, '/', 'tbody tr[data-id]')).drawn, '< 1000 ms');
  const { machines } = await (await fetch(`${server.url}/api/machines?limit=${CHANGES_PER_SEC * 5}`)).json();
  const end = speak(server, machines.map(({ machine_id }) => machine_id));
  await withPage(server, async (page) => {
    await page.goto('/');
    await page.getByText('Live', { exact: true }).waitFor();
    const frames = await page.evaluate(scrollAndCount, SCROLL_SEC);
    const long = frames.filter((ms) => ms > 25).length;
    const seconds = frames.reduce((sum, ms) => sum + ms, 0) / 1000;
    report(`frames/s, scrolling, ${CHANGES_PER_SEC} changes/s`, `${(frames.length / seconds).toFixed(1)}, ${long} longer than 25 ms`, '60');
    const session = await page.context().newCDPSession(page);
    const before = await heapBytes(session);
    await page.waitForTimeout(liveMinutes * 60_000);
    const grown = (await heapBytes(session)) - before;
    report(`heap after ${liveMinutes} min of live updates`, `${(before / 1e6).toFixed(1)} MB, ${(grown / 1e6).toFixed(2)} MB more`, 'steady');
  });
  end();
});
