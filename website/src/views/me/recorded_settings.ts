/** The settings in force on a machine, as far as the server knows them: what it sent, else what the agent told of its own,
    else the built-in values. */

import { ask, segment } from '../../api';
import { type Resource, useResource } from '../../parts/resource';

type Value = boolean | number | string | string[];

interface Answer {
  effective: Record<string, Value>;
  own?: Record<string, Value>;
  may_loosen?: boolean;
  left_out: string[];
  error: { key: string; reason: string } | null;
  asked_at: string | null;
}

interface SettingsAnswer {
  settings: { key: string; default: Value }[];
}

export interface MachineConfiguration {
  value: (key: string) => Value | undefined;
  mayLoosen: boolean;
  leftOut: string[];
  error: { key: string; reason: string } | null;
}

export function useMachineConfiguration(machine: string): Resource<MachineConfiguration> {
  const path = `/api/machines/${segment(machine)}/configuration`;
  return useResource(path, async (signal) => {
    const [answer, table] = await Promise.all([ask<Answer>(path, { signal }), ask<SettingsAnswer>('/api/settings', { signal })]);
    const builtIn = new Map(table.settings.map((setting) => [setting.key, setting.default]));
    return {
      value: (key) => answer.effective[key] ?? answer.own?.[key] ?? builtIn.get(key),
      mayLoosen: answer.may_loosen ?? false,
      leftOut: answer.left_out,
      error: answer.error,
    };
  });
}
