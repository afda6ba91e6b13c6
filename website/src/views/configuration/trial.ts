/** What a change would do, asked of the server while it is being made. */

import type { ApiError } from '../../api';
import { ask } from '../../api';
import { useResource } from '../../parts/resource';
import type { Draft } from './drafts';
import { withDraft } from './drafts';
import { layerOf, type Scope, scopeApi, type Trial, type World } from './model';

export interface Tried {
  trial: Trial | undefined;
  /** The server's reasons by key; of the groups of a machine by "groups". */
  reasons: Readonly<Record<string, string>>;
  /** Another error than these. */
  problem: ApiError | undefined;
  isWaiting: boolean;
}

const nothing: Tried = { trial: undefined, reasons: {}, problem: undefined, isWaiting: false };

/** What a change is asked for as, and what a trial of it is. */
export function bodyOf(world: World, scope: Scope, draft: Draft): Record<string, unknown> {
  const settings = withDraft(layerOf(world, scope).values, draft);
  return draft.groups ? { settings, groups: draft.groups } : { settings };
}

/** While somebody types, the server is not asked at each key. */
const restMs = 300;

/** `inWaves`: also how many machines each wave would have. */
export function useTrial(world: World, scope: Scope, draft: Draft | null, inWaves = false): Tried {
  const body = draft && { ...bodyOf(world, scope, draft), ...(inWaves ? { rollout: {} } : {}) };
  const path = `${scopeApi(scope)}?dry_run=1`;
  const key = body && scope.kind !== 'built-in' ? path + JSON.stringify(body) + world.configuration.version : null;
  const tried = useResource<Tried>(key, async (signal) => {
    await new Promise((resolve) => setTimeout(resolve, restMs));
    if (signal.aborted) return nothing;
    try {
      const trial = await ask<Trial>(path, { method: 'PUT', body, signal });
      return { ...nothing, trial };
    } catch (error) {
      const reasons = reasonsIn(error as ApiError);
      return reasons ? { ...nothing, reasons } : { ...nothing, problem: error as ApiError };
    }
  });
  return key && tried.data ? { ...tried.data, isWaiting: tried.waiting } : { ...nothing, isWaiting: tried.waiting };
}

interface FieldError {
  field: string;
  reason: string;
}

/** What a 422 says of each field; null if it is another error. */
export function reasonsIn(error: ApiError): Record<string, string> | null {
  const errors = error.more?.['errors'] as FieldError[] | undefined;
  if (error.status !== 422 || !errors) return null;
  return Object.fromEntries(errors.map(({ field, reason }) => [field.replace(/^settings\./, ''), reason]));
}
