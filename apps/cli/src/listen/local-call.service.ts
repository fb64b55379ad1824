import { Agent, request } from 'undici';
import { localUrl } from './local-url.js';

/** A request that comes from the API. */
export interface Request {
  method: string;
  path: string;
  /** Name and value by turns. */
  headers: string[];
  body: Buffer;
}

/** The result of a request to this machine. */
export type LocalResult = { durationMs: number } & (
  | { kind: 'answered'; status: number; headers: Record<string, string>; body: Buffer }
  | { kind: 'too_large'; status: number }
  | { kind: 'failed'; code: string; message: string }
);

/** As long as answers of any receiver may be. */
const ANSWER_MAX_BYTES = 1024 * 1024;

/** A server under development is started again and again: each request has a connection of its own. */
const dispatcher = new Agent({ pipelining: 0 });

/** Makes a request to the program on this machine. Never rejects. */
export async function callLocally(
  forwardTo: string,
  { method, path, headers, body }: Request,
  timeoutMs: number,
): Promise<LocalResult> {
  const startedMs = performance.now();
  const took = (): number => performance.now() - startedMs;
  try {
    const answer = await request(localUrl(forwardTo, path), {
      dispatcher,
      method: method as 'POST',
      headers,
      body: body.length === 0 && method !== 'POST' ? null : body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > ANSWER_MAX_BYTES)
        return { kind: 'too_large', status: answer.statusCode, durationMs: took() };
      chunks.push(chunk);
    }
    return {
      kind: 'answered',
      status: answer.statusCode,
      headers: flatOf(answer.headers),
      body: Buffer.concat(chunks),
      durationMs: took(),
    };
  } catch (error) {
    return { kind: 'failed', ...reasonOf(error, timeoutMs), durationMs: took() };
  }
}

function flatOf(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

function reasonOf(error: unknown, timeoutMs: number): { code: string; message: string } {
  const { name, message, code, errors } = error as Error & {
    code?: string;
    errors?: (Error & { code?: string })[];
  };
  if (name === 'TimeoutError')
    return { code: 'TIMEOUT', message: `no complete answer within ${timeoutMs} ms` };
  const [first] = errors ?? [];
  return { code: code ?? first?.code ?? 'UNKNOWN', message: message || (first?.message ?? String(error)) };
}
