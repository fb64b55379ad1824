import { request as send } from 'node:http';
import { undocumented } from './documented.js';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** The parsed body; null when it is not JSON. */
  // eslint-disable-next-line typescript/no-explicit-any -- tests look into all kinds of answers
  json: any;
  afterMs: number;
}

export interface Sending {
  headers?: Record<string, string>;
  /** An object is sent as JSON, a text or bytes unchanged. */
  body?: unknown;
  limitMs?: number;
}

/**
 * A client without automatic behaviour: no pool, no retries, paths sent as they are written. An answer of the API that
 * docs/openapi.json does not describe is an error.
 */
export class HttpClient {
  constructor(
    readonly url: string,
    private readonly key?: string,
    /** A socket in the file system that leads there. */
    private readonly socketPath?: string,
  ) {}

  get(path: string, sending: Sending = {}): Promise<Answer> {
    return this.request('GET', path, sending);
  }

  post(path: string, body?: unknown, sending: Sending = {}): Promise<Answer> {
    return this.request('POST', path, { ...sending, body });
  }

  put(path: string, body?: unknown, sending: Sending = {}): Promise<Answer> {
    return this.request('PUT', path, { ...sending, body });
  }

  invoke(
    appId: string,
    capability: string,
    payload: unknown = {},
    more: object = {},
    sending: Sending = {},
  ): Promise<Answer> {
    return this.post(
      `/api/v1/apps/${appId}/capabilities/${capability}/invoke`,
      { payload, ...more },
      sending,
    );
  }

  /** @throws Error when there is no answer within `limitMs` */
  request(
    method: string,
    path: string,
    { headers = {}, body, limitMs = 20_000 }: Sending = {},
  ): Promise<Answer> {
    const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
    const bytes = body === undefined ? undefined : Buffer.from(isRaw ? body : JSON.stringify(body));
    const { hostname, port } = new URL(this.url);
    const startedMs = performance.now();
    return new Promise((resolve, reject) => {
      const outgoing = send({
        method,
        path,
        hostname: hostname === 'localhost' ? '127.0.0.1' : hostname,
        port,
        ...(this.socketPath === undefined ? {} : { socketPath: this.socketPath }),
        agent: false,
        signal: AbortSignal.timeout(limitMs),
        headers: {
          ...(this.key ? { authorization: `Bearer ${this.key}` } : {}),
          ...(bytes ? { 'content-type': 'application/json', 'content-length': String(bytes.length) } : {}),
          ...headers,
        },
      });
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('error', reject);
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const answer = {
            status: response.statusCode!,
            headers: response.headers,
            text,
            json: parsed(text),
            afterMs: performance.now() - startedMs,
          };
          const contentType = response.headers['content-type'];
          const fault = undocumented({ method, path, contentType, status: answer.status, json: answer.json });
          if (fault) reject(new Error(`docs/openapi.json: ${fault}\n${text.slice(0, 500)}`));
          else resolve(answer);
        });
      });
      outgoing.end(bytes);
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
