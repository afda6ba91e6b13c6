/** What of the fleet is asked for: all of it stands in the URL. */

import { isoDay, viewerZone } from '../../format';
import { url } from '../../router';
import { setQuery, urlText } from '../../url_state';

export const sortKeys = ['state', 'machine', 'user', 'active', 'heard', 'version', 'configuration'] as const;
export type SortKey = (typeof sortKeys)[number];

export interface Query {
  /** Words, all of which a machine has in its name, person or groups. */
  text: string;
  /** "" for any. */
  state: string;
  group: string;
  /** Of those that need attention; "" for any machine. */
  cause: string;
  sort: SortKey;
  descending: boolean;
}

export const textInUrl = urlText('q');
const stateInUrl = urlText('state');
const groupInUrl = urlText('group');
const causeInUrl = urlText('cause');
const sortInUrl = urlText('sort', 'state');

export function queryInUrl(): Query {
  const sort = sortInUrl.value;
  const key = sort.replace(/^-/, '') as SortKey;
  return {
    text: textInUrl.value,
    state: stateInUrl.value,
    group: groupInUrl.value,
    cause: causeInUrl.value,
    sort: sortKeys.includes(key) ? key : 'state',
    descending: sort.startsWith('-'),
  };
}

export const chooseState = (state: string) => setQuery({ state: state || null, cause: null });
export const chooseGroup = (group: string) => setQuery({ group: group || null });
export const chooseCause = (cause: string) => setQuery({ cause: cause || null, state: null, q: null, group: null });
export const clearFilter = () => setQuery({ q: null, state: null, group: null, cause: null });

/** A second click on a column turns its order round. Numbers and times begin with the greatest. */
export function sortBy(key: SortKey, now: Query): void {
  const isFirstDescending = key === 'active';
  const descending = now.sort === key ? !now.descending : isFirstDescending;
  const text = (descending ? '-' : '') + key;
  setQuery({ sort: text === 'state' ? null : text });
}

/** The one zone of all rows: the viewer's, or that of the URL. */
export const zoneInUrl = (): string => url.value.searchParams.get('tz') ?? viewerZone;

/** The day that stands in the URL, "2026-11-12"; else today, on that zone's clock. */
export function dateInUrl(zone: string): string {
  const date = url.value.searchParams.get('date') ?? '';
  return /^\d{4}-\d{2}-\d{2}$/.test(date) ? date : isoDay(new Date(), zone);
}
