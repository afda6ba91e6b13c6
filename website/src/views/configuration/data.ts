/** What the pages of the configuration ask of the server. It stays from one scope's page to the next. */

import { signal } from '@preact/signals';
import { ask, segment } from '../../api';
import { type Resource, useResource } from '../../parts/resource';
import type { Configuration, ConfiguredMachine, MachineConfiguration, Scope, World } from './model';
import { useNews } from './news';
import type { Setting } from './settings';

type Shared = Omit<World, 'own' | 'machine'>;

let table: readonly Setting[] | undefined;

async function settings(): Promise<readonly Setting[]> {
  return (table ??= (await ask<{ settings: Setting[] }>('/api/settings')).settings);
}

interface MachinePage {
  machines: ConfiguredMachine[];
  next_cursor: string | null;
}

async function allMachines(signal: AbortSignal): Promise<ConfiguredMachine[]> {
  const all: ConfiguredMachine[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const page: MachinePage = await ask<MachinePage>(`/api/configuration/machines${query}`, { signal });
    all.push(...page.machines);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return all;
}

async function shared(signal: AbortSignal): Promise<Shared> {
  const [of, configuration, machines] = await Promise.all([
    settings(),
    ask<Configuration>('/api/configuration', { signal }),
    allMachines(signal),
  ]);
  return { settings: of, configuration, machines };
}

/** What was last heard: another scope's page shows it at once, and asks anew. */
const latest = signal<Shared | undefined>(undefined);

/** The world of a scope's page. */
export function useWorld(scope: Scope): Resource<World> {
  const machine = scope.kind === 'machine' ? scope.name : null;
  const world = useResource<World>(`world ${machine ?? ''}`, async (signal) => {
    const path = machine === null ? null : `/api/machines/${segment(machine)}/configuration`;
    const [all, own] = await Promise.all([shared(signal), path ? ask<MachineConfiguration>(path, { signal }) : null]);
    latest.value = all;
    return { ...all, own, machine };
  });
  const remembered = machine === null && latest.peek() ? { ...latest.peek()!, own: null, machine } : undefined;
  const data = world.data?.machine === machine ? world.data : remembered;
  useNews(world, machine);
  // What is asked again while somebody works on the form does not dim it.
  return { ...world, data, waiting: world.waiting && data === undefined };
}
