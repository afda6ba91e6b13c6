import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api';
import { Icon } from '../icons';

/** Something asked of the server. While it is asked anew, the old data stays. */
export interface Resource<T> {
  data: T | undefined;
  /** Why the latest try failed; data may be there still, from before. */
  problem: ApiError | undefined;
  /** A try is under way, for longer than a blink. */
  waiting: boolean;
  /** Asks again. */
  retry: () => void;
  /** Puts data in place of what the server said, until it is asked again: for live updates. */
  patch: (change: (data: T) => T) => void;
}

/** What is faster than this is not shown as waiting. */
const blinkMs = 150;

/**
 * Asks when `key` changes, and at retry(); null asks nothing. An answer to an older key is dropped, and its request
 * is ended by the signal that `load` is given.
 */
export function useResource<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const [state, setState] = useState<{ data?: T; problem?: ApiError; waiting: boolean }>({ waiting: false });
  const [tries, setTries] = useState(0);
  const latest = useRef(load);
  latest.current = load;

  useEffect(() => {
    if (key === null) return;
    const end = new AbortController();
    const slow = setTimeout(() => setState((now) => ({ ...now, waiting: true })), blinkMs);
    latest
      .current(end.signal)
      .then((data) => !end.signal.aborted && setState({ data, waiting: false }))
      .catch((error: unknown) => {
        if (end.signal.aborted) return;
        // A bug is none of the server's errors: it goes on to the console.
        if (!(error instanceof ApiError)) throw error;
        setState((now) => ({ ...now, problem: error, waiting: false }));
      })
      .finally(() => clearTimeout(slow));
    return () => {
      end.abort();
      clearTimeout(slow);
    };
  }, [key, tries]);

  return {
    data: state.data,
    problem: state.problem,
    waiting: state.waiting,
    retry: () => setTries((n) => n + 1),
    patch: (change) => setState((now) => (now.data === undefined ? now : { ...now, data: change(now.data) })),
  };
}

interface LoadedProps<T> {
  of: Resource<T>;
  /** What could not be loaded, as a sentence begins: "Applications". */
  what: string;
  /** Of the same size as what is to come. */
  skeleton: ComponentChildren;
  children: (data: T) => ComponentChildren;
}

/** The data once it is there, dimmed while newer data is asked for; till then its skeleton; or what went wrong. */
export function Loaded<T>({ of, what, skeleton, children }: LoadedProps<T>) {
  if (of.data === undefined && of.problem) return <Failed problem={of.problem} what={what} retry={of.retry} />;
  if (of.data === undefined) return <div aria-busy="true">{of.waiting ? skeleton : null}</div>;
  return (
    <>
      {of.problem && <FailedNote problem={of.problem} what={what} retry={of.retry} />}
      <div class={of.waiting ? 'stale' : undefined} aria-busy={of.waiting}>
        {children(of.data)}
      </div>
    </>
  );
}

interface FailedProps {
  problem: ApiError;
  what: string;
  retry: () => void;
}

/** In place of what could not be loaded; the rest of the page is not touched. */
export function Failed({ problem, what, retry }: FailedProps) {
  return (
    <div class="empty" role="alert">
      <b>{what} could not be loaded</b>
      <p>
        {problem.detail}
        {problem.requestId && (
          <>
            <br />
            <span class="mono">request {problem.requestId}</span>
          </>
        )}
      </p>
      <button type="button" class="btn" onClick={retry}>
        <Icon name="turn" />
        Try again
      </button>
    </div>
  );
}

/** Above data that is there, but not fresh. */
function FailedNote({ problem, what, retry }: FailedProps) {
  return (
    <div class="note bad" role="alert">
      <Icon name="alert" />
      <div class="grow">
        <b>{what} could not be brought up to date.</b> {problem.detail}
      </div>
      <button type="button" class="btn less" onClick={retry}>
        Try again
      </button>
    </div>
  );
}

/** Where there is nothing to show: why, and what to do. */
export function Empty({ title, children, action }: { title: string; children?: ComponentChildren; action?: ComponentChildren }) {
  return (
    <div class="empty">
      <b>{title}</b>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

/** Grey lines in place of rows of a table. */
export function SkeletonRows({ rows }: { rows: number }) {
  return (
    <div>
      {Array.from({ length: rows }, (_, row) => (
        <div class="skeleton-row" key={row}>
          <span class="skel" />
          <span class="skel" />
          <span class="skel" />
        </div>
      ))}
    </div>
  );
}
