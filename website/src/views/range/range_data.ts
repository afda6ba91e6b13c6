/** What the page of a range asks of the server, in the shapes of GET /api/activity/{id}/range. */

import { ask, segment } from '../../api';
import { type Zone, zoneQuery } from '../../parts/day_context';
import { type Resource, useResource } from '../../parts/resource';

export interface Totals {
  observed_sec: number;
  active_sec: number;
  idle_sec: number;
  scripted_sec: number;
  key_count: number;
  mouse_clicks: number;
  mouse_distance_px: number;
  scroll_count: number;
}

export interface RangeAnswer {
  from: string;
  to: string;
  /** Whose days they are: as asked for, else the machine's own; "" if nobody knows. */
  timezone: string;
  days: {
    date: string[];
    observed_sec: number[];
    active_sec: number[];
    idle_sec: number[];
    scripted_sec: number[];
    key_count: number[];
    first_activity: (string | null)[];
    last_activity: (string | null)[];
  };
  /** Monday 0 h first. */
  weekday_hours: { active_sec: number[]; observed_sec: number[]; days: number[] };
  apps: { app: string; active_sec: number; key_count: number }[];
  /** The five most used of four weeks, by day. */
  day_apps: { app: string[]; active_sec: number[][] };
  totals: Totals;
  before: { from: string; to: string; active_sec: number[]; totals: Totals; apps: { app: string; active_sec: number }[] };
}

export function useRange(machine: string, from: string, to: string, zone: Zone): Resource<RangeAnswer> {
  const path = `/api/activity/${segment(machine)}/range?from=${from}&to=${to}${zoneQuery(zone)}`;
  return useResource(path, (signal) => ask<RangeAnswer>(path, { signal }));
}

/** "+9 %" of what is now against what was; "" where there was nothing. */
export function change(now: number, before: number): string {
  if (before <= 0) return '';
  const percent = Math.round((now / before - 1) * 100);
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent)} %`;
}
