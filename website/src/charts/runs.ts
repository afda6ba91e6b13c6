/** Neighbouring steps with the same value, `from` up to, not including, `to`. */
export interface Run<T> {
  from: number;
  to: number;
  value: T;
}

/** The runs of what `valueAt` returns for the steps from 0 to `count`; steps of which it returns null are in none. */
export function runsOf<T>(count: number, valueAt: (step: number) => T | null): Run<T>[] {
  const runs: Run<T>[] = [];
  let begun: Run<T> | null = null;
  for (let step = 0; step < count; ++step) {
    const value = valueAt(step);
    if (begun && value === begun.value) {
      begun.to = step + 1;
      continue;
    }
    begun = value === null ? null : { from: step, to: step + 1, value };
    if (begun) runs.push(begun);
  }
  return runs;
}

/** One path of many bars that stand on `base`: few elements, however many bars. All in px. */
export function barPath(bars: Iterable<{ x: number; width: number; height: number }>, base: number): string {
  let path = '';
  for (const { x, width, height } of bars) path += `M${round(x)} ${base}v${round(-height)}h${round(width)}V${base}z`;
  return path;
}

/** One path of many strips of the same height. All in px. */
export function stripPath(strips: Iterable<{ x: number; width: number }>, top: number, height: number): string {
  let path = '';
  for (const { x, width } of strips) path += `M${round(x)} ${top}h${round(width)}v${height}h${round(-width)}z`;
  return path;
}

/** A tenth of a px is finer than anybody sees, and keeps paths short. */
function round(px: number): number {
  return Math.round(px * 10) / 10;
}
