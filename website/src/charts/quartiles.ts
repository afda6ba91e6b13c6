/** The values that part what is above zero into four equal groups; empty if nothing is. */
export function quartiles(values: readonly number[]): number[] {
  const some = values.filter((value) => value > 0).sort((a, b) => a - b);
  if (some.length === 0) return [];
  return [0.25, 0.5, 0.75].map((share) => some[Math.floor(some.length * share)]!);
}

/** 0 for nothing, else the group from 1 to 4. */
export function quartileOf(value: number, limits: readonly number[]): number {
  if (value <= 0) return 0;
  const above = limits.findIndex((limit) => value <= limit);
  return above < 0 ? 4 : above + 1;
}
