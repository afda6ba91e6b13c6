/** The same act on many machines, one request each: how far it is, and which of them failed. */

import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { ApiError } from '../../api';
import { count, counted } from '../../format';
import { sentence } from '../../shell/failed';
import type { Fleet } from './fleet_data';

interface Failure {
  id: string;
  problem: ApiError;
}

interface RunState {
  total: number;
  done: number;
  failures: readonly Failure[];
  isRunning: boolean;
}

export interface Run extends RunState {
  /** Acts on these; a later call, as on those that failed, begins the count anew. */
  start: (ids: readonly string[]) => Promise<void>;
  hasBegun: boolean;
}

/** Enough to be fast, few enough to leave the server to others. */
const atOnce = 4;

export function useRun(act: (id: string) => Promise<void>): Run {
  const [state, setState] = useState<RunState>({ total: 0, done: 0, failures: [], isRunning: false });
  const latest = useRef(act);
  latest.current = act;
  const start = async (ids: readonly string[]) => {
    const left = [...ids];
    setState({ total: ids.length, done: 0, failures: [], isRunning: true });
    const worker = async () => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) {
        const failure = await tryOne(latest.current, id);
        setState((now) => ({ ...now, done: now.done + 1, failures: failure ? [...now.failures, failure] : now.failures }));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    setState((now) => ({ ...now, isRunning: false }));
  };
  return { ...state, start, hasBegun: state.total > 0 };
}

async function tryOne(act: (id: string) => Promise<void>, id: string): Promise<Failure | null> {
  try {
    await act(id);
    return null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { id, problem: error };
  }
}

/** `done`: what has become of those that did not fail, as a sentence begins: "Moved". */
export function RunProgress({ run, fleet, done }: { run: Run; fleet: Fleet; done: string }) {
  const good = run.done - run.failures.length;
  return (
    <div class="run">
      <p role="status">
        {run.isRunning ? (
          `${count(run.done)} of ${count(run.total)}`
        ) : (
          <b>
            {done}: {counted(good, 'machine')}
            {run.failures.length > 0 && `; failed: ${count(run.failures.length)}`}
          </b>
        )}
      </p>
      <progress max={run.total} value={run.done} aria-label="How far it is" />
      {run.failures.length > 0 && (
        <ul class="run-failures">
          {run.failures.map(({ id, problem }) => (
            <li key={id}>
              <bdi>{fleet.nameOf(id)}</bdi>
              <span class="soft"> {sentence(problem.detail || problem.title)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface RunFooterProps {
  run: Run;
  onClose: () => void;
  /** The button that begins. */
  first: ComponentChildren;
}

export function RunFooter({ run, onClose, first }: RunFooterProps) {
  if (!run.hasBegun)
    return (
      <>
        <span class="grow" />
        <button type="button" class="btn" onClick={onClose}>
          Back
        </button>
        {first}
      </>
    );
  const failed = run.failures.map(({ id }) => id);
  return (
    <>
      <span class="grow" />
      {!run.isRunning && failed.length > 0 && (
        <button type="button" class="btn" onClick={() => void run.start(failed)}>
          Try the {failed.length} again
        </button>
      )}
      <button type="button" class="btn first" disabled={run.isRunning} onClick={onClose}>
        Close
      </button>
    </>
  );
}
