import { useEffect, useRef, useState } from 'preact/hooks';

/** Which rows of a long table are in sight, on a page that scrolls as a whole, or in a box of its own. */
export interface RowWindow {
  first: number;
  /** Behind the last one. */
  end: number;
  /** Heights in px of what stands for the rows before and after. */
  before: number;
  after: number;
}

/** Rows drawn beyond the edges, so that scrolling shows no gap before the next frame. */
const spare = 12;

function visible(body: HTMLElement | null, count: number, height: number): RowWindow {
  const top = body ? body.getBoundingClientRect().top : 0;
  const first = Math.max(0, Math.min(count, Math.floor(-top / height) - spare));
  const end = Math.max(first, Math.min(count, Math.ceil((innerHeight - top) / height) + spare));
  return { first, end, before: first * height, after: (count - end) * height };
}

/**
 * Keeps only the rows near the visible part of the page in the document. `body` goes on the element that holds the
 * rows (a tbody); each row is `height` px high. Count and height may change.
 */
export function useRowWindow<E extends HTMLElement>(count: number, height: number) {
  const body = useRef<E>(null);
  const [, redraw] = useState(0);
  const shown = useRef<RowWindow>({ first: 0, end: 0, before: 0, after: 0 });
  shown.current = visible(body.current, count, height);

  useEffect(() => {
    let waiting = 0;
    const look = () => {
      waiting = 0;
      const next = visible(body.current, count, height);
      const isEnough = next.first + spare / 2 >= shown.current.first && next.end - spare / 2 <= shown.current.end;
      if (!isEnough || next.first - shown.current.first > spare) redraw((n) => n + 1);
    };
    const later = () => {
      waiting ||= requestAnimationFrame(look);
    };
    // Scrolling of a box does not bubble, but can be caught on its way down.
    addEventListener('scroll', later, { passive: true, capture: true });
    addEventListener('resize', later);
    redraw((n) => n + 1);
    return () => {
      removeEventListener('scroll', later, { capture: true });
      removeEventListener('resize', later);
      cancelAnimationFrame(waiting);
    };
  }, [count, height]);
  return { body, window: shown.current };
}

/** In place of the rows of a table that are not drawn. */
export function Space({ height }: { height: number }) {
  return (
    <tr class="space" aria-hidden="true">
      <td style={{ height: `${height}px` }} />
    </tr>
  );
}
