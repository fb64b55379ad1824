import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One request as it was received. */
export interface ReceivedCall {
  method: string;
  path: string;
  /** 1 for the first on its path. */
  number: number;
  headers: IncomingHttpHeaders;
  /** Names and values by turns, as they came. */
  rawHeaders: string[];
  body: Buffer;
  /** `performance.now()` when its body was complete. */
  atMs: number;
  /** The status of its answer, when it is sent, and `performance.now()` then. */
  answered?: number;
  answeredAtMs?: number;
}

/** `hang` never answers. */
export type Reply = 'hang' | { status?: number; headers?: Record<string, string>; body?: string };
export type Behaviour = Reply | ((call: ReceivedCall) => Reply | Promise<Reply>);

/** An app's HTTP server on 127.0.0.1: keeps what it receives, answers by path, knows its sockets. */
export class TestReceiver {
  readonly calls: ReceivedCall[] = [];
  readonly sockets = new Set<Socket>();
  /** Called for each call when it arrives and when it was answered. */
  onCall: (call: ReceivedCall) => void = () => undefined;
  private readonly behaviours = new Map<string, Behaviour>();
  private readonly inFlight = new Map<string, number>();
  private readonly mostInFlight = new Map<string, number>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const path = request.url ?? '';
        const number = this.callsTo(path).length + 1;
        const call: ReceivedCall = {
          method: request.method ?? '',
          path,
          number,
          headers: request.headers,
          rawHeaders: request.rawHeaders,
          body: Buffer.concat(chunks),
          atMs: performance.now(),
        };
        this.calls.push(call);
        this.onCall(call);
        void this.answer(call, response);
      });
    });
    this.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  /** @param path of a socket in the file system, instead of a free port */
  async listen(path?: string): Promise<this> {
    const at = path === undefined ? { host: '127.0.0.1', port: 0 } : { path };
    await new Promise<void>((resolve) => this.server.listen(at, resolve));
    return this;
  }

  /** Sets the answer of a path; by default 200 `{}`. @returns the path's URL */
  on(path: string, behaviour: Behaviour = {}): string {
    this.behaviours.set(path, behaviour);
    return this.url + path;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  callsTo(path: string): ReceivedCall[] {
    return this.calls.filter((call) => call.path === path);
  }

  /** Milliseconds between the calls of a path. */
  gapsOf(path: string): number[] {
    const times = this.callsTo(path).map(({ atMs }) => atMs);
    return times.slice(1).map((atMs, index) => atMs - times[index]!);
  }

  mostAtOnce(path: string): number {
    return this.mostInFlight.get(path) ?? 0;
  }

  async connections(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(call: ReceivedCall, response: ServerResponse): Promise<void> {
    const { path } = call;
    const now = (this.inFlight.get(path) ?? 0) + 1;
    this.inFlight.set(path, now);
    this.mostInFlight.set(path, Math.max(now, this.mostAtOnce(path)));
    response.on('close', () => this.inFlight.set(path, this.inFlight.get(path)! - 1));
    const behaviour = this.behaviours.get(path) ?? {};
    const reply = typeof behaviour === 'function' ? await behaviour(call) : behaviour;
    if (reply === 'hang') return;
    const { status = 200, headers = { 'content-type': 'application/json' }, body = '{}' } = reply;
    call.answered = status;
    call.answeredAtMs = performance.now();
    this.onCall(call);
    response.writeHead(status, headers).end(body);
  }
}
