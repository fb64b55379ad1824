import type { JsonDocument } from './json-body.js';
import type { Timings } from './timings.js';

/** The receiver's answer, cut to the bytes that the caller asked for. */
export interface CapturedResponse {
  /** Lower-case names; a header that came several times is joined with `, `. At most 100 of them. */
  headers: Record<string, string>;
  /** Decoded, if it came as gzip, deflate or br. */
  body: Buffer;
  /** True when `body` is not complete: only the first bytes are kept, or the rest did not arrive. */
  truncated: boolean;
  /** Body bytes received before decoding, kept or not. */
  bytesSeen: number;
}

/** The result of one attempt. A value, never an exception. */
export type Outcome =
  | Delivered
  /** Any answer other than 2xx: redirects (never followed), 4xx, 5xx and unknown numbers such as 600 or 999. */
  | { kind: 'http_error'; status: number; response: CapturedResponse; retryAfterMs: number | null }
  /** The total deadline was reached: DNS, connect, TLS, write, headers and body share it. */
  | { kind: 'timeout'; message: string }
  | { kind: 'network' | 'tls' | 'dns' | 'protocol'; code: string; message: string }
  /** The SSRF guard refused the target; nothing was sent. */
  | { kind: 'blocked'; reason: string; message: string }
  /** More than {@link RESPONSE_CAP_BYTES} came; the connection was closed. */
  | { kind: 'response_too_large'; status: number; message: string }
  /** A 2xx answer to a call that expects JSON, but the body is not JSON. */
  | { kind: 'invalid_response'; status: number; response: CapturedResponse; message: string }
  /** The caller's own signal (disconnect, shutdown), not the deadline. */
  | { kind: 'aborted'; message: string }
  /** Our own fault, for example a damaged secret. Nothing was sent: never unsigned. */
  | { kind: 'misconfigured'; code: string; message: string }
  /** The lease expired and the result is unknown. Created by delivery, never by the client. */
  | { kind: 'unknown'; message: string };

export interface Delivered {
  kind: 'delivered';
  status: number;
  response: CapturedResponse;
  /** The body as JSON; present only when the call expected JSON. */
  json?: JsonDocument;
}

export type Timed = {
  durationMs: number;
  /** The headers of the call, secrets masked; absent when no call was begun. */
  requestHeaders?: Readonly<Record<string, string>>;
  /** Of its parts; absent when no call was begun. */
  timings?: Timings | null;
};

/** Longest response body that is read, in bytes, encoded and decoded; one byte more ends the connection. */
export const RESPONSE_CAP_BYTES = 1024 * 1024;
/** Bytes of a response kept for asynchronous deliveries and probes. */
export const RESPONSE_KEEP_BYTES = 10 * 1024;
