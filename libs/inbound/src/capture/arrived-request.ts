import type { CapturedRequest } from '@breakwater/delivery';

/** A request to a source as it arrived; nothing in it was decoded. */
export interface ArrivedRequest extends CapturedRequest {
  body: Buffer;
  remoteAddress: string | null;
  requestId: string;
  /** W3C traceparent of the sender; null: none. */
  traceParent: string | null;
}

/** Longest content type that an event keeps. */
const CONTENT_TYPE_MAX = 255;
const PLAIN = /^[\x20-\x7e]+$/;

/** The content type of its event: as it came, if a request to a subscription can have it. */
export function contentTypeOf({ headers }: CapturedRequest): string {
  const found = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1].trim() ?? '';
  return PLAIN.test(found) && found.length <= CONTENT_TYPE_MAX ? found : 'application/octet-stream';
}

/** Its headers by lower-case name, for filters; values of a repeated one are joined as in HTTP. */
export function headerRecord({ headers }: CapturedRequest): Record<string, string> {
  const record: Record<string, string> = {};
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (lower === '__proto__') continue;
    record[lower] = Object.hasOwn(record, lower) ? `${record[lower]}, ${value}` : value;
  }
  return record;
}
