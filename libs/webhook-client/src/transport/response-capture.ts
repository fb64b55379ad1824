import { contentCoding } from '../outcome/content-coding.js';
import { parseJsonBody, type JsonDocument } from '../outcome/json-body.js';
import { cleanMessage } from '../outcome/outcome-of-error.js';
import type { CapturedResponse, Outcome } from '../outcome/outcome.js';
import { parseRetryAfter } from '../outcome/retry-after.js';
import { decodeBody, type DecodedBody } from './decode-body.io.js';

/** A status that is an answer without a body. */
const NO_CONTENT = 204;
const NULL: JsonDocument = { value: null, bytes: Buffer.from('null') };

/** Response headers that are kept; undici already limits their bytes. */
const MAX_HEADERS = 100;

/** Collects one response up to the bytes to keep, then gives its outcome. */
export class ResponseCapture {
  status = 0;
  bytesSeen = 0;
  #headers: Record<string, string> = {};
  #retryAfter: string | undefined;
  #chunks: Buffer[] = [];
  #kept = 0;

  constructor(private readonly keepBytes: number) {}

  start(status: number, headers: Record<string, string | string[] | undefined>): void {
    this.status = status;
    this.#headers = flatten(headers);
    const retryAfter = headers['retry-after'];
    this.#retryAfter = Array.isArray(retryAfter) ? retryAfter[0] : retryAfter;
  }

  add(chunk: Buffer): void {
    this.bytesSeen += chunk.length;
    const room = this.keepBytes - this.#kept;
    if (room <= 0) return;
    // Copied: undici's chunk is a view on a buffer that may be much larger than what is kept.
    const part = Buffer.from(chunk.length > room ? chunk.subarray(0, room) : chunk);
    this.#chunks.push(part);
    this.#kept += part.length;
  }

  /**
   * The outcome of the response.
   * @param whole false when the rest of the body did not arrive
   */
  outcome(expectJson: boolean, now: Date, whole = true): Outcome | Promise<Outcome> {
    const received: DecodedBody = { body: this.#body(), end: whole ? 'whole' : 'cut' };
    const coding = contentCoding(this.#headers['content-encoding']);
    if (coding === null || received.body.length === 0) return this.#judge(received, expectJson, now);
    if (coding === 'unknown') return this.#judge({ ...received, end: 'broken' }, expectJson, now);
    return decodeBody(coding, received.body, this.keepBytes).then((decoded) => {
      // A body that cannot be decoded is kept encoded rather than not at all.
      const body = decoded.body.length === 0 ? received.body : decoded.body;
      const end = whole || decoded.end !== 'whole' ? decoded.end : 'cut';
      return this.#judge({ body, end }, expectJson, now);
    });
  }

  #judge(received: DecodedBody, expectJson: boolean, now: Date): Outcome {
    const { status } = this;
    const response = this.#response(received);
    if (status < 200 || status > 299) {
      return { kind: 'http_error', status, response, retryAfterMs: parseRetryAfter(this.#retryAfter, now) };
    }
    if (!expectJson) return { kind: 'delivered', status, response };
    if (status === NO_CONTENT) return { kind: 'delivered', status, response, json: NULL };
    if (response.truncated) {
      const message = `the response is longer than ${this.keepBytes} bytes`;
      return { kind: 'response_too_large', status, message };
    }
    if (received.end === 'broken') {
      const coding = cleanMessage(this.#headers['content-encoding'] ?? '');
      const message = `the response says that it is encoded as "${coding}" and cannot be decoded`;
      return { kind: 'invalid_response', status, response, message };
    }
    const parsed = parseJsonBody(response.body);
    return parsed.ok
      ? { kind: 'delivered', status, response, json: { value: parsed.value, bytes: parsed.bytes } }
      : { kind: 'invalid_response', status, response, message: parsed.message };
  }

  #body(): Buffer {
    return this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#kept);
  }

  #response({ body, end }: DecodedBody): CapturedResponse {
    return {
      headers: this.#headers,
      body,
      truncated: end === 'cut' || this.bytesSeen > this.#kept,
      bytesSeen: this.bytesSeen,
    };
  }
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  let count = 0;
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || name === '__proto__') continue;
    if (++count > MAX_HEADERS) break;
    flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}
