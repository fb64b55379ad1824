/** A captured request as its event stores it: everything but the body, as it came. */
export interface CapturedRequest {
  method: string;
  /** After the key: empty, or with a slash first. */
  path: string;
  /** Without its question mark; empty: none. */
  query: string;
  /** In the order of the request, repeats included; values are latin-1 text, one character a byte. */
  headers: readonly (readonly [name: string, value: string])[];
}

/** A request to a source. */
export interface Capture {
  id: string;
  source: { id: string; appId: string; name: string };
  request: CapturedRequest;
  body: Buffer;
  remoteAddress: string | null;
  requestId: string;
  /** The provider's id of its event, at most 255 characters; null: none. */
  dedupeId: string | null;
}

/** A request that does not become an event, and why. */
export interface CaptureNote {
  capture: Capture;
  result: 'rejected' | 'handshake';
  /** Of a rejected one: the step that failed, and a sentence. */
  reason: string | null;
  detail: string | null;
}

/** A captured request that becomes an event. */
export interface NewCapture extends Capture {
  type: string;
  contentType: string;
  /** By lower-case name, for filters. */
  headers: Readonly<Record<string, string>>;
  metadata: Readonly<Record<string, unknown>>;
}

export type StoredCapture =
  /** `held`: its source is paused, so it is not matched before the source is resumed. */
  | { kind: 'accepted'; eventId: string; deliveries: number | null; held: boolean }
  /** A repeat of an event that was captured before. */
  | { kind: 'duplicate'; eventId: string };

/** The scope of its keys in `event_keys`: no id of an app has a colon. */
export function keyScope(sourceId: string): string {
  return `source:${sourceId}`;
}

/** About how many bytes a request takes in memory. */
export function sizeOf(request: CapturedRequest | null): number {
  if (request === null) return 0;
  const { path, query, headers } = request;
  return headers.reduce((sum, [name, value]) => sum + name.length + value.length, path.length + query.length);
}
