/** What is heard while a page of the configuration is open. */

import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type LiveConfiguration, liveState, useLive } from '../../live';
import type { Resource } from '../../parts/resource';
import type { ConfiguredMachine, MachineState, World } from './model';

/** Counts what is heard of rollouts: who shows one asks again. */
export const rolloutNews = signal(0);

/** A version that goes to all has thousands of machines speak at once: the page is drawn once for all that came in this time. */
const drawMs = 250;

/** What the news does not tell, such as reasons, is asked for after this; of the machine whose page it is, and of a new version, at once. */
const askMs = 10_000;
const askSoonMs = 500;

/** Without a live connection all is asked for this often. */
const pollMs = 10_000;

export function useNews(world: Resource<World>, machine: string | null): void {
  const isLive = liveState.value.is === 'live';
  const gathered = useRef(new Map<string, LiveConfiguration>());
  const draw = useTimer(() => {
    const news = new Map(gathered.current);
    gathered.current.clear();
    world.patch((now) => ({ ...now, machines: now.machines.map((row) => heard(row, news.get(row.machine_id))) }));
  });
  const askLater = useTimer(world.retry);
  const askSoon = useTimer(world.retry);
  useEffect(() => {
    if (isLive) return;
    const poll = setInterval(() => !document.hidden && world.retry(), pollMs);
    return () => clearInterval(poll);
  }, [isLive]);
  useLive('*', {
    configuration: (news) => {
      gathered.current.set(news.machine_id, news);
      draw(drawMs);
      const isNewVersion = news.version > (world.data?.configuration.version ?? 0);
      if (news.machine_id === machine || isNewVersion) askSoon(askSoonMs);
      else askLater(askMs);
    },
    rollout: () => rolloutNews.value++,
    reset: () => {
      rolloutNews.value++;
      world.retry();
    },
  });
}

/** Does something once, some time after it was first asked for; not any more when the component has gone. */
function useTimer(act: () => void): (ms: number) => void {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => () => clearTimeout(timer.current), []);
  return (ms) => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      latest.current();
    }, ms);
  };
}

function heard(row: ConfiguredMachine, news: LiveConfiguration | undefined): ConfiguredMachine {
  if (!news) return row;
  const error = news.error_key === null ? null : { key: news.error_key, reason: row.error?.reason ?? '' };
  return { ...row, state: news.state as MachineState, version: news.version, applied_version: news.applied_version, error };
}
