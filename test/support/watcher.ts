import { io, type Socket } from 'socket.io-client';

export interface Item {
  id: string;
  projectId: string | null;
  status: string;
  eventType: string;
  retryCount: number;
  deliveryId?: string;
  eventId?: string;
  cursor: string;
}

interface Answer {
  ok: boolean;
  code?: string;
  cursor?: string;
}

/** A client of the live feed, which keeps everything it gets, over all its connections. */
export class Watcher {
  readonly items: Item[] = [];
  readonly gaps: { skipped: number | null; reason: string; detail: string }[] = [];
  readonly dropped: { reason: string; cursor: string }[] = [];
  readonly disconnects: string[] = [];
  cursor: string | undefined;
  socket: Socket | undefined;

  constructor(
    private readonly apiKey: string,
    private readonly scope: unknown = 'global',
    /** The authority of a balancer's certificate. */
    private readonly ca?: string,
  ) {}

  /** Connects to an api and goes on from its cursor. */
  async connect(api: { url: string }): Promise<Answer> {
    this.disconnect();
    const socket = io(api.url.replace('localhost', '127.0.0.1'), {
      path: '/ws',
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { apiKey: this.apiKey },
      ...(this.ca === undefined ? {} : { ca: this.ca }),
    });
    this.socket = socket;
    socket.on('feed.items', ({ items }: { items: Item[] }) => {
      this.items.push(...items);
      this.cursor = items.at(-1)!.cursor;
    });
    socket.on('feed.gap', (gap: Watcher['gaps'][number]) => this.gaps.push(gap));
    socket.on('feed.dropped', (why: Watcher['dropped'][number]) => this.dropped.push(why));
    socket.on('disconnect', (reason) => this.disconnects.push(reason));
    await new Promise<void>((resolve, reject) => {
      socket.once('ready', resolve);
      socket.once('connect_error', reject);
      socket.once('disconnect', (reason) => reject(new Error(reason)));
    });
    return this.subscribe({ scope: this.scope, cursor: this.cursor });
  }

  async subscribe(body: unknown): Promise<Answer> {
    const answer = (await this.socket!.timeout(30_000).emitWithAck('feed.subscribe', body)) as Answer;
    if (answer.ok) this.cursor ??= answer.cursor;
    return answer;
  }

  /** The network takes no more bytes for this client, and gives none; or does again. */
  read(does: boolean): void {
    const { transport } = this.socket!.io.engine as unknown as {
      transport: { ws: { _socket: { pause(): void; resume(): void } } };
    };
    if (does) transport.ws._socket.resume();
    else transport.ws._socket.pause();
  }

  disconnect(): void {
    this.socket?.disconnect();
  }
}
