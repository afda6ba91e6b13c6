/** Who is signed in. */

import { signal } from '@preact/signals';
import { ApiError, ask, type Me } from './api';
import { forgetPages } from './search/recent';

/** undefined: not known yet; null: nobody. */
export const me = signal<Me | null | undefined>(undefined);

/** Whether this person changes what agents do. */
export const mayConfigure = (): boolean => me.value?.role === 'admin' || me.value?.role === 'manager';

/** Who is signed in, by the server; null: nobody. Throws ApiError where it gives no answer to that. */
export async function whoIsThere(): Promise<Me | null> {
  try {
    return await ask<Me>('/api/me', { anonymous: true });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    return null;
  }
}

export async function signOut(): Promise<void> {
  await ask('/api/logout', { method: 'POST', anonymous: true }).catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
  });
  forgetPages();
  // A load of its own: nothing that the person saw stays in the page's memory.
  location.assign('/login');
}
