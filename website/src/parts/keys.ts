/** Keys that work on a whole page, while nobody types. */

import { useEffect, useRef } from 'preact/hooks';

type Keys = Readonly<Record<string, () => unknown>>;

const isIn = (target: EventTarget | null, selector: string): boolean => !!(target as HTMLElement | null)?.closest?.(selector);

export const isTyping = (target: EventTarget | null): boolean =>
  isIn(target, 'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]');

/** `keys`: by KeyboardEvent.key. They hold as long as the component is there, and not together with Ctrl, Alt or Meta. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || isIn(event.target, 'dialog, [role=menu]')) return;
      const act = latest.current[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
