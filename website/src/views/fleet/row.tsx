/** A machine's row. It follows its own signal alone, and is drawn anew only when that changes. */

import { type ReadonlySignal, signal, useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { segment } from '../../api';
import { ago, clock, dur } from '../../format';
import { Icon, type IconName } from '../../icons';
import type { FleetRow } from '../../parts/machine_row';
import { StateSign } from '../../parts/state_sign';
import { minute, second } from './clock';
import type { Member } from './fleet_data';
import { HoursBar } from './hours';
import { compareVersions, nameOf } from './order';

/** The ids of the machines that are ticked. */
export const selection = signal<ReadonlySet<string>>(new Set());

/** What is the same for all rows. */
export interface RowContext {
  zone: string;
  /** Of that zone, now. */
  offsetMin: number;
  /** What follows a machine's path: the day, where it is not today. */
  dayQuery: string;
  newestVersion: ReadonlySignal<string>;
  maySelect: boolean;
}

interface RowProps {
  member: Member;
  /** Its place in the list, from 1. */
  place: number;
  context: RowContext;
}

export function Row({ member, place, context }: RowProps) {
  const row = member.row.value;
  const isSelected = selection.value.has(member.id);
  const name = nameOf(row);
  const bar = useMemo(
    () => <HoursBar hours={row.hours} activeSec={row.active_sec} scriptedSec={row.scripted_sec} />,
    [row.hours, row.active_sec, row.scripted_sec],
  );
  return (
    <tr role="row" aria-rowindex={place + 1} data-id={member.id} class={isSelected ? 'sel' : undefined}>
      <td role="cell" class="pick">
        {context.maySelect && <input type="checkbox" class="check" aria-label={`Select ${name}`} checked={isSelected} />}
      </td>
      <td role="cell" class="st" title={row.since ? `since ${clock(row.since, context.zone)}` : undefined}>
        <StateSign state={row.state} />
      </td>
      <td role="cell" class="nm">
        <Name row={row} name={name} query={context.dayQuery} />
      </td>
      <td role="cell" class="user">
        <Person row={row} offsetMin={context.offsetMin} />
      </td>
      <td role="cell" class="bar">
        {bar}
      </td>
      <td role="cell" class="num ac" title={usualText(row)}>
        {row.active_sec < 30 ? <span class="soft">none</span> : dur(row.active_sec / 60, true)}
      </td>
      <td role="cell" class="num last">
        <LastHeard member={member} />
      </td>
      <td role="cell" class="ver">
        <Version version={row.agent_version} newest={context.newestVersion} />
      </td>
      <td role="cell" class="cf">
        <Configuration row={row} />
      </td>
    </tr>
  );
}

const usualText = (row: FleetRow): string | undefined =>
  row.usual_active_sec === null ? undefined : `usually ${dur(row.usual_active_sec / 60)}`;

function Name({ row, name, query }: { row: FleetRow; name: string; query: string }) {
  return (
    <span class="name">
      <a href={`/machines/${segment(row.machine_id)}${query}`} title={name}>
        <bdi>{name}</bdi>
      </a>
      {row.demo && <span class="chip">demo</span>}
      {name !== row.machine_id && <bdi class="soft">{row.machine_id}</bdi>}
    </span>
  );
}

/** The clock stands with those whose clock is another than the viewer's. */
function Person({ row, offsetMin }: { row: FleetRow; offsetMin: number }) {
  const there = row.utc_offset_min;
  return (
    <span class="row">
      <bdi class="grow">{row.person}</bdi>
      {there !== null && there !== offsetMin && (
        <span class="soft small" title={`The clock there, ${row.timezone}`}>
          {clock(new Date(minute.value + there * 60_000), 'UTC')}
        </span>
      )}
    </span>
  );
}

/** Only the text changes as time goes by, by a signal of its own. */
function LastHeard({ member }: { member: Member }) {
  const text = useComputed(() => ago((second.value - Date.parse(member.row.value.last_seen)) / 1_000, true));
  return <>{text}</>;
}

function Version({ version, newest }: { version: string | null; newest: ReadonlySignal<string> }) {
  if (version === null) return <span class="soft">unknown</span>;
  if (compareVersions(version, newest.value) >= 0) return <>{version}</>;
  return (
    <span title={`${newest.value} runs elsewhere`}>
      {version} ↑<span class="sr"> older than {newest.value}</span>
    </span>
  );
}

interface Standing {
  icon: IconName;
  text: string;
  kind: '' | 'now' | 'bad';
  /** It goes without saying, where there is little room. */
  isUsual?: true;
}

export function standingOf({ configuration }: FleetRow): Standing {
  const { state, version, applied_version, left_out } = configuration;
  switch (state) {
    case 'pending':
      return { icon: 'wait', text: `Pending v${version}`, kind: 'now' };
    case 'refused':
      return { icon: 'x', text: `Refused v${version}`, kind: 'bad' };
    case 'reverted':
      return { icon: 'undo', text: `Took back v${version}`, kind: 'bad' };
    case 'needs_restart':
      return { icon: 'turn', text: 'Needs restart', kind: 'now' };
  }
  if (left_out > 0) return { icon: 'lock', text: `${left_out} left out`, kind: 'now' };
  if (applied_version === 0) return { icon: 'minus', text: 'Its own', kind: '', isUsual: true };
  return { icon: 'check', text: `v${applied_version}`, kind: '', isUsual: true };
}

function Configuration({ row }: { row: FleetRow }) {
  const { icon, text, kind, isUsual } = standingOf(row);
  const key = row.configuration.error_key;
  return (
    <span class={`cfg ${kind} ${isUsual ? 'usual' : ''}`} title={key ? `${text}: ${key}` : text}>
      <Icon name={icon} />
      <span class="cfg-text">{text}</span>
      {icon === 'check' && <span class="sr"> applied</span>}
    </span>
  );
}
