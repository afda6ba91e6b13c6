/** What the pages of the configuration ask of the server. It stays from one scope's page to the next. */

import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ask, segment } from '../../api';
import { type LiveConfiguration, liveState, useLive } from '../../live';
import { type Resource, useResource } from '../../parts/resource';
import type { Configuration, ConfiguredMachine, MachineConfiguration, MachineState, Scope, World } from './model';
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
    const own = path ? ask<MachineConfiguration>(path, { signal }) : null;
    const all = await shared(signal);
    latest.value = all;
    return { ...all, own: await own, machine };
  });
  const remembered = machine === null && latest.peek() ? { ...latest.peek()!, own: null, machine } : undefined;
  const data = world.data?.machine === machine ? world.data : remembered;
  useNews(world);
  // What is asked again while somebody works on the form does not dim it.
  return { ...world, data, waiting: world.waiting && data === undefined };
}

/** How long after a change of what machines say all is asked anew: many say it at the same time. */
const gatherMs = 2_000;

/** And how often without a live connection. */
const pollMs = 10_000;

function useNews(world: Resource<World>): void {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const isLive = liveState.value.is === 'live';
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (isLive) return;
    const poll = setInterval(() => !document.hidden && world.retry(), pollMs);
    return () => clearInterval(poll);
  }, [isLive]);
  const later = () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      world.retry();
    }, gatherMs);
  };
  useLive('*', {
    configuration: (news) => {
      world.patch((now) => ({
        ...now,
        machines: now.machines.map((row) => (row.machine_id === news.machine_id ? heard(row, news) : row)),
      }));
      later();
    },
    rollout: () => rolloutNews.value++,
    reset: () => {
      rolloutNews.value++;
      world.retry();
    },
  });
}

/** Counts what is heard of rollouts: who shows one asks again. */
export const rolloutNews = signal(0);

function heard(row: ConfiguredMachine, news: LiveConfiguration): ConfiguredMachine {
  const error = news.error_key === null ? null : { key: news.error_key, reason: row.error?.reason ?? '' };
  return { ...row, state: news.state as MachineState, version: news.version, applied_version: news.applied_version, error };
}
