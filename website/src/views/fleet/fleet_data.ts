/** The machines of the fleet: loaded as one, then kept up to date row by row by live events. */

import { batch, signal, type Signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { ask, segment } from '../../api';
import { type LiveConfiguration, type LiveMachine, useLive } from '../../live';
import type { FleetRow } from '../../parts/machine_row';
import { type Resource, useResource } from '../../parts/resource';

export interface Attention {
  cause: string;
  since: string | null;
  /** At most 20 of them. */
  machines: string[];
  /** How many there are in all. */
  count: number;
  detail: string;
}

/** GET /api/fleet */
export interface FleetAnswer {
  date: string;
  timezone: string;
  start: string;
  end: string;
  now: string;
  machines: FleetRow[];
  attention: Attention[];
  next_cursor?: string | null;
}

/** A machine, with its row as a signal: who shows the row follows it alone. */
export interface Member {
  id: string;
  row: Signal<FleetRow>;
  /** When its hours were asked for, in ms since 1970. */
  hoursFrom: number;
}

/** Hours of a row in sight are asked for anew when they are older than this and something was heard since. */
const hoursLastMs = 60_000;
const refreshedAtOnce = 6;

export class Fleet {
  readonly members = new Map<string, Member>();
  /** Which machines there are has changed. */
  readonly loads = signal(0);
  /** Counts what changed in rows, so that it is known when their order may be another. */
  changes = 0;
  private waiting = new Map<string, (row: FleetRow) => FleetRow>();
  private frame = 0;

  /** All machines, as the server says them. What was heard live meanwhile and is newer stays. */
  replace(rows: readonly FleetRow[]): void {
    const ids = new Set(rows.map((row) => row.machine_id));
    batch(() => {
      for (const id of this.members.keys()) if (!ids.has(id)) this.members.delete(id);
      for (const row of rows) this.put(row);
      this.loads.value++;
    });
  }

  /** One machine, which may be new. */
  put(row: FleetRow): void {
    const before = this.members.get(row.machine_id);
    if (!before) {
      this.members.set(row.machine_id, { id: row.machine_id, row: signal(row), hoursFrom: Date.now() });
      return;
    }
    const old = before.row.peek();
    before.hoursFrom = Date.now();
    before.row.value = old.last_seen > row.last_seen ? { ...row, ...liveOf(old) } : row;
  }

  remove(id: string): void {
    this.members.delete(id);
    this.loads.value++;
  }

  /** The groups of a machine; none if it is not there. */
  groupsOf(id: string): readonly string[] {
    return this.members.get(id)?.row.peek().groups ?? [];
  }

  /** A machine as a person calls it. Follows its row. */
  nameOf(id: string): string {
    return this.members.get(id)?.row.value.user_label ?? id;
  }

  /** Changes a row with the next frame: however much is heard, a row is drawn once a frame. False: it is not there. */
  patch(id: string, change: (row: FleetRow) => FleetRow): boolean {
    if (!this.members.has(id)) return false;
    const before = this.waiting.get(id);
    this.waiting.set(id, before ? (row) => change(before(row)) : change);
    this.frame ||= requestAnimationFrame(() => this.flush());
    return true;
  }

  private flush(): void {
    this.frame = 0;
    const changes = this.waiting;
    this.waiting = new Map();
    this.changes += changes.size;
    batch(() => {
      for (const [id, change] of changes) {
        const member = this.members.get(id);
        if (member) member.row.value = change(member.row.peek());
      }
    });
  }
}

/** What live events say of a row. */
function liveOf(row: FleetRow): Partial<FleetRow> {
  const { state, since, latest_event, last_seen, agent_version, timezone, utc_offset_min } = row;
  return { state, since, latest_event, last_seen, agent_version, timezone, utc_offset_min };
}

const until = (end: AbortSignal | undefined) => (end ? { signal: end } : {});

async function loadAll(path: string, end?: AbortSignal): Promise<FleetAnswer> {
  const answer = await ask<FleetAnswer>(path, until(end));
  for (let cursor = answer.next_cursor; cursor;) {
    const page = await ask<FleetAnswer>(`${path}&cursor=${encodeURIComponent(cursor)}`, until(end));
    answer.machines.push(...page.machines);
    cursor = page.next_cursor;
  }
  return answer;
}

export interface LoadedFleet {
  fleet: Fleet;
  answer: Resource<FleetAnswer>;
  /** Asks for all anew, without a word: what is shown stays as it is meanwhile. */
  renew: () => void;
  /** Asks for the hours of these rows where they have become old. */
  refresh: (inSight: readonly Member[]) => void;
}

/** Attention may change with each machine: all is asked for anew at most so often. */
const renewalMs = 20_000;

export function useFleet(date: string, zone: string, isToday: boolean): LoadedFleet {
  const fleet = useMemo(() => new Fleet(), []);
  const query = `date=${date}&tz=${encodeURIComponent(zone)}`;
  const path = `/api/fleet?${query}`;
  const answer = useResource(path, async (end) => {
    const loaded = await loadAll(path, end);
    fleet.replace(loaded.machines);
    return loaded;
  });
  const renew = useRenewal(path, (loaded) => {
    fleet.replace(loaded.machines);
    answer.patch(() => loaded);
  });
  const askRow = (id: string) => ask<FleetRow>(`/api/fleet/${segment(id)}?${query}`);
  useLive('*', {
    machine: (news) => {
      if (!fleet.patch(news.machine_id, withNews(news))) void bring(fleet, news.machine_id, askRow);
    },
    configuration: (news) => fleet.patch(news.machine_id, withConfiguration(news)),
    attention: renew,
    reset: renew,
  });
  const refresh = (inSight: readonly Member[]) => {
    if (!isToday) return;
    const old = inSight.filter((member) => {
      const age = Date.now() - member.hoursFrom;
      return age > hoursLastMs && Date.parse(member.row.peek().last_seen) > member.hoursFrom - hoursLastMs;
    });
    for (const { id } of old.slice(0, refreshedAtOnce)) void bring(fleet, id, askRow);
  };
  return { fleet, answer, renew, refresh };
}

const withNews = (news: LiveMachine) => (row: FleetRow) => ({ ...row, ...news });

function withConfiguration(news: LiveConfiguration) {
  const { state, version, applied_version, error_key } = news;
  return (row: FleetRow) => ({
    ...row,
    configuration: { ...row.configuration, state, version, applied_version, error_key },
  });
}

const asked = new Set<string>();

/** A row by itself; a failure is no news, as the next event brings the next try. */
async function bring(fleet: Fleet, id: string, askRow: (id: string) => Promise<FleetRow>): Promise<void> {
  if (asked.has(id)) return;
  asked.add(id);
  const member = fleet.members.get(id);
  if (member) member.hoursFrom = Date.now();
  try {
    const row = await askRow(id);
    fleet.put(row);
    if (!member) fleet.loads.value++;
  } catch {
    // See above.
  } finally {
    asked.delete(id);
  }
}

/** Of many calls, acts on the first at once, and on the rest together a while later. */
function useRenewal(path: string, onLoaded: (answer: FleetAnswer) => void): () => void {
  const state = useMemo(() => ({ path, onLoaded, last: 0, timer: 0 }), []);
  Object.assign(state, { path, onLoaded });
  useEffect(() => () => clearTimeout(state.timer), []);
  const load = async () => {
    state.timer = 0;
    state.last = Date.now();
    const asked = state.path;
    const answer = await loadAll(asked).catch(() => null); // the next news brings the next try
    if (answer && asked === state.path) state.onLoaded(answer);
  };
  return () => {
    state.timer ||= window.setTimeout(() => void load(), Math.max(0, state.last + renewalMs - Date.now()));
  };
}
