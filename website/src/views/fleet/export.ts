/** The list as a file for a spreadsheet. */

import { saveFile } from '../../parts/save_file';
import type { Member } from './fleet_data';
import { nameOf } from './order';
import { standingOf } from './row';

/** What begins like this, a spreadsheet would run as a formula. */
const formula = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

function cell(value: string | number | null): string {
  if (typeof value === 'number') return String(value);
  const text = value ?? '';
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const head = [
  'machine_id',
  'name',
  'person',
  'groups',
  'state',
  'since',
  'active_sec',
  'idle_sec',
  'scripted_sec',
  'last_seen',
  'timezone',
  'agent_version',
  'configuration',
];

function csvOf(members: readonly Member[]): string {
  const lines = members.map((member) => {
    const row = member.row.peek();
    return [
      row.machine_id,
      nameOf(row),
      row.person,
      row.groups.join(' '),
      row.state,
      row.since,
      row.active_sec,
      row.idle_sec,
      row.scripted_sec,
      row.last_seen,
      row.timezone,
      row.agent_version,
      standingOf(row).text,
    ].map(cell);
  });
  return [head, ...lines].map((line) => line.join(',') + '\r\n').join('');
}

/** Saves these machines, in this order, with their day. */
export function exportRows(members: readonly Member[]): void {
  const content = new Blob(['\ufeff', csvOf(members)], { type: 'text/csv;charset=utf-8' });
  saveFile(`fleet-${new Date().toISOString().slice(0, 10)}.csv`, content);
}
