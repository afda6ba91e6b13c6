/** The time now, by the server's clock, as signals: only what is shown of it is drawn anew. */

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** By how many ms the server's clock is ahead of the browser's. */
let ahead = 0;

/** In ms since 1970; ticks each second while a page holds useTicking(). */
export const second = signal(Date.now());
/** The same, each whole minute. */
export const minute = signal(wholeMinute(Date.now()));

function wholeMinute(time: number): number {
  return time - (time % 60_000);
}

function tick(): void {
  second.value = Date.now() + ahead;
  minute.value = wholeMinute(second.peek());
}

/** What the server's clock shows now. */
export function setServerTime(now: string): void {
  ahead = Date.parse(now) - Date.now();
  tick();
}

export function useTicking(): void {
  useEffect(() => {
    const timer = setInterval(tick, 1_000);
    return () => clearInterval(timer);
  }, []);
}
