// Tells how far a test file came, in the words of doctest, as tests/integration/run.py does.

const counts = { passed: 0, failed: 0, skipped: 0 };

function* note({ type, data }) {
  if (data.details?.type === 'suite') return;
  const isSkipped = data.skip !== undefined;
  if (isSkipped) {
    counts.skipped += 1;
    yield `[node] skipped: ${data.skip || data.name}\n`;
  } else if (type === 'test:pass') {
    counts.passed += 1;
    yield `${data.name} ... ok (${Math.round(data.details.duration_ms)} ms)\n`;
  } else {
    counts.failed += 1;
    const { error } = data.details;
    yield `${data.name} ... FAIL\n${error.cause?.stack ?? error.stack ?? error}\n`;
  }
  yield summary();
}

function summary() {
  const { passed, failed, skipped } = counts;
  return `[node] test cases: ${passed + failed + skipped} | ${passed} passed | ${failed} failed | ${skipped} skipped\n`;
}

export default async function* report(events) {
  for await (const event of events) {
    if (event.type === 'test:pass' || event.type === 'test:fail') yield* note(event);
    if (event.type === 'test:stderr' || event.type === 'test:stdout') yield event.data.message;
  }
}
