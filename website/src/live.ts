/** The live connection: GET /api/live, as long as a page that shows something live is in sight. */

import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

/** What a machine does now, as `event: machine` says it. */
export interface LiveMachine {
  machine_id: string;
  state: string;
  since: string | null;
  latest_event: string;
  last_seen: string;
  agent_version: string | null;
  timezone: string;
  utc_offset_min: number | null;
}

/** What became of a machine's configuration. */
export interface LiveConfiguration {
  machine_id: string;
  state: string;
  version: number;
  applied_version: number;
  error_key: string | null;
}

export interface LiveListener {
  machine?: (machine: LiveMachine) => void;
  configuration?: (configuration: LiveConfiguration) => void;
  rollout?: () => void;
  attention?: () => void;
  /** Something may have been missed: ask for all anew. */
  reset?: () => void;
}

export interface LiveState {
  is: 'none' | 'connecting' | 'live' | 'lost';
  /** When it was lost, in ms since 1970. */
  since: number;
  /** When the next try is, in ms since 1970. */
  nextTry: number;
}

/** What the head of the page shows. */
export const liveState = signal<LiveState>({ is: 'none', since: 0, nextTry: 0 });

const firstWaitMs = 2_000;
const longestWaitMs = 60_000;

/**
 * Hears of machines: one id, several with commas, or `*` for all that the person may see; until the component goes.
 * A browser opens six connections to a server at most, for all its tabs: a page that is out of sight gives its own back.
 */
export function useLive(machines: string | null, listener: LiveListener): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => (machines === null ? undefined : follow(machines, latest)), [machines]);
}

/** Tries at once when a connection is lost. */
export function tryNow(): void {
  retry?.();
}
let retry: (() => void) | undefined;

function follow(machines: string, listener: { current: LiveListener }): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  let hasMissed = false;

  const open = () => {
    clearTimeout(timer);
    source?.close();
    if (liveState.peek().is !== 'lost') liveState.value = { is: 'connecting', since: Date.now(), nextTry: 0 };
    source = new EventSource(`/api/live?machines=${encodeURIComponent(machines)}`);
    source.onopen = () => {
      tries = 0;
      liveState.value = { is: 'live', since: Date.now(), nextTry: 0 };
      if (hasMissed) listener.current.reset?.();
      hasMissed = false;
    };
    source.onerror = () => {
      // The browser goes on by itself where a connection broke, and says which event it has heard last.
      if (source?.readyState === EventSource.CONNECTING) return lost(firstWaitMs);
      source?.close();
      hasMissed = true;
      again();
    };
    hear(source, listener);
  };
  const again = () => {
    // With jitter, so that a server that comes back is not asked by everybody in the same second.
    const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** tries++) * (0.5 + Math.random());
    lost(wait);
    timer = setTimeout(open, wait);
  };
  const lost = (wait: number) => {
    const before = liveState.peek();
    const since = before.is === 'lost' ? before.since : Date.now();
    liveState.value = { is: 'lost', since, nextTry: Date.now() + wait };
  };
  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const onVisibility = () => {
    if (document.hidden) {
      close();
      hasMissed = true;
    } else if (!source) open();
  };

  retry = open;
  document.addEventListener('visibilitychange', onVisibility);
  if (!document.hidden) open();
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    retry = undefined;
    close();
    liveState.value = { is: 'none', since: 0, nextTry: 0 };
  };
}

function hear(source: EventSource, listener: { current: LiveListener }): void {
  const on = (name: string, act: (data: string) => void) =>
    source.addEventListener(name, (event) => act((event as MessageEvent<string>).data));
  on('machine', (data) => listener.current.machine?.(JSON.parse(data) as LiveMachine));
  on('configuration', (data) => listener.current.configuration?.(JSON.parse(data) as LiveConfiguration));
  on('rollout', () => listener.current.rollout?.());
  on('attention', () => listener.current.attention?.());
  on('reset', () => listener.current.reset?.());
}
