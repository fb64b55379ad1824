import { parseJsonBody } from '../outcome/json-body.js';
import type { CapturedResponse, Outcome } from '../outcome/outcome.js';
import { parseRetryAfter } from '../outcome/retry-after.js';

/** Response headers kept; undici already bounds their bytes. */
const MAX_HEADERS = 100;

/** Collects one response up to the bytes to keep, then says what it came to. */
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
    // Copied: undici's chunk is a view on a buffer that may be far bigger than what we keep.
    const part = Buffer.from(chunk.length > room ? chunk.subarray(0, room) : chunk);
    this.#chunks.push(part);
    this.#kept += part.length;
  }

  outcome(expectJson: boolean, now: Date): Outcome {
    const { status } = this;
    const response = this.#response();
    if (status < 200 || status > 299) {
      return { kind: 'http_error', status, response, retryAfterMs: parseRetryAfter(this.#retryAfter, now) };
    }
    if (!expectJson) return { kind: 'delivered', status, response };
    if (response.truncated) {
      const message = `the response is longer than ${this.keepBytes} bytes`;
      return { kind: 'invalid_response', status, response, message };
    }
    const parsed = parseJsonBody(response.body);
    return parsed.ok
      ? { kind: 'delivered', status, response, json: parsed.value }
      : { kind: 'invalid_response', status, response, message: parsed.message };
  }

  #response(): CapturedResponse {
    const body = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#kept);
    return {
      headers: this.#headers,
      body,
      truncated: this.bytesSeen > this.#kept,
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
