/** What every page has: the head with its sections and the line of context, and the page's own part below. */

import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { rememberPage } from '../search/recent';
import { me } from '../session';
import { Head } from './head';

export interface PageProps {
  /** Names the page in the browser's title. */
  title: string;
  /** The line that stays while the page scrolls: scope, range, zone, the dot of the live connection, actions. */
  context?: ComponentChildren;
  /** A page to read, not to work on: narrower. */
  read?: boolean;
  children?: ComponentChildren;
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · activitytrack` : 'activitytrack';
    if (title && me.peek()) rememberPage(title);
  }, [title]);
}

export function Page({ title, context, read, children }: PageProps) {
  useTitle(title);
  return (
    <>
      <a class="sr skip" href="#main">
        To the page
      </a>
      <header class="head">
        <Head />
        {context && <div class="ctx">{context}</div>}
      </header>
      <main id="main" class={read ? 'read' : undefined}>
        {children}
      </main>
    </>
  );
}
