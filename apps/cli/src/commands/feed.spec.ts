import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../run.js';

/** The feed's side of the protocol, as the test plays it. */
class CannedFeed {
  readonly subscribed: unknown[] = [];
  out: string[] = [];
  err: string[] = [];
  url = '';
  /** What happens after the subscription of a connection, in turn. */
  plays: ((socket: Socket) => void)[] = [];
  answer: object = { ok: true, cursor: 'c0' };
  private readonly http = createServer();
  private readonly io = new Server(this.http, { path: '/ws', transports: ['websocket'] });

  async start(): Promise<void> {
    this.io.on('connection', (socket) => {
      const { apiKey } = socket.handshake.auth as { apiKey?: string };
      if (apiKey !== 'bw_test') {
        socket.emit('refused', { code: 'UNAUTHENTICATED' });
        return void socket.disconnect(true);
      }
      socket.on('feed.subscribe', (body: unknown, reply: (answer: object) => void) => {
        this.subscribed.push(body);
        reply(this.answer);
        this.plays.shift()?.(socket);
      });
      socket.emit('ready');
    });
    await new Promise<void>((resolve) => this.http.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  stop(): void {
    void this.io.close();
  }

  forget(): void {
    this.subscribed.length = 0;
    [this.out, this.err, this.plays] = [[], [], []];
    this.answer = { ok: true, cursor: 'c0' };
  }

  breakwater(...args: string[]): Promise<number> {
    return this.with('bw_test', ...args);
  }

  with(key: string, ...args: string[]): Promise<number> {
    const output = { out: (line: string) => this.out.push(line), err: (line: string) => this.err.push(line) };
    return run(['--url', this.url, '--key', key, ...args], output);
  }
}

const item = (n: number, more: object = {}): object => ({
  id: `0190a0a0-0000-7000-8000-${String(n).padStart(12, '0')}`,
  projectId: 'shop',
  method: 'POST',
  receivedAt: '2026-11-30T10:00:00.000Z',
  status: 'forwarded',
  at: '2026-11-30T10:00:00.123Z',
  retryCount: 0,
  eventType: 'order.created',
  targetUrl: 'https://shop.example/hook',
  deliveryId: `0190a0a0-0000-7000-8000-${String(n).padStart(12, '0')}`,
  cursor: `c${n}`,
  ...more,
});
const sends =
  (...items: object[]) =>
  (socket: Socket): void =>
    void socket.emit('feed.items', { items });

describe('the feed on the command line', () => {
  const feed = new CannedFeed();
  beforeAll(() => feed.start());
  beforeEach(() => feed.forget());
  afterAll(() => feed.stop());

  it('is a line for each item, and ends after as many as were asked for', async () => {
    feed.plays = [
      sends(item(1), item(2, { status: 'retrying', retryCount: 1, errorMessage: 'http 500' }), item(3)),
    ];
    expect(await feed.breakwater('feed', '--limit', '2')).toBe(0);
    expect(feed.out).toEqual([
      '10:00:00.123  forwarded  shop          order.created       …000000000001  https://shop.example/hook',
      '10:00:00.123  retrying   shop          order.created       …000000000002  retry 1 http 500',
    ]);
    expect(feed.subscribed).toEqual([{ scope: 'global' }]);
  });

  it('has lines of at most 100 columns, without anything that a terminal acts on', async () => {
    const long = {
      projectId: 'x'.repeat(255),
      eventType: 'y'.repeat(255),
      errorMessage: `\u001b[2J${'z'.repeat(500)}`,
    };
    feed.plays = [
      sends(item(1, { ...long, status: 'dlq' }), item(2, { projectId: null, deliveryId: undefined })),
    ];
    await feed.breakwater('feed', '--limit', '2');
    for (const line of feed.out) expect(line).toMatch(/^[\P{Cc}]{60,100}$/u);
    expect(feed.out[1]).toContain('platform');
  });

  it('is of one app, and goes on after a cursor', async () => {
    feed.plays = [sends(item(8))];
    await feed.breakwater('feed', '--app', 'shop', '--since', 'c7', '--limit', '1');
    expect(feed.subscribed).toEqual([{ scope: { appId: 'shop' }, cursor: 'c7' }]);
  });

  it('connects again with the cursor of its last item, or of its subscription', async () => {
    feed.plays = [
      (socket) => socket.disconnect(true),
      (socket) => {
        socket.emit('feed.items', { items: [item(1)] });
        socket.disconnect(true);
      },
      sends(item(2)),
    ];
    expect(await feed.breakwater('feed', '--json', '--limit', '2')).toBe(0);
    expect(feed.subscribed).toMatchObject([{ scope: 'global' }, { cursor: 'c0' }, { cursor: 'c1' }]);
    expect(feed.out.map((line) => (JSON.parse(line) as { cursor: string }).cursor)).toEqual(['c1', 'c2']);
    expect(feed.err).toHaveLength(2);
    expect(feed.err[0]).toContain('connection lost');
  });

  it('says in one line what was skipped, and why it was dropped', async () => {
    const gap = { skipped: 31_204, reason: 'too_many', detail: '31,204 items were skipped' };
    const play = (socket: Socket): void => {
      socket.emit('feed.gap', gap);
      socket.emit('feed.dropped', { reason: 'slow_reader', detail: 'it did not read', cursor: 'c1' });
      socket.emit('feed.items', { items: [item(1)] });
    };
    feed.plays = [play, play];
    await feed.breakwater('feed', '--limit', '1');
    expect(feed.out[0]).toBe('-- 31,204 items were skipped');
    expect(feed.err).toEqual(['it did not read']);
    await feed.breakwater('feed', '--limit', '1', '--json');
    expect(JSON.parse(feed.out[2]!)).toEqual({ gap });
  });

  it('shows of deliveries only those with the statuses that were asked for', async () => {
    feed.plays = [
      sends(
        item(1),
        item(2, { status: 'dlq' }),
        item(3, { status: 'received', deliveryId: undefined }),
        item(4, { status: 'retrying' }),
      ),
    ];
    expect(await feed.breakwater('deliveries', 'tail', '--status', 'dlq, retrying', '--limit', '2')).toBe(0);
    expect(feed.out.map((line) => line.slice(14, 23).trim())).toEqual(['dlq', 'retrying']);
  });

  it.each([
    ['an unknown status', ['deliveries', 'tail', '--status', 'lost'], 'not "lost"'],
    ['a limit that is no number', ['feed', '--limit', 'x'], 'whole number'],
  ])('is wrongly used with %s', async (_, args, text) => {
    expect(await feed.breakwater(...args)).toBe(2);
    expect(feed.err.join('\n')).toContain(text);
  });

  it('ends at once for a key that may not watch', async () => {
    expect(await feed.with('bw_other', 'feed')).toBe(4);
    expect(feed.err.join('\n')).toContain('UNAUTHENTICATED');
    feed.answer = { ok: false, code: 'FORBIDDEN', detail: 'it needs a key with scope admin' };
    expect(await feed.breakwater('feed', '--app', 'shop')).toBe(4);
    expect(feed.err.join('\n')).toContain('it needs a key with scope admin (FORBIDDEN)');
    expect(await feed.breakwater('feed')).toBe(4);
    expect(feed.err.at(-1)).toContain('name an app by --app (FORBIDDEN)');
  });

  it('tries again when the feed cannot be read at the moment, and says so once', async () => {
    feed.answer = { ok: false, code: 'DATABASE_UNAVAILABLE', detail: 'not now' };
    feed.plays = [() => undefined, () => (feed.answer = { ok: true, cursor: 'c0' }), sends(item(1))];
    expect(await feed.breakwater('feed', '--limit', '1')).toBe(0);
    expect(feed.out).toHaveLength(1);
    expect(feed.err).toEqual(['connection lost (not now), connecting again']);
  });

  it('says where nothing answers', async () => {
    const nowhere = await run(['--url', 'http://127.0.0.1:9', 'feed'], {
      out: (line) => feed.out.push(line),
      err: (line) => feed.err.push(line),
    });
    expect(nowhere).toBe(1);
    expect(feed.err.join('\n')).toContain('cannot reach http://127.0.0.1:9');
  });
});
