import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { run } from './run.js';

export interface Recorded {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export const KEY = 'bw_test';

export const page = (...items: object[]): object => ({ items, nextCursor: null });

/**
 * A real HTTP server that sends the answers it was given, records its requests, and runs the command line against
 * itself.
 */
export class CannedApi {
  answer = { status: 200, body: '' };
  /** Given before `answer`, in their order. */
  private inTurn: { status: number; body: string }[] = [];
  requests: Recorded[] = [];
  out: string[] = [];
  err: string[] = [];
  url = '';
  private readonly server: Server = createServer((request, response) => {
    void text(request).then((body) => {
      this.requests.push({ method: request.method!, path: request.url!, headers: request.headers, body });
      const { status, body: answered } = this.inTurn.shift() ?? this.answer;
      return response.writeHead(status, { 'content-type': 'application/json' }).end(answered);
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
  }

  forget(): void {
    [this.requests, this.out, this.err, this.inTurn] = [[], [], [], []];
  }

  answerWith(body: unknown, status = 200): void {
    this.answer = { status, body: body === undefined ? '' : JSON.stringify(body) };
  }

  /** The last answer is given to all requests that follow. */
  answerInTurn(...bodies: object[]): void {
    this.inTurn = bodies.slice(0, -1).map((body) => ({ status: 200, body: JSON.stringify(body) }));
    this.answerWith(bodies.at(-1));
  }

  refuseWith(part: object = {}, status = 404): void {
    const problem = { title: 'Not found', detail: 'no dead letter "7"', code: 'DEAD_LETTER_NOT_FOUND' };
    this.answerWith({ type: 'urn:x', status, ...problem, ...part }, status);
  }

  breakwater(...args: string[]): Promise<number> {
    return this.bare('--url', this.url, '--key', KEY, ...args);
  }

  /** Without URL and key. */
  bare(...args: string[]): Promise<number> {
    return run(args, { out: (line) => this.out.push(line), err: (line) => this.err.push(line) });
  }
}
