/** Which page is shown: the browser's address as a signal, and the way to another. */

import { signal } from '@preact/signals';

/** The address that is shown. Only navigate() and the browser change it. */
export const url = signal(new URL(location.href));

export interface NavigateOptions {
  /** In place of the page that is left, so that Back does not come to it. */
  replace?: boolean;
  /** The page stays where it is scrolled to. */
  stay?: boolean;
}

/** Goes to a page of the website: a path with its query. */
export function navigate(to: string, { replace = false, stay = false }: NavigateOptions = {}): void {
  const next = new URL(to, location.href);
  if (next.href === location.href) replace = true;
  history[replace ? 'replaceState' : 'pushState'](null, '', next);
  url.value = next;
  if (!stay) scrollTo(0, 0);
}

/** Whether the browser should follow a link by itself: to another tab, a download, another host, the API. */
function isForBrowser(event: MouseEvent, link: HTMLAnchorElement): boolean {
  return (
    event.defaultPrevented ||
    event.button !== 0 ||
    event.metaKey ||
    event.ctrlKey ||
    event.shiftKey ||
    event.altKey ||
    link.origin !== location.origin ||
    link.hasAttribute('download') ||
    (link.target !== '' && link.target !== '_self') ||
    /^\/(api|assets|add|download|metrics|openapi\.json)(\/|$)/.test(link.pathname) ||
    (link.hash !== '' && link.pathname === location.pathname && link.search === location.search)
  );
}

/** Takes links to pages: plain <a href="/..."> need nothing else. */
export function takeLinks(): void {
  document.addEventListener('click', (event) => {
    const link = (event.target as Element | null)?.closest?.('a');
    if (!link?.href || isForBrowser(event, link)) return;
    event.preventDefault();
    navigate(link.href);
  });
  addEventListener('popstate', () => (url.value = new URL(location.href)));
}

/** Only a path of this website: a link to /login must not lead elsewhere. */
export function safeNext(next: string | null): string {
  if (!next?.startsWith('/')) return '/';
  const to = new URL(next, location.origin);
  return to.origin === location.origin && !to.pathname.startsWith('/login') ? to.pathname + to.search : '/';
}

/** The page to go on to, for when another service has signed the person in and brings them to the start. */
export const rememberNext = (): void => sessionStorage.setItem('next', safeNext(url.peek().searchParams.get('next')));

/** Goes there. */
export function afterService(): void {
  const next = sessionStorage.getItem('next');
  if (next === null || url.peek().pathname !== '/') return;
  sessionStorage.removeItem('next');
  navigate(safeNext(next), { replace: true });
}

export type Parameters = Readonly<Record<string, string>>;

/** What stands for the `{...}` of a pattern ("/machines/{id}"), decoded; null if the path is another. */
export function matchPath(pattern: string, path: string): Parameters | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const text = given[i]!;
    if (!part.startsWith('{')) {
      if (part !== text) return null;
      continue;
    }
    if (text === '') return null;
    try {
      found[part.slice(1, -1)] = decodeURIComponent(text);
    } catch {
      return null;
    }
  }
  return found;
}
