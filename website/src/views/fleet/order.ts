/** Which machines are shown, in which order, and how many there are of each state. */

import { collator, hasWords, wordsIn } from '../../format';
import type { FleetRow } from '../../parts/machine_row';
import { signOf } from '../../parts/state_sign';
import type { Attention, Member } from './fleet_data';
import type { Query, SortKey } from './query';

export const nameOf = (row: FleetRow): string => row.user_label ?? row.machine_id;

/** "1.10.0" is newer than "1.9.2". */
export const compareVersions = (a: string | null, b: string | null): number => collator.compare(a ?? '', b ?? '');

const configurationWeights = ['refused', 'reverted', 'needs_restart', 'pending', 'applied'];

function configurationWeight({ configuration: { state, left_out } }: FleetRow): number {
  const weight = configurationWeights.indexOf(state);
  return state === 'applied' && left_out > 0 ? weight - 0.5 : weight;
}

type Compare = (a: FleetRow, b: FleetRow) => number;

const compares: Record<SortKey, Compare> = {
  state: (a, b) => signOf(a.state).weight - signOf(b.state).weight || b.active_sec - a.active_sec,
  machine: () => 0,
  user: (a, b) => collator.compare(a.person ?? '\uffff', b.person ?? '\uffff'),
  active: (a, b) => a.active_sec - b.active_sec,
  heard: (a, b) => (a.last_seen < b.last_seen ? 1 : a.last_seen > b.last_seen ? -1 : 0),
  version: (a, b) => compareVersions(a.agent_version, b.agent_version),
  configuration: (a, b) => configurationWeight(a) - configurationWeight(b),
};

/** Comparing names takes long: their places are found once for each name, not once for each comparison. */
export class Names {
  private places = new Map<string, number>();
  private known: string[] = [];

  placesOf(members: Iterable<Member>): ReadonlyMap<string, number> {
    const all = [...members];
    const names = all.map((member) => nameOf(member.row.peek()) + '\0' + member.id);
    if (names.length !== this.known.length || names.some((name, i) => name !== this.known[i])) {
      this.known = names;
      const order = names.map((_, i) => i).sort((a, b) => collator.compare(names[a]!, names[b]!));
      this.places = new Map(order.map((i, place) => [all[i]!.id, place]));
    }
    return this.places;
  }
}

function sorted(members: Member[], query: Query, places: ReadonlyMap<string, number>): Member[] {
  const compare = compares[query.sort];
  const way = query.descending ? -1 : 1;
  const rows = members.map((member) => ({ member, row: member.row.peek(), place: places.get(member.id)! }));
  const isByName = query.sort === 'machine';
  rows.sort((a, b) => way * compare(a.row, b.row) || (isByName ? way : 1) * (a.place - b.place));
  return rows.map(({ member }) => member);
}

/** The states that a segment stands for: a machine that was stopped is not there, as one that is offline. */
export const segments: readonly { value: string; label: string; states: readonly string[] }[] = [
  { value: 'capture_failing', label: 'Failing', states: ['capture_failing', 'blind'] },
  { value: 'active', label: 'Active', states: ['active', 'watching'] },
  { value: 'idle', label: 'Idle', states: ['idle'] },
  { value: 'scripted', label: 'Scripted', states: ['scripted'] },
  { value: 'paused', label: 'Paused', states: ['paused'] },
  { value: 'asleep', label: 'Asleep', states: ['asleep'] },
  { value: 'offline', label: 'Offline', states: ['offline', 'stopped'] },
];

const statesOf = new Map(segments.map((segment) => [segment.value, segment.states]));

function hasText(row: FleetRow, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  return hasWords(`${row.user_label ?? ''}\n${row.machine_id}\n${row.person ?? ''}\n${row.groups.join('\n')}`, words);
}

/** Whether a machine is among those of a cause; of more than the server names, as far as their rows tell. */
function isOfCause(row: FleetRow, cause: string, attention: readonly Attention[]): boolean {
  if (cause === 'capture_failing' || cause === 'offline') return row.state === cause;
  if (cause === 'configuration_refused') return ['refused', 'reverted'].includes(row.configuration.state);
  return attention.some((each) => each.cause === cause && each.machines.includes(row.machine_id));
}

export interface Arranged {
  order: readonly Member[];
  /** Of each segment, among what the other filters leave. */
  counts: Readonly<Record<string, number>>;
  /** What the other filters leave, in any state. */
  total: number;
}

export function arrange(
  members: Iterable<Member>,
  query: Query,
  attention: readonly Attention[],
  places: ReadonlyMap<string, number>,
): Arranged {
  const words = wordsIn(query.text);
  const counts: Record<string, number> = {};
  const states = query.state === '' ? null : (statesOf.get(query.state) ?? [query.state]);
  const chosen: Member[] = [];
  let total = 0;
  for (const member of members) {
    const row = member.row.peek();
    if (query.group !== '' && !row.groups.includes(query.group)) continue;
    if (query.cause !== '' && !isOfCause(row, query.cause, attention)) continue;
    if (!hasText(row, words)) continue;
    ++total;
    for (const { value, states: of } of segments) if (of.includes(row.state)) counts[value] = (counts[value] ?? 0) + 1;
    if (!states || states.includes(row.state)) chosen.push(member);
  }
  return { order: sorted(chosen, query, places), counts, total };
}
