/** What stands in the URL: filter, sort, range, zone. A signal for each parameter; who writes it changes the URL. */

import { computed, type ReadonlySignal } from '@preact/signals';
import { navigate, url } from './router';

export interface UrlSignal<T> extends ReadonlySignal<T> {
  /** Goes to the same page with this value; the default leaves the parameter out. `replace`: no step for Back, as while
      something is typed or dragged. */
  set(value: T, how?: { replace?: boolean }): void;
}

/** Several parameters at once, in one step of Back; null leaves one out. */
export function setQuery(values: Readonly<Record<string, string | null>>, how: { replace?: boolean } = {}): void {
  const to = new URL(url.peek());
  for (const [name, value] of Object.entries(values)) {
    if (value === null) to.searchParams.delete(name);
    else to.searchParams.set(name, value);
  }
  navigate(to.pathname + to.search, { ...how, stay: true });
}

/** A parameter that is read and written as `parse` and `format` say. `parse` gets null where there is none. */
export function urlSignal<T>(name: string, parse: (text: string | null) => T, format: (value: T) => string | null): UrlSignal<T> {
  const signal = computed(() => parse(url.value.searchParams.get(name))) as unknown as UrlSignal<T>;
  signal.set = (value, how) => setQuery({ [name]: format(value) }, how);
  return signal;
}

/** A parameter that is text; the default stands in no URL. */
export const urlText = (name: string, otherwise = ''): UrlSignal<string> =>
  urlSignal(
    name,
    (text) => text ?? otherwise,
    (value) => (value === otherwise ? null : value),
  );

/** A parameter that is there or not: `?name=1`. */
export const urlFlag = (name: string): UrlSignal<boolean> =>
  urlSignal(
    name,
    (text) => text === '1',
    (value) => (value ? '1' : null),
  );

/** A parameter that is one of several words; another word counts as the default. */
export const urlChoice = <T extends string>(name: string, choices: readonly T[], otherwise: T): UrlSignal<T> =>
  urlSignal(
    name,
    (text) => choices.find((choice) => choice === text) ?? otherwise,
    (value) => (value === otherwise ? null : value),
  );
