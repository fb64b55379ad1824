import { setTimeout as delay } from 'node:timers/promises';
import type { Socket } from 'socket.io-client';
import { askSocket, connectSocket } from '../api-socket.service.js';
import { Failure } from '../failures.js';
import type { Gap } from '../feed-stream.service.js';
import { plainText } from '../plain-text.js';
import { isTemporary, socketRefusal } from '../socket-refusal.js';
import type { Request } from './local-call.service.js';
import type { ConnectionState } from './lines.js';
import type { Asked, ListenedItem } from './wanted.js';

/** A call that waits for this machine's answer. */
export interface IncomingCall extends Request {
  webhookId: string;
  capability: string;
  timeoutMs: number;
}

export interface RequestCopy extends Request {
  deliveryId: string;
  endpoint: string;
  eventType: string;
}

/** Who handles what comes. */
export interface Handler {
  /** @returns whether it is one that this listener gets */
  item(item: ListenedItem): boolean;
  /** @returns the acknowledgement of the call */
  call(call: IncomingCall): Promise<unknown>;
  gap(gap: Gap): void;
  state(state: ConnectionState): void;
}

export interface ListenRequest {
  url: string;
  key: string | undefined;
  appId: string | undefined;
  calls: boolean;
  capabilities: readonly string[];
  cursor: string | undefined;
}

interface Refused {
  ok: false;
  code: string;
  detail: string;
}
type Started = { ok: true; listenerId: string; appId: string; renewEveryMs: number } | Refused;
type Subscribed = { ok: true; cursor: string } | Refused;
type Renewed = { ok: true; state: 'answering' | 'later' | 'over'; by?: string } | Refused;
type Copies = { ok: true; isPending: boolean; requests: RequestCopy[] } | Refused;

const CONNECTS_AGAIN_MS = 1_000;
/** A timer that comes later than this was held up by sleep. */
const SLEPT_MS = 20_000;
/** After the first items of a resumed feed the others follow at once; without one for this long it has caught up. */
const CAUGHT_UP_MS = 1_000;
const REFUSED = 'Listening was refused';

/** Keeps a listener connected until `ended` aborts: what happened while it was not is read from its cursor. */
export class ListenConnection {
  cursor: string | undefined;
  private socket: Socket | undefined;
  /** The socket while it listens. */
  private live: Socket | undefined;
  private lostAtMs: number | undefined;
  private lostFor: string | undefined;
  private connected = Promise.withResolvers<Socket>();
  private isReplaced = false;

  constructor(
    private readonly request: ListenRequest,
    private readonly handler: Handler,
    private readonly ended: AbortSignal,
    private readonly now: () => number = Date.now,
  ) {
    this.cursor = request.cursor;
    this.connected.promise.catch(() => undefined);
  }

  /** @throws when the first connection fails, or the key may not listen */
  async run(): Promise<void> {
    this.handler.state({ state: 'connecting', url: this.request.url });
    let wasConnected = false;
    while (!this.ended.aborted) {
      const lost = await this.follow();
      this.socket?.disconnect();
      if (this.ended.aborted) return;
      if (lost.refusal) throw lost.refusal;
      wasConnected ||= lost.wasConnected;
      if (!wasConnected) throw new Failure(`cannot reach ${this.request.url}: ${lost.reason}`);
      this.noteLoss(lost.reason);
      await delay(CONNECTS_AGAIN_MS, undefined, { signal: this.ended }).catch(() => undefined);
    }
  }

  /** The requests of an item; waits for the connection as long as it takes. Null when it ended. */
  async requestsOf(asked: Asked): Promise<RequestCopy[] | null> {
    while (!this.ended.aborted) {
      // Connected, it waits for nothing: what waits at a promise that lasts is kept as long as it.
      const socket = this.live ?? (await Promise.race([this.connected.promise, whenEnded(this.ended)]));
      if (!socket) return null;
      const answer = await askSocket<Copies>(socket, 'listen.requests', asked);
      // Deliveries that are still to be made are shown by their attempts.
      if (answer.ok) return answer.isPending ? [] : answer.requests;
      await delay(CONNECTS_AGAIN_MS, undefined, { signal: this.ended }).catch(() => undefined);
    }
    return null;
  }

  private noteLoss(reason: string): void {
    this.lostAtMs ??= this.now();
    // While it stays lost, the reason is said once.
    if (reason !== this.lostFor)
      this.handler.state({ state: 'lost', reason: plainText(reason), at: new Date(this.now()) });
    this.lostFor = reason;
  }

