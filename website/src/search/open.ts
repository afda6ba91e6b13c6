/** Opens the search, or the help on keys, from wherever the person is. What they show is loaded when first opened. */

import { signal } from '@preact/signals';
import { isTyping } from '../parts/keys';
import { me } from '../session';

export type Overlay = 'search' | 'keys';

export const overlay = signal<Overlay | null>(null);

export const openSearch = (): void => {
  if (me.peek()) overlay.value = 'search';
};

/** ⌘K or Ctrl+K anywhere; / and ? while nobody types. */
export function takeSearchKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.altKey || !me.peek()) return;
    const isCommand = (event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k';
    const isPlain = !event.metaKey && !event.ctrlKey && !isTyping(event.target) && !document.querySelector('dialog[open]');
    if (isCommand || (isPlain && event.key === '/')) overlay.value = 'search';
    else if (isPlain && event.key === '?') overlay.value = 'keys';
    else return;
    event.preventDefault();
  });
}
