import type { Query } from './request-url.js';

/** What each call may take besides what the operation takes. */
export interface CallOptions {
  /** Ends the call; it rejects with the signal's reason. */
  signal?: AbortSignal;
  /** For the whole call, repetitions included; that of the client by default. */
  timeoutMs?: number;
  /** For operations that take one; made by itself when it is left out. */
  idempotencyKey?: string;
  /** An id of yours for this request, to find it in the log of the API. */
  requestId?: string;
}

/** A request by its path, for what no operation of the client has. */
export interface RawCall extends CallOptions {
  /** GET by default. */
  method?: string;
  /** Parts of the path, escaped by the client. */
  path: readonly string[];
  query?: Query;
  /** Sent as JSON; a text or bytes are already JSON. */
  body?: unknown;
}

const REPEATABLE = ['GET', 'HEAD', 'PUT', 'DELETE'];

/** Whether the same request twice has the effect of one. */
export function isRepeatable(method: string, idempotencyKey: string | undefined): boolean {
  return REPEATABLE.includes(method) || idempotencyKey !== undefined;
}

/** What is sent: a text or bytes as they are, anything else as JSON. */
export function bodyOf(body: unknown): string | Uint8Array<ArrayBuffer> | undefined {
  if (body === undefined || typeof body === 'string') return body;
  return body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body);
}
