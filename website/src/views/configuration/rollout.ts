/** What goes out in waves, and how far it is: GET /api/configuration/rollout. */

import { useEffect } from 'preact/hooks';
import { ask } from '../../api';
import { liveState } from '../../live';
import { type Resource, useResource } from '../../parts/resource';
import { rolloutNews } from './news';

export interface Wave {
  machines: number;
  applied: number;
  pending: number;
  offline: number;
  refused: number;
  reverted: number;
  silent: number;
}

export interface Failure {
  machine_id: string;
  state: 'refused' | 'reverted' | 'silent';
  key: string | null;
  reason: string | null;
  at: string;
}

export interface Rollout {
  version: number;
  state: 'running' | 'held' | 'done' | 'abandoned';
  by: string;
  started_at: string;
  /** The wave under way, from 1. */
  wave: number;
  wave_ends_at: string | null;
  wave_sec: number;
  /** Why it is held, or waits. */
  reason: string | null;
  waves: readonly Wave[];
  failures: readonly Failure[];
}

export interface LatestRollout {
  rollout: Rollout | null;
}

export const isUnderWay = (rollout: Rollout | null | undefined): rollout is Rollout =>
  rollout?.state === 'running' || rollout?.state === 'held';

/** Without a live connection it is asked for this often. */
const pollMs = 2_000;
/** And with one, since counts move by what machines say, of which the server tells one by one. */
const slowPollMs = 10_000;

/** The latest rollout; `mayAsk`: only admins may. */
export function useRollout(mayAsk: boolean): Resource<LatestRollout> {
  const rollout = useResource(mayAsk ? `rollout ${rolloutNews.value}` : null, (signal) =>
    ask<LatestRollout>('/api/configuration/rollout', { signal }),
  );
  const isMoving = rollout.data?.rollout?.state === 'running';
  const isLive = liveState.value.is === 'live';
  const { retry } = rollout;
  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(() => !document.hidden && retry(), isLive ? slowPollMs : pollMs);
    return () => clearInterval(timer);
  }, [isMoving, isLive]);
  return rollout;
}

export const waveWords = ['first', 'second', 'third'];
