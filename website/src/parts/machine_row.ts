/** A machine as GET /api/fleet shows it. */

import { ask, segment } from '../api';
import { viewerZone } from '../format';
import { type Resource, useResource } from './resource';

export interface FleetRow {
  machine_id: string;
  user_label: string | null;
  person: string | null;
  groups: string[];
  state: string;
  since: string | null;
  timezone: string;
  utc_offset_min: number | null;
  agent_version: string | null;
  last_seen: string;
  latest_event: string;
  /** Minutes of each hour of the day. */
  hours: { active: number[]; idle: number[]; scripted: number[] };
  active_sec: number;
  idle_sec: number;
  scripted_sec: number;
  /** The median of the same weekday over four weeks; null if it is not known. */
  usual_active_sec: number | null;
  configuration: { state: string; version: number; applied_version: number; error_key: string | null; left_out: number };
  demo?: boolean;
}

/** A machine's row: its state now, and its hours of a day by the viewer's clock. */
export function useMachineRow(machine: string, date: string): Resource<FleetRow> {
  const path = `/api/fleet/${segment(machine)}?date=${date}&tz=${encodeURIComponent(viewerZone)}`;
  return useResource(path, (signal) => ask<FleetRow>(path, { signal }));
}
