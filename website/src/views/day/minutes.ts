import { type AnsweredZone, type ZoneSpan, zonesOf } from '../../charts/time_scale';

// A day of a machine as GET /api/activity/{id}/minutes answers it, and what the page reads from it.

export interface ScriptedStretch {
  from: string;
  to: string;
  scripted_sec: number;
  score: number | null;
  scripted_count: number;
  reasons: { word: string; texts: string[] }[];
  answer: { text: string; at: string; by: string } | null;
  /** Of the event that an answer stands at. */
  timestamp: string;
}

export interface MinutesAnswer {
  date: string | null;
  /** The zone that was asked for; null: the machine's own. */
  timezone: string | null;
  start: string;
  end: string;
  now: string;
  step_sec: number;
  interval_sec: number;
  zones: AnsweredZone[];
  columns: {
    observed_sec: number[];
    active_sec: number[];
    scripted_sec: number[];
    key_count: number[];
    mouse_clicks: number[];
    mouse_distance_px: number[];
    scroll_count: number[];
    scripted_count: number[];
    cpu_percent: (number | null)[];
    ram_used_percent: (number | null)[];
    genuine_score: (number | null)[];
    app: number[];
    title?: number[];
  };
  apps: string[];
  titles?: string[];
  gaps: { from: string; to: string; name: string }[];
  scripted: ScriptedStretch[];
}

/** What lies between two times of the day. Times are in ms since 1970, steps are numbered from 0. */
export interface Stretch {
  from: number;
  to: number;
}

export type StepState = 'active' | 'idle' | 'scripted';

export interface Gap extends Stretch {
  name: string;
}

/** The sums of a stretch; durations in seconds. */
export interface Sums {
  active: number;
  idle: number;
  scripted: number;
  observed: number;
  unobserved: number;
  keys: number;
  clicks: number;
  distance: number;
  scroll: number;
  scriptedInputs: number;
}

export type CountColumn = 'key_count' | 'mouse_clicks' | 'mouse_distance_px' | 'scroll_count';

/** The answer with its times as numbers. Nothing in it changes. */
export class Day {
  readonly start: number;
  readonly end: number;
  /** Nothing is known beyond: the end of the day, or the server's clock. */
  readonly known: number;
  readonly step: number;
  readonly steps: number;
  readonly zones: ZoneSpan[];
  readonly gaps: Gap[];

  constructor(readonly answer: MinutesAnswer) {
    this.start = Date.parse(answer.start);
    this.end = Date.parse(answer.end);
    this.known = Math.min(this.end, Date.parse(answer.now));
    this.step = answer.step_sec * 1000;
    this.steps = answer.columns.observed_sec.length;
    this.zones = zonesOf(answer.zones, answer.timezone, this.start, this.end);
    this.gaps = answer.gaps.map((gap) => ({ from: Date.parse(gap.from), to: Date.parse(gap.to), name: gap.name }));
  }

  timeOf(step: number): number {
    return this.start + step * this.step;
  }

  /** The step in which a time lies, within the day. */
  stepAt(time: number): number {
    return Math.max(0, Math.min(this.steps - 1, Math.floor((time - this.start) / this.step)));
  }

  /** What a step mostly is; null where nothing was observed. */
  stateOf(step: number): StepState | null {
    const { observed_sec, active_sec, scripted_sec } = this.answer.columns;
    const observed = observed_sec[step] ?? 0;
    if (observed === 0) return null;
    if ((scripted_sec[step] ?? 0) * 2 >= observed) return 'scripted';
    return (active_sec[step] ?? 0) * 2 >= observed ? 'active' : 'idle';
  }

  appOf(step: number): string | null {
    return this.answer.apps[this.answer.columns.app[step] ?? -1] ?? null;
  }

  /** The gap that holds at a time, if any has a name. */
  gapAt(time: number): Gap | undefined {
    return this.gaps.find((gap) => gap.from <= time && time < gap.to);
  }

  /** A stretch as whole steps, from the first up to, not including, the last. */
  stepsOf({ from, to }: Stretch): [number, number] {
    const first = Math.max(0, Math.round((from - this.start) / this.step));
    return [first, Math.min(this.steps, Math.max(first, Math.round((to - this.start) / this.step)))];
  }

  sums(stretch: Stretch): Sums {
    const [first, last] = this.stepsOf(stretch);
    const columns = this.answer.columns;
    const total = (column: number[]) => {
      let sum = 0;
      for (let step = first; step < last; ++step) sum += column[step]!;
      return sum;
    };
    const observed = total(columns.observed_sec);
    const active = total(columns.active_sec);
    const scripted = total(columns.scripted_sec);
    const known = Math.max(0, Math.min(stretch.to, this.known) - Math.max(stretch.from, this.start)) / 1000;
    return {
      active,
      scripted,
      observed,
      idle: Math.max(0, observed - active - scripted),
      unobserved: Math.max(0, known - observed),
      keys: total(columns.key_count),
      clicks: total(columns.mouse_clicks),
      distance: total(columns.mouse_distance_px),
      scroll: total(columns.scroll_count),
      scriptedInputs: total(columns.scripted_count),
    };
  }

  /** The greatest value of a step within a stretch. */
  most(column: CountColumn, stretch: Stretch): number {
    const [first, last] = this.stepsOf(stretch);
    return this.answer.columns[column].slice(first, last).reduce((most, value) => Math.max(most, value), 0);
  }

  /** Active seconds by application within a stretch, the most used first. */
  appsIn(stretch: Stretch): { app: string; seconds: number }[] {
    const [first, last] = this.stepsOf(stretch);
    const seconds = new Map<string, number>();
    for (let step = first; step < last; ++step) {
      const app = this.appOf(step);
      const active = this.answer.columns.active_sec[step]!;
      if (app !== null && active > 0) seconds.set(app, (seconds.get(app) ?? 0) + active);
    }
    return [...seconds].map(([app, sum]) => ({ app, seconds: sum })).sort((a, b) => b.seconds - a.seconds);
  }

  /** The first and the last time at which the person was active; null without any. */
  activeFromTo(): Stretch | null {
    const active = this.answer.columns.active_sec;
    const first = active.findIndex((seconds) => seconds > 0);
    if (first < 0) return null;
    return { from: this.timeOf(first), to: this.timeOf(active.findLastIndex((seconds) => seconds > 0) + 1) };
  }
}