  /** One connection. @returns why it is over */
  private async follow(): Promise<Lost> {
    const socket = connectSocket(this.request);
    const over = new AbortController();
    this.socket = socket;
    let timer: NodeJS.Timeout | undefined;
    const lost = await new Promise<Lost>((resolve) => {
      let wasConnected = false;
      const lose = (reason: string, refused?: Error): void =>
        resolve({ reason, wasConnected, ...(refused ? { refusal: refused } : {}) });
      this.ended.addEventListener('abort', () => lose('ended'), { once: true, signal: over.signal });
      socket.on('connect_error', (error) => lose(error.message));
      socket.on('disconnect', (reason) => lose(reason));
      socket.on('refused', ({ code }: { code: string }) =>
        lose(code, socketRefusal(REFUSED, { code, detail: 'the key is not accepted' })),
      );
      socket.on('feed.gap', (gap: Gap) => this.handler.gap(gap));
      socket.on('feed.items', ({ items }: { items: ListenedItem[] }) => this.take(items));
      socket.on('listen.call', (call: IncomingCall, reply: (answer: unknown) => void) => {
        void this.handler.call(call).then(reply);
      });
      socket.on('ready', async () => {
        wasConnected = true;
        const begun = await this.begin(socket);
        if (begun.ok) {
          timer = this.renewEvery(socket, begun.renewEveryMs, lose);
          return;
        }
        if (isTemporary(begun)) lose(begun.detail);
        else lose(begun.code, socketRefusal(REFUSED, begun));
      });
    });
    over.abort();
    clearInterval(timer);
    this.live = undefined;
    this.connected = Promise.withResolvers<Socket>();
    this.connected.promise.catch(() => undefined);
    return lost;
  }

  private async begin(socket: Socket): Promise<Started> {
    const { appId: asked, calls, capabilities } = this.request;
    const started = await askSocket<Started>(socket, 'listen.start', {
      appId: asked,
      calls,
      capabilities,
    });
    if (!started.ok) return started;
    const { appId } = started;
    const isResumed = this.lostAtMs !== undefined;
    const body = { scope: { appId }, cursor: this.cursor };
    if (isResumed) this.countMissed(this.now() - this.lostAtMs!);
    else this.handler.state({ state: 'listening', appId, answersCalls: calls });
    const subscribed = await askSocket<Subscribed>(socket, 'feed.subscribe', body);
    if (!subscribed.ok) return subscribed;
    this.cursor ??= subscribed.cursor;
    [this.lostAtMs, this.lostFor] = [undefined, undefined];
    this.live = socket;
    this.connected.resolve(socket);
    return started;
  }

  private missed: { count: number; afterMs: number; timer: NodeJS.Timeout } | undefined;

  /** Items that follow each other closely after the connection are those of the time without it. */
  private countMissed(afterMs: number): void {
    const say = (): void => {
      const { count = 0 } = this.missed ?? {};
      this.missed = undefined;
      this.handler.state({ state: 'resumed', afterMs, missed: count });
    };
    clearTimeout(this.missed?.timer);
    this.missed = { count: this.missed?.count ?? 0, afterMs, timer: setTimeout(say, CAUGHT_UP_MS) };
  }

  private take(items: ListenedItem[]): void {
    for (const item of items) {
      if (this.ended.aborted) return;
      this.cursor = item.cursor;
      const isEvent = this.handler.item(item) && item.deliveryId === undefined;
      if (this.missed && isEvent) this.missed.count++;
    }
    this.missed?.timer.refresh();
  }

  /** Without a renewal the lease ends. A timer that comes much too late says that this machine slept. */
  private renewEvery(socket: Socket, everyMs: number, lose: (reason: string) => void): NodeJS.Timeout {
    let lastMs = this.now();
    return setInterval(() => {
      const sinceMs = this.now() - lastMs;
      lastMs += sinceMs;
      if (sinceMs > everyMs + SLEPT_MS) {
        this.lostAtMs = this.now() - sinceMs;
        this.lostFor = 'asleep';
        this.handler.state({ state: 'slept', forMs: sinceMs });
        return lose('asleep');
      }
      void this.renew(socket, lose);
    }, everyMs);
  }

  private async renew(socket: Socket, lose: (reason: string) => void): Promise<void> {
    const renewed = await askSocket<Renewed>(socket, 'listen.renew', {});
    if (renewed.ok) this.renewed(renewed, lose);
    // Revoked, or not known any more: the next connection tells. A database that is away is waited for.
    else if (renewed.code !== 'DATABASE_UNAVAILABLE') lose(renewed.detail);
  }

  private renewed({ state, by }: Extract<Renewed, { ok: true }>, lose: (reason: string) => void): void {
    if (state === 'over') return lose('the lease ended');
    const isReplaced = state === 'later' && this.request.calls;
    if (isReplaced !== this.isReplaced)
      this.handler.state(isReplaced ? { state: 'replaced', by: by ?? '' } : { state: 'answering' });
    this.isReplaced = isReplaced;
  }
}

interface Lost {
  reason: string;
  wasConnected: boolean;
  /** Trying again gives the same. */
  refusal?: Error;
}

async function whenEnded(ended: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (ended.aborted) resolve(null);
    else ended.addEventListener('abort', () => resolve(null), { once: true });
  });
}
