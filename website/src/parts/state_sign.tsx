/** What a machine is doing, as the server says it. */
export type MachineState =
  'active' | 'idle' | 'scripted' | 'watching' | 'paused' | 'asleep' | 'stopped' | 'blind' | 'capture_failing' | 'offline';

interface Sign {
  word: string;
  /** Of the shape beside the word. */
  shape: string;
  /** Lists show what needs a look first. */
  weight: number;
}

const signs: Record<MachineState, Sign> = {
  capture_failing: { word: 'Failing', shape: 'failing', weight: 0 },
  blind: { word: 'Failing', shape: 'failing', weight: 0 },
  scripted: { word: 'Scripted', shape: 'scripted', weight: 1 },
  active: { word: 'Active', shape: 'active', weight: 2 },
  watching: { word: 'Watching', shape: 'active', weight: 3 },
  idle: { word: 'Idle', shape: 'idle', weight: 4 },
  paused: { word: 'Paused', shape: 'paused', weight: 5 },
  asleep: { word: 'Asleep', shape: 'asleep', weight: 6 },
  stopped: { word: 'Stopped', shape: 'offline', weight: 7 },
  offline: { word: 'Offline', shape: 'offline', weight: 8 },
};

/** The sign of a state; of one that a newer server knows, its own word. */
export function signOf(state: string): Sign {
  return signs[state as MachineState] ?? { word: state, shape: '', weight: 9 };
}

/** A state as a shape and a word, never as a colour only. */
export function StateSign({ state, suffix = '' }: { state: string; suffix?: string }) {
  const sign = signOf(state);
  return (
    <span class={`state ${sign.shape}`}>
      {sign.word}
      {suffix}
    </span>
  );
}
