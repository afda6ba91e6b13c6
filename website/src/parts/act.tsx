/** Doing something at the server: once at a time, with its error shown where it was asked for. */

import { useState } from 'preact/hooks';
import { ApiError } from '../api';
import { Failed } from '../shell/failed';

export interface Act {
  /** Runs it, if nothing runs. An error of the server's is kept in `error`; the promise tells whether it worked. */
  run: (act: () => Promise<void>) => Promise<boolean>;
  isRunning: boolean;
  error: ApiError | null;
}

export function useAct(): Act {
  const [isRunning, setIsRunning] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const run = async (act: () => Promise<void>): Promise<boolean> => {
    if (isRunning) return false;
    setIsRunning(true);
    setError(null);
    try {
      await act();
      return true;
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed;
      setError(failed);
      return false;
    } finally {
      setIsRunning(false);
    }
  };
  return { run, isRunning, error };
}

export function ActError({ of }: { of: Act }) {
  return of.error ? <Failed error={of.error} /> : null;
}
