/** Keys that work on a whole page, while nobody types. */

import { useEffect, useRef } from 'preact/hooks';

type Keys = Readonly<Record<string, () => unknown>>;

function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  return !!element?.closest?.(
    'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog, [role=menu]',
  );
}

/** `keys`: by KeyboardEvent.key. They hold as long as the component is there, and not together with Ctrl, Alt or Meta. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const act = latest.current[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
