/** What became of the configuration on machines, in words and counts. */

import { count, counted } from '../../format';
import type { IconName } from '../../icons';
import type { ConfiguredMachine } from './model';

/** As a page shows a machine: those that wait are told apart by whether they can be reached at all. */
export type Shown = 'applied' | 'pending' | 'offline' | 'refused' | 'reverted' | 'needs_restart';

/** Agents ask each five minutes at least: one that has not been heard of for longer than this is away. */
const awayMs = 10 * 60_000;

export function shownState(machine: ConfiguredMachine): Shown {
  if (machine.state !== 'pending') return machine.state;
  const heard = Math.max(Date.parse(machine.last_seen), machine.asked_at ? Date.parse(machine.asked_at) : 0);
  return Date.now() - heard > awayMs ? 'offline' : 'pending';
}

interface Sign {
  word: string;
  icon: IconName;
  isBad: boolean;
  /** Of the bar. */
  fill: 'done' | 'open' | 'bad';
}

export const signs: Readonly<Record<Shown, Sign>> = {
  refused: { word: 'Refused', icon: 'x', isBad: true, fill: 'bad' },
  reverted: { word: 'Reverted', icon: 'undo', isBad: true, fill: 'bad' },
  needs_restart: { word: 'Needs a restart', icon: 'turn', isBad: false, fill: 'bad' },
  pending: { word: 'Pending', icon: 'wait', isBad: false, fill: 'open' },
  offline: { word: 'Offline', icon: 'gone', isBad: false, fill: 'open' },
  applied: { word: 'Applied', icon: 'check', isBad: false, fill: 'done' },
};

/** What needs a look comes first. */
const order = Object.keys(signs);
export const compareStates = (a: ConfiguredMachine, b: ConfiguredMachine): number =>
  order.indexOf(shownState(a)) - order.indexOf(shownState(b));

export type StateCounts = Readonly<Record<Shown, number>>;

export function countStates(machines: readonly ConfiguredMachine[]): StateCounts {
  const counts = { applied: 0, pending: 0, offline: 0, refused: 0, reverted: 0, needs_restart: 0 };
  for (const machine of machines) counts[shownState(machine)]++;
  return counts;
}

/** "196 applied · 14 offline or not yet · 2 refused" */
export function stateWords(counts: StateCounts): string {
  const waiting = counts.pending + counts.offline;
  const parts = [`${count(counts.applied)} applied`];
  if (waiting) parts.push(`${count(waiting)} ${counts.offline ? 'offline or not yet' : 'not yet'}`);
  if (counts.refused) parts.push(`${counts.refused} refused`);
  if (counts.reverted) parts.push(`${counts.reverted} reverted`);
  if (counts.needs_restart) parts.push(counted(counts.needs_restart, 'needs a restart', 'need a restart'));
  return parts.join(' · ');
}

/** Why a machine refused or reverted its configuration; "" if it did neither. */
export function errorWords({ state, error }: Pick<ConfiguredMachine, 'state' | 'error'>): string {
  if (!error || (state !== 'refused' && state !== 'reverted')) return '';
  return [error.key, error.reason].filter(Boolean).join(' ');
}

/** Why a machine is not as wanted. */
export function whyNot(machine: ConfiguredMachine): string {
  const error = errorWords(machine);
  if (error) return error;
  if (machine.state === 'needs_restart') return 'what changes only by a restart of the agent waits for one';
  if (machine.state === 'pending')
    return machine.asked_at ? 'has not said yet that it is in force' : 'has never asked for a configuration';
  return machine.left_out.length ? `left out: ${machine.left_out.join(', ')}` : '';
}
