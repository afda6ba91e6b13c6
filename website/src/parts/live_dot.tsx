import { useEffect, useState } from 'preact/hooks';
import { liveState, tryNow } from '../live';

/** The dot of the live connection, in the line that stays in sight. */
export function LiveDot() {
  const state = liveState.value;
  const [, tick] = useState(0);
  useEffect(() => {
    if (state.is !== 'lost') return;
    const timer = setInterval(() => tick((n) => n + 1), 1_000);
    return () => clearInterval(timer);
  }, [state.is]);
  if (state.is === 'none') return null;
  if (state.is !== 'lost') return <span class="live">{state.is === 'live' ? 'Live' : 'Connecting'}</span>;
  const seconds = Math.max(0, Math.ceil((state.nextTry - Date.now()) / 1_000));
  return (
    <button type="button" class="live off btn quiet less" onClick={tryNow} title="Try now">
      No connection, next try in {seconds} s
    </button>
  );
}
