import { runsOf } from '../../charts/runs';
import { clockText } from '../../charts/time_scale';
import type { Day, ScriptedStretch } from './minutes';

// The day in words: what begins, ends or is out of the ordinary.

export interface Remark {
  /** In ms since 1970. */
  time: number;
  what: string;
  /** How long, in seconds; null for what is a moment. */
  seconds: number | null;
  detail: string;
  scripted?: ScriptedStretch;
}

const gapWords: Record<string, { what: string; why: string }> = {
  asleep: { what: 'Asleep', why: 'the machine slept' },
  paused: { what: 'Paused', why: 'the person paused the agent' },
  stopped: { what: 'Stopped', why: 'no agent ran' },
  off: { what: 'Off', why: 'the machine was off' },
  blind: { what: 'Not seen', why: 'no display, or it could not be read' },
  clock: { what: 'Clock set', why: "the machine's clock was changed" },
};

/** The name of a gap as people read it. */
export function gapWord(name: string): string {
  return gapWords[name]?.what ?? name;
}

/** Shorter gaps at the edges of the day and idle stretches are no news. */
const longIdleMs = 20 * 60_000;

export function remarksOf(day: Day): Remark[] {
  return [...ends(day), ...gaps(day), ...zoneChanges(day), ...scripted(day), ...longestIdle(day)].sort((a, b) => a.time - b.time);
}

function ends(day: Day): Remark[] {
  const active = day.activeFromTo();
  if (!active) return [];
  const first: Remark = {
    time: active.from,
    what: 'First activity',
    seconds: null,
    detail: day.appOf(day.stepAt(active.from)) ?? '',
  };
  if (active.to >= day.known - 2 * day.step) return [first];
  const last = day.appOf(day.stepAt(active.to - 1)) ?? '';
  return [first, { time: active.to, what: 'Last activity', seconds: null, detail: last }];
}

function gaps(day: Day): Remark[] {
  return day.gaps.map((gap) => ({
    time: gap.from,
    what: gapWord(gap.name),
    seconds: (gap.to - gap.from) / 1000,
    detail: gapWords[gap.name]?.why ?? '',
  }));
}

function zoneChanges(day: Day): Remark[] {
  return day.zones.slice(1).map((zone, index) => {
    const before = day.zones[index]!;
    const was = clockText([before], zone.from);
    const is = clockText([zone], zone.from);
    const names =
      zone.timezone === before.timezone ? `the clock of ${zone.timezone} changed` : `${before.timezone} to ${zone.timezone}`;
    return { time: zone.from, what: 'Change of zone', seconds: null, detail: `${names}; ${was} became ${is}` };
  });
}

function scripted(day: Day): Remark[] {
  return day.answer.scripted.map((stretch) => {
    const why = stretch.reasons.flatMap((reason) => reason.texts)[0] ?? 'input looks scripted';
    const said = stretch.answer ? `answered: ${stretch.answer.text}` : 'no answer to it yet';
    return {
      time: Date.parse(stretch.from),
      what: 'Scripted',
      seconds: stretch.scripted_sec,
      detail: `${why}; ${said}`,
      scripted: stretch,
    };
  });
}

function longestIdle(day: Day): Remark[] {
  const idle = runsOf(day.steps, (step) => (day.stateOf(step) === 'idle' ? true : null));
  const longest = idle.reduce((best, run) => (run.to - run.from > best.to - best.from ? run : best), {
    from: 0,
    to: 0,
    value: true,
  });
  const length = (longest.to - longest.from) * day.step;
  if (length < longIdleMs) return [];
  return [{ time: day.timeOf(longest.from), what: 'Idle', seconds: length / 1000, detail: 'the longest of the day' }];
}

/** Times on the day's own clock. */
export function remarkClock(day: Day, remark: Remark): string {
  return clockText(day.zones, remark.time);
}
