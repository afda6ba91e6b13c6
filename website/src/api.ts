/** The server's API: JSON by fetch, with its errors as ApiError. Who is signed out meanwhile signs in on the spot, by the
    dialog that the shell sets here, and the request is sent again: the page behind it stays as it is. */

/** An answer that is not 2xx (application/problem+json), or no answer at all (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    /** A sentence that says what to do differently. */
    readonly detail: string,
    /** Names the request in the server's log; "" if there was no answer. */
    readonly requestId: string,
    /** What else the problem says, such as `field` or `second_factor`. */
    readonly more: Readonly<Record<string, unknown>>,
    /** After how many seconds to try again; 0: the server did not say. */
    readonly retryAfter: number,
  ) {
    super(detail || title);
  }
}

export interface AskOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  body?: unknown;
  /** The ETag of what is changed: 412 when it has moved on. */
  ifMatch?: string;
  signal?: AbortSignal;
  /** Whether 401 is an error like others, for who is just signing in. */
  anonymous?: boolean;
}

let signInAgain: (() => Promise<void>) | undefined;

/** Sets what asks the person to sign in again; it ends when they have. */
export function onSignedOut(ask: () => Promise<void>): void {
  let asking: Promise<void> | undefined;
  signInAgain = () => (asking ??= ask().finally(() => (asking = undefined)));
}

async function send(path: string, options: AskOptions): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  const method = options.method ?? 'GET';
  // Going back, a browser would show what it kept of an answer, to whoever sits there now.
  const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-cache' };
  if (method !== 'GET') {
    // The server takes changes by cookie only as JSON, which no form of another site can send.
    headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(options.body ?? {});
  }
  if (options.ifMatch) headers['If-Match'] = options.ifMatch;
  if (options.signal) init.signal = options.signal;
  try {
    return await fetch(path, init);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, 'No answer', 'The server cannot be reached.', '', {}, 0);
  }
}

async function problemOf(response: Response): Promise<ApiError> {
  let told: Record<string, unknown> = {};
  try {
    told = (await response.json()) as Record<string, unknown>;
  } catch {
    // Not this server's: a proxy's page, say.
  }
  const { title, detail, request_id, ...more } = told;
  const id = request_id ?? response.headers.get('X-Request-Id') ?? '';
  const retryAfter = Number(response.headers.get('Retry-After') ?? 0) || 0;
  return new ApiError(response.status, String(title ?? response.statusText), String(detail ?? ''), String(id), more, retryAfter);
}

/** Asks, and returns the answer's JSON. Throws ApiError; DOMException "AbortError" when `signal` was aborted. */
export async function ask<T>(path: string, options: AskOptions = {}): Promise<T> {
  let response = await send(path, options);
  while (response.status === 401 && !options.anonymous && signInAgain) {
    await signInAgain();
    response = await send(path, options);
  }
  if (!response.ok) throw await problemOf(response);
  const text = await response.text();
  return (text ? JSON.parse(text) : {}) as T;
}

/** A segment of a path: `/api/machines/${segment(id)}`. */
export const segment = encodeURIComponent;

export type Role = 'admin' | 'manager' | 'viewer' | 'self' | 'monitor';

/** GET /api/me */
export interface Me {
  user: string;
  role: Role;
  machines: string[];
}
