/** What a team did, day by day: a row a machine. */

import { ask } from '../../api';
import { collator } from '../../format';
import { type Resource, useResource } from '../../parts/resource';

export interface TeamRow {
  machine_id: string;
  user_label: string | null;
  person: string | null;
  groups: string[];
  timezone: string | null;
  /** Of each day. */
  active_sec: number[];
  scripted_sec: number[];
  observed_sec: number[];
  total_active_sec: number;
  total_scripted_sec: number;
  /** Of a day with any activity. */
  mean_active_sec: number;
}

/** GET /api/team */
export interface Team {
  from: string;
  to: string;
  dates: string[];
  machines: TeamRow[];
}

export const sortKeys = ['name', 'total', 'mean'] as const;
export type SortKey = (typeof sortKeys)[number];

export const teamPath = (from: string, to: string, zoneQuery: string): string => `/api/team?from=${from}&to=${to}${zoneQuery}`;

/** Of all groups: which of them are shown is chosen in the page, at once. */
export function useTeam(from: string, to: string, zoneQuery: string): Resource<Team> {
  const path = teamPath(from, to, zoneQuery);
  return useResource(path, (signal) => ask<Team>(path, { signal }));
}

export const nameOf = (row: TeamRow): string => row.user_label ?? row.machine_id;

const compares: Record<SortKey, (a: TeamRow, b: TeamRow) => number> = {
  name: () => 0,
  total: (a, b) => a.total_active_sec - b.total_active_sec,
  mean: (a, b) => a.mean_active_sec - b.mean_active_sec,
};

export function rowsOf(team: Team, group: string, sort: SortKey, descending: boolean): TeamRow[] {
  const way = descending ? -1 : 1;
  const rows = team.machines.filter((row) => group === '' || row.groups.includes(group));
  const byName = (a: TeamRow, b: TeamRow) => collator.compare(nameOf(a), nameOf(b));
  return rows.sort((a, b) => way * compares[sort](a, b) || (sort === 'name' ? way : 1) * byName(a, b));
}

export interface Sums {
  /** Active seconds of each day, of all rows. */
  days: number[];
  active: number;
  scripted: number;
  /** Of a machine, on a day on which it was active. */
  mean: number;
  /** How many machines were active at all. */
  machines: number;
  /** The greatest of a machine and day: the scale of all bars. */
  most: number;
}

export function sumsOf(rows: readonly TeamRow[], days: number): Sums {
  const sums: Sums = { days: Array.from({ length: days }, () => 0), active: 0, scripted: 0, mean: 0, machines: 0, most: 1 };
  let activeDays = 0;
  for (const row of rows) {
    row.active_sec.forEach((seconds, day) => {
      sums.days[day]! += seconds;
      if (seconds > 0) ++activeDays;
      sums.most = Math.max(sums.most, seconds + row.scripted_sec[day]!);
    });
    sums.active += row.total_active_sec;
    sums.scripted += row.total_scripted_sec;
    if (row.total_active_sec > 0) ++sums.machines;
  }
  sums.mean = activeDays > 0 ? sums.active / activeDays : 0;
  return sums;
}
