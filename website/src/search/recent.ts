/** The pages that this person was on last, kept in this browser until they sign out. */

import { url } from '../router';

export interface RecentPage {
  title: string;
  href: string;
}

const place = 'recent';
const most = 8;

export function recentPages(): RecentPage[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? '[]');
    return Array.isArray(kept) ? (kept as RecentPage[]).filter((page) => page?.title && page.href?.startsWith('/')) : [];
  } catch {
    return [];
  }
}

/** That the page of the address has this title. A page with other filters is the same page. */
export function rememberPage(title: string): void {
  const { pathname, search } = url.peek();
  const others = recentPages().filter((page) => page.href.split('?')[0] !== pathname);
  keep([{ title, href: pathname + search }, ...others].slice(0, most));
}

export function forgetPages(): void {
  keep([]);
}

function keep(pages: RecentPage[]): void {
  try {
    if (pages.length > 0) localStorage.setItem(place, JSON.stringify(pages));
    else localStorage.removeItem(place);
  } catch {
    // Storage is closed to this page: nothing is remembered.
  }
}
