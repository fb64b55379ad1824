import { ApiError, errorOfAnswer, timedOut, unreachable } from './api.error.js';
import { delayBeforeRetry } from './retry.js';

/** A request that is ready to be sent, and sent again. */
export interface Prepared {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer> | undefined;
  /** Whether the same request twice has the effect of one. */
  isRepeatable: boolean;
  /** For the whole request, repetitions included. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** The body as it was received. */
  body: string;
}

/** Sends requests, and repeats those that may be repeated. */
export class Transport {
  constructor(
    private readonly fetch: typeof globalThis.fetch,
    private readonly retries: number,
  ) {}

  /** @throws ApiError; the reason of `signal` when it was aborted */
  async send(request: Prepared): Promise<Answer> {
    const endsAtMs = performance.now() + request.timeoutMs;
    const timeout = AbortSignal.timeout(request.timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
    for (let tries = 1; ; tries++) {
      const result = await this.once(request, signal);
      if (!(result instanceof ApiError)) return result;
      const delayMs = delayBeforeRetry(result, {
        tries,
        retries: this.retries,
        isRepeatable: request.isRepeatable && !signal.aborted,
        leftMs: endsAtMs - performance.now(),
        random: Math.random(),
      });
      if (delayMs === null) throw result;
      await pause(delayMs, signal);
    }
  }

  private async once(request: Prepared, signal: AbortSignal): Promise<Answer | ApiError> {
    const { url, method, headers, body, timeoutMs } = request;
    try {
      request.signal?.throwIfAborted();
      const response = await this.fetch(url, {
        method,
        headers,
        // Elsewhere the key would be somebody else's.
        redirect: 'manual',
        signal,
        ...(body === undefined ? {} : { body }),
      });
      // A browser does not tell where a redirect leads, nor its status.
      const status = response.type === 'opaqueredirect' ? 302 : response.status;
      const answer = { status, headers: response.headers, body: await response.text() };
      return response.ok ? answer : errorOfAnswer(answer, Date.now());
    } catch (error) {
      if (request.signal?.aborted) throw request.signal.reason;
      const { origin } = new URL(url);
      return signal.aborted ? timedOut(origin, timeoutMs, error) : unreachable(origin, error);
    }
  }
}

/** Rejects with the reason of `signal` when it aborts. */
async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end);
      resolve();
    }, delayMs);
    signal.addEventListener('abort', end, { once: true });
  });
}
