/** Columns and density as this person likes them: kept in the browser, as no link should bring another's. */

import { signal } from '@preact/signals';

export const columns = ['user', 'active', 'heard', 'version', 'configuration'] as const;
export type Column = (typeof columns)[number];

interface Preferences {
  hidden: readonly Column[];
  compact: boolean;
}

const place = 'fleet';

function read(): Preferences {
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? '{}') as Partial<Preferences>;
    const hidden = Array.isArray(kept.hidden) ? kept.hidden : [];
    return { hidden: columns.filter((column) => hidden.includes(column)), compact: kept.compact === true };
  } catch {
    return { hidden: [], compact: false };
  }
}

export const preferences = signal(read());

export function prefer(change: Partial<Preferences>): void {
  preferences.value = { ...preferences.peek(), ...change };
  try {
    localStorage.setItem(place, JSON.stringify(preferences.peek()));
  } catch {
    // It holds until the page is left.
  }
}

export function toggleColumn(column: Column): void {
  const { hidden } = preferences.peek();
  prefer({ hidden: hidden.includes(column) ? hidden.filter((each) => each !== column) : [...hidden, column] });
}
