/** The screenshots of a day, in slots of ten minutes, as GET /api/screenshots/{id}/slots answers them. */

import { ask, segment } from '../../api';
import { type AnsweredZone, clockText, zoneAt, type ZoneSpan, zonesOf } from '../../charts/time_scale';
import { type Zone, zoneQuery } from '../../parts/day_context';
import { type Resource, useResource } from '../../parts/resource';

export interface Screenshot {
  id: string;
  taken_at: string;
  monitor: string;
  width: number;
  height: number;
  format: 'jpeg' | 'sealed' | 'none';
  /** The picture that the screen still looked like, where it is `none`. */
  same_as: string | null;
}

/** Whether it is sealed, or shows one that is. */
export function isSealed(day: SlotDay, screenshot: Screenshot): boolean {
  const shown = day.screenshots.find(({ id }) => id === screenshot.same_as) ?? screenshot;
  // The picture that an unchanged screen looked like may be of the day before: then as the others are.
  return shown.format === 'none' ? day.screenshots.some(({ format }) => format === 'sealed') : shown.format === 'sealed';
}

export interface Slot {
  start: string;
  end: string;
  screenshots: Screenshot[];
  /** Why there is none; null where there is one. */
  why: string | null;
  counts: { active_sec: number; key_count: number; mouse_clicks: number };
}

interface SlotsAnswer {
  date: string;
  start: string;
  end: string;
  zones: AnsweredZone[];
  slots: Slot[];
}

/** An hour of the machine's clock, with its slots. */
export interface Hour {
  /** "16:00" */
  name: string;
  slots: Slot[];
}

/** The place of a slot in its hour, from 0 to 5, by the clock that holds then. */
export function placeOf(day: SlotDay, slot: Slot): number {
  const minute = Number(clockText(day.zones, Date.parse(slot.start)).split(':')[1]);
  return Math.floor(minute / 10);
}

export interface SlotDay {
  hours: Hour[];
  zones: ZoneSpan[];
  /** All that are there, in order of time. */
  screenshots: Screenshot[];
}

export function useSlots(machine: string, date: string, zone: Zone): Resource<SlotDay> {
  const path = `/api/screenshots/${segment(machine)}/slots?date=${date}${zoneQuery(zone)}`;
  return useResource(path, async (signal) => dayOf(await ask<SlotsAnswer>(path, { signal }), zone));
}

const hourMs = 3_600_000;

function dayOf(answer: SlotsAnswer, zone: Zone): SlotDay {
  const zones = zonesOf(answer.zones, zone, Date.parse(answer.start), Date.parse(answer.end));
  const hours: Hour[] = [];
  let latest = NaN;
  for (const slot of answer.slots) {
    const time = Date.parse(slot.start);
    const local = Math.floor((time + zoneAt(zones, time).offsetMin * 60_000) / hourMs);
    if (local !== latest) hours.push({ name: `${((local % 24) + 24) % 24}:00`, slots: [] });
    latest = local;
    hours[hours.length - 1]!.slots.push(slot);
  }
  return { hours, zones, screenshots: answer.slots.flatMap((slot) => slot.screenshots) };
}

const whyWords: Record<string, string> = {
  asleep: 'Asleep',
  paused: 'Paused',
  stopped: 'Agent stopped',
  off: 'Off',
  blind: 'Capture failed',
  clock: 'Clock set',
  idle: 'Nobody active',
  not_asked: 'Not switched on',
  excluded: 'Excluded window in sight',
  unknown: 'Not observed',
};

export const whyWord = (why: string): string => whyWords[why] ?? why;

/** What all slots of an hour without a picture have in common; null where there is one, or they differ. */
export function commonWhy(hour: Hour): string | null {
  const first = hour.slots[0]?.why ?? null;
  return first !== null && hour.slots.every((slot) => slot.why === first) ? first : null;
}
