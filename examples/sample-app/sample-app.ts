import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { Behaviours, type Answer } from './behaviours.js';

export interface SampleAppOptions {
  /** 0 chooses a free one. */
  port: number;
  /** The app's signing secret (`whsec_…`); undefined while it is not known: then nothing is verified. */
  secret: () => string | undefined;
  /** Prints the line for each call. */
  print?: (line: string) => void;
}

export interface SampleCall {
  path: string;
  webhookId: string;
  /** `X-Retry-Attempt`, 1 or more; null on calls without it. */
  attempt: number | null;
  /** The status of the answer; null: none, on purpose. */
  status: number | null;
}

export interface SampleApp {
  url: string;
  /** The last 1000 calls, oldest first. */
  calls: readonly SampleCall[];
  stop(): Promise<void>;
}

const KEPT_CALLS = 1000;
/** Captured requests of a code host are forwarded there, with the code host's own signature. */
const CODE_HOST_PATH = '/pushes';
/** The secret that the tour of `npm start` gives the code host's source. */
const CODE_HOST_SECRET = 'secret-of-the-code-host';
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** A receiver as an app's developer would write it: verify the signature, do the work, answer. On 127.0.0.1 only. */
export async function startSampleApp({
  port,
  secret,
  print = (line) => console.log(line),
}: SampleAppOptions): Promise<SampleApp> {
  const behaviours = new Behaviours();
  const calls: SampleCall[] = [];

  function record(request: IncomingMessage, path: string, answer: Answer): void {
    const attempt = Number(request.headers['x-retry-attempt']) || null;
    const status = answer?.status ?? null;
    calls.push({ path, webhookId: webhookIdOf(request), attempt, status });
    if (calls.length > KEPT_CALLS) calls.shift();
    const delay = answer?.afterMs ? ` after ${answer.afterMs} ms` : '';
    print(`sample app: ${path}${attempt ? ` attempt ${attempt}` : ''} → ${status ?? 'no answer'}${delay}`);
  }

  function decide(request: IncomingMessage, path: string, body: Buffer): Answer {
    if (path === '/health') return { status: 200, body: { status: 'ok' } };
    if (path.startsWith('/control/')) return control(behaviours, path.slice('/control/'.length), body);
    if (!behaviours.has(path)) return { status: 404, body: { error: 'no such webhook' } };
    const isTrusted =
      path === CODE_HOST_PATH ? isSignedByCodeHost(request, body) : isSigned(request, body, secret());
    const answer = isTrusted
      ? behaviours.answer(path, { webhookId: webhookIdOf(request) })
      : { status: 401, body: { error: 'signature does not match' } };
    record(request, path, answer);
    return answer;
  }

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    void bodyOf(request).then(
      (body) =>
        respond(response, body ? decide(request, path, body) : { status: 413, body: { error: 'too big' } }),
      () => response.destroy(), // the caller disconnected
    );
  });
  server.listen(port, '127.0.0.1');
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections(); // Calls that hang would delay the end for ever.
      await closed;
    },
  };
}

function webhookIdOf(request: IncomingMessage): string {
  return String(request.headers['webhook-id'] ?? '');
}

function isSigned(request: IncomingMessage, body: Buffer, secret: string | undefined): boolean {
  if (secret === undefined) return true;
  try {
    // Over the raw bytes, before parsing: parsing and printing would change the body.
    new Webhook(secret).verify(body, request.headers as Record<string, string>, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}

/** As GitHub signs: over the bytes that arrive, which Breakwater forwards unchanged. */
function isSignedByCodeHost(request: IncomingMessage, body: Buffer): boolean {
  const signature = Buffer.from(String(request.headers['x-hub-signature-256'] ?? ''));
  const expected = Buffer.from(`sha256=${createHmac('sha256', CODE_HOST_SECRET).update(body).digest('hex')}`);
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

function control(behaviours: Behaviours, name: string, body: Buffer): Answer {
  try {
    const { healthy } = JSON.parse(body.toString()) as { healthy?: unknown };
    if (typeof healthy === 'boolean' && behaviours.set(name, healthy))
      return { status: 200, body: { name, healthy } };
  } catch {
    // Not JSON: answered below.
  }
  return {
    status: 400,
    body: { error: 'POST /control/failing or /control/broken with {"healthy": true or false}' },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return bytes > MAX_BODY_BYTES ? null : Buffer.concat(chunks);
}

function respond(response: ServerResponse, answer: Answer): void {
  if (answer === null) return;
  const send = (): void => {
    response
      .writeHead(answer.status, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer.body));
  };
  if (answer.afterMs === undefined) return send();
  const timer = setTimeout(send, answer.afterMs);
  response.once('close', () => clearTimeout(timer));
}
