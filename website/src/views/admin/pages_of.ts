/** Lists that the API gives in pages, read to their end. */

import { ask } from '../../api';

/** More than this nobody reads on a page; the API and the command line have the rest. */
const most = 10_000;

/** All rows of `path` (with its query, if any), of which `name` is the list in each page. */
export async function readAll<T>(path: string, name: string, signal: AbortSignal): Promise<T[]> {
  const rows: T[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
    const page: Record<string, unknown> = await ask(path + query, { signal });
    rows.push(...(page[name] as T[]));
    cursor = page['next_cursor'] as string | null;
  } while (cursor !== null && rows.length < most);
  return rows;
}
