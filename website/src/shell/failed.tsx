/** What failed, the request's name in the server's log, and a way to try again. */

import type { ApiError } from '../api';
import { Icon } from '../icons';

/** A server's sentence as the page writes it. */
export const sentence = (text: string): string =>
  text && text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');

export function Failed({ error, retry }: { error: ApiError; retry?: () => void }) {
  return (
    <div class="note bad" role="alert">
      <Icon name="alert" />
      <div class="grow">
        <b>{error.title}</b> {sentence(error.detail)}
        {error.requestId && (
          <p class="soft small">
            Request <code>{error.requestId}</code>
          </p>
        )}
      </div>
      {retry && (
        <button class="btn less" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
