/** The list as it is shown. What the person asks for is there at once; what machines do changes the order later. */

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Attention, Fleet } from './fleet_data';
import { type Arranged, arrange, Names } from './order';
import type { Query } from './query';

/** A new order, because of what machines did, comes at most so often. */
const turnMs = 2_000;

/**
 * `isHeld` says whether somebody has the focus or the pointer in the rows: then they stay where they are, and only the
 * counts go on.
 */
export function useOrder(fleet: Fleet, query: Query, attention: readonly Attention[], isHeld: () => boolean): Arranged {
  const names = useMemo(() => new Names(), []);
  const [turn, setTurn] = useState(0);
  const seen = useRef(0);
  const shown = useRef<{ key: string; arranged: Arranged } | undefined>(undefined);

  const key = JSON.stringify([query, fleet.loads.value]);
  const arranged = useMemo(() => {
    seen.current = fleet.changes;
    const next = arrange(fleet.members.values(), query, attention, names.placesOf(fleet.members.values()));
    const before = shown.current;
    if (before?.key === key && isHeld()) return { ...next, order: before.arranged.order };
    return next;
  }, [key, attention, turn]);
  shown.current = { key, arranged };

  useEffect(() => {
    const timer = setInterval(() => {
      if (fleet.changes !== seen.current) setTurn((n) => n + 1);
    }, turnMs);
    return () => clearInterval(timer);
  }, []);
  return arranged;
}
