// One horizontal scale of time, which everything on a page that shows the same time shares.

import { offsetMin } from '../format';

/** A stretch of time in which one clock holds. Times are in ms since 1970. */
export interface ZoneSpan {
  from: number;
  timezone: string;
  offsetMin: number;
}

/** As answers of the API have it. */
export interface AnsweredZone {
  from: string;
  timezone: string;
  utc_offset_min: number;
}

const hourMs = 3_600_000;

/** The clocks of a stretch of time: those of the machine, or that of the one zone that was asked for. */
export function zonesOf(machine: readonly AnsweredZone[], asked: string | null, start: number, end: number): ZoneSpan[] {
  if (asked === null)
    return machine.map((zone) => ({ from: Date.parse(zone.from), timezone: zone.timezone, offsetMin: zone.utc_offset_min }));
  const zones: ZoneSpan[] = [];
  for (let time = start; time < end; time += hourMs) {
    const offset = offsetMin(time, asked);
    if (zones[zones.length - 1]?.offsetMin !== offset) zones.push({ from: time, timezone: asked, offsetMin: offset });
  }
  return zones;
}

export interface TimeScale {
  start: number;
  end: number;
  /** In px. */
  width: number;
}

/** Where a time lies, in px; outside of [0, width] for what is not shown. */
export function xOf(scale: TimeScale, time: number): number {
  return ((time - scale.start) / (scale.end - scale.start)) * scale.width;
}

export function timeAt(scale: TimeScale, x: number): number {
  return scale.start + (x / scale.width) * (scale.end - scale.start);
}

/** The clock that holds at a time. Spans are in order; the first one holds before it, too. */
export function zoneAt(zones: readonly ZoneSpan[], time: number): ZoneSpan {
  let found = zones[0] ?? { from: 0, timezone: 'UTC', offsetMin: 0 };
  for (const zone of zones) if (zone.from <= time) found = zone;
  return found;
}

/** "16:32", on the clock that holds then. With seconds where they matter. */
export function clockText(zones: readonly ZoneSpan[], time: number, seconds = false): string {
  const local = new Date(time + zoneAt(zones, time).offsetMin * 60_000);
  const two = (n: number) => String(n).padStart(2, '0');
  const text = `${local.getUTCHours()}:${two(local.getUTCMinutes())}`;
  return seconds ? `${text}:${two(local.getUTCSeconds())}` : text;
}

const minute = 60_000;
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440].map((minutes) => minutes * minute);

export interface Tick {
  time: number;
  x: number;
  label: string;
}

/** Round times on the clock, no closer than `apart` px. After a change of zone they are round on the new clock. */
export function ticks(scale: TimeScale, zones: readonly ZoneSpan[], apart = 40): Tick[] {
  const room = (scale.end - scale.start) / Math.max(1, scale.width / apart);
  const step = steps.find((each) => each >= room) ?? steps[steps.length - 1]!;
  const marks: Tick[] = [];
  zones.forEach((zone, index) => {
    const from = index === 0 ? scale.start : Math.max(scale.start, zone.from);
    const to = Math.min(scale.end, zones[index + 1]?.from ?? scale.end);
    const shift = zone.offsetMin * minute;
    for (let time = Math.ceil((from + shift) / step) * step - shift; time < to; time += step) {
      const label = clockText(zones, time).replace(':00', '');
      marks.push({ time, x: xOf(scale, time), label });
    }
  });
  return marks;
}
