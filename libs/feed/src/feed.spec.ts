import { Database, newId } from '@breakwater/platform';
import { eventually } from '@breakwater/testing/eventually.js';
import { transactionsOver } from '@breakwater/testing/transactions-over.js';
import { World } from '@breakwater/testing/world.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { beginningOf, formatCursor, parseCursor, type Position } from './cursor.js';
import { FeedAudience, type Dropped } from './feed-audience.service.js';
import { FeedHistory } from './feed-history.service.js';
import { FeedHub } from './feed-hub.service.js';
import { FeedReader } from './feed-reader.service.js';
import { FeedStore } from './feed.store.js';
import type { Gap } from './gap.js';
import type { FeedItem } from './item.js';
import type { Scope } from './scope.js';

const GLOBAL: Scope = { kind: 'global' };
const ofApp = (appId: string): Scope => ({ kind: 'app', appId });

/** Connections that keep what they are sent; one that does not read leaves it pending. */
class Connections extends FeedAudience {
  readonly items = new Map<string, FeedItem[]>();
  readonly gaps: Gap[] = [];
  readonly dropped = new Map<string, Dropped>();
  readonly stalled = new Set<string>();
  private readonly pending = new Map<string, number>();

  send(ids: readonly string[], items: readonly FeedItem[]): void {
    for (const id of ids) {
      this.items.set(id, [...this.of(id), ...items]);
      if (this.stalled.has(id)) this.pending.set(id, this.pendingBytes(id) + JSON.stringify(items).length);
    }
  }
  sendGap(_id: string, gap: Gap): void {
    this.gaps.push(gap);
  }
  pendingBytes(id: string): number {
    return this.pending.get(id) ?? 0;
  }
  drop(id: string, why: Dropped): void {
    this.dropped.set(id, why);
  }
  of(id: string): FeedItem[] {
    return this.items.get(id) ?? [];
  }
}

/** Remembers the statements that run. */
class Listening extends Database {
  readonly texts: string[] = [];

  override query: Database['query'] = async (statement, values) => {
    this.texts.push(statement.text);
    return super.query(statement, values);
  };
}

interface Process {
  hub: FeedHub;
  reader: FeedReader;
  connections: Connections;
}

describe('the feed', () => {
  let world: World;
  const hubs: FeedHub[] = [];
  beforeAll(async () => {
    world = await World.start();
  });
  // What earlier tests wrote is not shown to a watcher of this one.
  beforeEach(() => transactionsOver((text) => world.rows(text)));
  afterEach(() => hubs.splice(0).forEach((hub) => hub.onModuleDestroy()));
  afterAll(() => world.stop());

  function start(env: Record<string, string> = {}, database: Database = world.database): Process {
    const store = new FeedStore(database);
    const config = world.config(env);
    const connections = new Connections();
    const reader = new FeedReader(store);
    const hub = new FeedHub(reader, new FeedHistory(store, config), connections, config);
    hubs.push(hub);
    return { hub, reader, connections };
  }

  /** Attempts, all of one transaction. @returns their deliveries */
  async function attempts(
    count: number,
    { app = 'shop', next = 'done', database = world.db } = {},
  ): Promise<string[]> {
    const { rows } = await database.query<{ delivery_id: string }>(
      `INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, duration_ms, outcome, next)
       SELECT gen_random_uuid(), 1, $1, gen_random_uuid(), 'report', now(), 5, 'delivered', $2
       FROM generate_series(1, $3) RETURNING delivery_id`,
      [app, next, count],
    );
    return rows.map((row) => row.delivery_id);
  }
  const idsOf = (items: readonly FeedItem[]): string[] => items.map(({ id }) => id);
  const now = async (): Promise<Position> => {
    const { horizon, nowS } = await new FeedStore(world.database).now();
    return beginningOf(horizon, nowS);
  };

  it('shows a watcher what happens from now on, and nobody anything after that', async () => {
    await attempts(3);
    await transactionsOver((text) => world.rows(text));
    const { hub, reader, connections } = start();
    await hub.watch('a', GLOBAL, null);
    const ids = await attempts(5);
    await eventually(() => connections.of('a').length >= 5);
    expect(idsOf(connections.of('a')).toSorted()).toEqual(ids.toSorted());
    hub.unwatch('a');
    expect(reader.position).toBeNull();
  });

  it('has an item for each thing that happens to an event, a call and a delivery', async () => {
    const { hub, connections } = start();
    await hub.watch('a', GLOBAL, null);
    const [endpoint, call, unsent, dead, event] = [newId(), newId(), newId(), newId(), newId()];
    await world.rows(`INSERT INTO apps (id, name, owner_email, base_url, manifest_version)
      VALUES ('shop', 'Shop', 'a@b.example', 'https://b.example', 1)
      ON CONFLICT DO NOTHING`);
    await world.rows(
      `INSERT INTO endpoints (id, app_id, capability, kind, async, url) VALUES ($1, 'shop', 'report', 'capability', true,
         'https://shop.example/hook?token=x')`,
      endpoint,
    );
    await world.rows(
      `INSERT INTO events (id, app_id, body, content_type, request_id, type, fan_out_at)
       VALUES ($1, 'shop', '{}', 'application/json', 'r', 'order.created', now())`,
      event,
    );
    const delivery = `INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, content_type,
      timeout_ms, status, next_attempt_at, finished_at, fallback_reason, event_id, event_type, attempts) VALUES`;
    await world.rows(
      `${delivery} ($1, 'shop', $2, 'report', 'invocation', 'async', 'r', '', 'x', 1, 'pending', now(), NULL, NULL, NULL, NULL, 0)`,
      call,
      endpoint,
    );
    await world.rows(
      `${delivery} ($1, 'shop', $2, 'report', 'invocation', 'sync', 'r', '', 'x', 1, 'fallback', NULL, now(), 'circuit_open', NULL, NULL, 0)`,
      unsent,
      endpoint,
    );
    // Of an event: not received, because its event is.
    await world.rows(
      `${delivery} ($1, 'shop', $2, 'endpoint:x', 'event', 'async', 'r', '', 'x', 1, 'dead_letter', NULL, now(), NULL, $3, 'order.created', 1)`,
      dead,
      endpoint,
      event,
    );
    await world.rows(
      `INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, duration_ms, outcome, next, error)
       VALUES ($1, 1, 'shop', $2, 'endpoint:x', now(), 5, 'http_error', 'retry', 'http 500')`,
      dead,
      endpoint,
    );
    await world.rows(
      `INSERT INTO webhook_dead_letter_queue (id, app_id, capability, payload, error, attempts, delivery_id, endpoint_id, category, reason)
       VALUES ($1, 'shop', 'endpoint:x', '', 'its circuit breaker stayed open', 1, $1, $2, 'RETRYABLE', 'circuit_open')`,
      dead,
      endpoint,
    );
    await eventually(() => connections.of('a').length >= 6);
    const common = {
      projectId: 'shop',
      method: 'POST',
      receivedAt: expect.any(Date),
      cursor: expect.any(String),
    };
    const targetUrl = 'https://shop.example/hook';
    expect(connections.of('a')).toMatchObject([
      { ...common, id: event, eventId: event, status: 'received', eventType: 'order.created' },
      { ...common, id: call, status: 'received', eventType: 'report', targetUrl, retryCount: 0 },
      { ...common, id: unsent, status: 'received' },
      { ...common, id: unsent, status: 'failed', errorMessage: 'circuit_open' },
      {
        ...common,
        id: dead,
        status: 'retrying',
        eventId: event,
        eventType: 'order.created',
        errorMessage: 'http 500',
      },
      {
        ...common,
        id: dead,
        status: 'dlq',
        errorMessage: 'its circuit breaker stayed open',
        deliveryId: dead,
      },
    ]);
    expect(connections.of('a')).toHaveLength(6);
  });

  it('shows a delivery that its last attempt ended as one item, not two', async () => {
    const { hub, connections } = start();
    await hub.watch('a', GLOBAL, null);
    await world.rows(
      `WITH tried AS (
         INSERT INTO attempts (delivery_id, number, app_id, endpoint_id, capability, started_at, outcome, next)
         VALUES (gen_random_uuid(), 3, 'shop', gen_random_uuid(), 'report', now(), 'http_error', 'dead') RETURNING *)
       INSERT INTO webhook_dead_letter_queue (id, app_id, capability, payload, attempts, delivery_id, endpoint_id, category, reason)
       SELECT delivery_id, 'shop', 'report', '', number, delivery_id, endpoint_id, 'RETRYABLE', 'exhausted' FROM tried`,
    );
    const [last] = await attempts(1);
    await eventually(() => idsOf(connections.of('a')).includes(last!));
    expect(connections.of('a')).toMatchObject([{ status: 'dlq', retryCount: 2 }, { id: last }]);
  });

  it('leaves nothing out when transactions end in another order than they began', async () => {
    const { hub, connections } = start();
    const cursor = parseCursor(await hub.watch('a', GLOBAL, null))!;
    const slow = await world.db.connect();
    await slow.query('BEGIN');
    const first = await attempts(1, { database: slow as unknown as typeof world.db });
    const second = await attempts(1);
    // The later one is committed and waits for the earlier one: their order is the same for every reader.
    expect((await new FeedStore(world.database).read(cursor, null, 10)).placed).toEqual([]);
    await slow.query('COMMIT');
    slow.release();
    await eventually(() => connections.of('a').length >= 2);
    expect(idsOf(connections.of('a'))).toEqual([...first, ...second]);
  });

  it('gives each watcher each item once and in the same order, whichever process it comes back to', async () => {
    const processes = [start({}, world.node()), start({}, world.node())] as const;
    await processes[0].hub.watch('steady', GLOBAL, null);
    let cursor = await processes[0].hub.watch('moving-0', GLOBAL, null);
    const moved: FeedItem[] = [];
    const written: string[] = [];
    const writers = Array.from({ length: 5 }, async (_, n) => {
      for (let round = 0; round < 30; round++) written.push(...(await attempts(3 + n)));
    });
    for (let move = 1; move < 12; move++) {
      const from = processes[(move + 1) % 2]!;
      await eventually(() => from.connections.of(`moving-${move - 1}`).length > 0 || written.length > 700);
      from.hub.unwatch(`moving-${move - 1}`);
      moved.push(...from.connections.of(`moving-${move - 1}`));
      cursor = moved.at(-1)?.cursor ?? cursor;
      await processes[move % 2]!.hub.watch(`moving-${move}`, GLOBAL, parseCursor(cursor));
    }
    await Promise.all(writers);
    const last = processes[1].connections;
    await eventually(() => processes[0].connections.of('steady').length >= written.length);
    await eventually(() => moved.length + last.of('moving-11').length >= written.length);
    const steady = idsOf(processes[0].connections.of('steady'));
    expect(steady.toSorted()).toEqual(written.toSorted());
    expect(idsOf([...moved, ...last.of('moving-11')])).toEqual(steady);
  });

  it('hands 50,000 items out in order to a watcher that was away', async () => {
    const { hub, connections } = start();
    const cursor = await now();
    const written = new Set<string>();
    for (let n = 0; n < 50; n++) for (const id of await attempts(1_000)) written.add(id);
    await hub.watch('back', GLOBAL, cursor);
    const [live] = await attempts(1);
    written.add(live!);
    await eventually(() => connections.of('back').length >= written.size);
    const items = connections.of('back');
    expect(new Set(idsOf(items))).toEqual(written);
    expect(items).toHaveLength(written.size);
    expect(connections.gaps).toEqual([]);
    // Going on from an item in the middle of a transaction repeats nothing.
    await hub.watch('middle', GLOBAL, parseCursor(items[25_499]!.cursor));
    await eventually(() => connections.of('middle').length >= written.size - 25_500);
    expect(idsOf(connections.of('middle'))).toEqual(idsOf(items.slice(25_500)));
  });

  it('says in one line how many items were skipped, and goes on with the newest', async () => {
    const { hub, connections } = start({ FEED_RESUME_MAX: '1000' });
    const cursor = await now();
    const written: string[] = [];
    for (let n = 0; n < 20; n++) written.push(...(await attempts(100, { app: n % 2 ? 'shop' : 'quiz' })));
    await attempts(234, { app: 'quiz' });
    await hub.watch('global', GLOBAL, cursor);
    await eventually(() => connections.of('global').length > 0);
    const got = (): number => connections.of('global').length;
    await eventually(() => got() + connections.gaps[0]!.skipped! >= 2_234);
    expect(got() + connections.gaps[0]!.skipped!).toBe(2_234);
    expect(got()).toBeLessThanOrEqual(1_000);
    expect(connections.gaps).toMatchObject([
      { reason: 'too_many', detail: expect.stringContaining('were skipped') },
    ]);
    // Of one app there are fewer.
    await hub.watch('app', ofApp('shop'), cursor);
    await eventually(() => connections.of('app').length >= 1_000);
    expect(connections.gaps).toHaveLength(1);
  });

  it('shows a watcher of an app nothing of another', async () => {
    const { hub, connections } = start();
    const cursor = await now();
    await attempts(3, { app: 'quiz' });
    await hub.watch('live', ofApp('shop'), null);
    await hub.watch('back', ofApp('shop'), cursor);
    await attempts(3, { app: 'quiz' });
    const ids = await attempts(2, { app: 'shop' });
    await eventually(() => ['live', 'back'].every((id) => connections.of(id).length >= 2));
    for (const id of ['live', 'back']) expect(idsOf(connections.of(id)).toSorted()).toEqual(ids.toSorted());
  });

  it('drops a watcher that does not read, and gives the others everything', async () => {
    const { hub, connections } = start({ FEED_BUFFER_BYTES: '65536' });
    connections.stalled.add('stalled');
    await hub.watch('stalled', GLOBAL, null);
    await hub.watch('reading', GLOBAL, null);
    const ids = [...(await attempts(200)), ...(await attempts(200))];
    await eventually(() => connections.dropped.has('stalled') && connections.of('reading').length >= 400);
    const { reason, cursor } = connections.dropped.get('stalled')!;
    expect(reason).toBe('slow_reader');
    const had = connections.of('stalled');
    await attempts(1);
    await eventually(() => connections.of('reading').length >= 401);
    expect(connections.of('stalled')).toHaveLength(had.length);
    // The cursor leads to what it did not get.
    await hub.watch('again', GLOBAL, parseCursor(cursor));
    await eventually(() => had.length + connections.of('again').length >= 401);
    expect(
      idsOf([...had, ...connections.of('again')])
        .slice(0, 400)
        .toSorted(),
    ).toEqual(ids.toSorted());
  });

  it('goes on with what happens now after a cursor of another database', async () => {
    const { hub, connections } = start();
    await hub.watch('a', GLOBAL, beginningOf(2 ** 40, 0));
    await eventually(() => connections.gaps.length > 0);
    expect(connections.gaps).toMatchObject([{ skipped: null, reason: 'other_database' }]);
    const ids = await attempts(1);
    await eventually(() => connections.of('a').length > 0);
    expect(idsOf(connections.of('a'))).toEqual(ids);
  });

  it('says that a cursor is older than what is kept', async () => {
    const { hub, connections } = start();
    const { transaction, atS } = await now();
    await hub.watch('a', GLOBAL, beginningOf(transaction, atS - 31 * 86_400));
    await eventually(() => connections.gaps.length > 0);
    expect(connections.gaps).toMatchObject([{ skipped: null, reason: 'expired' }]);
  });

  it('continues after the connections to the database were lost, and leaves nothing out', async () => {
    const { hub, connections } = start();
    const cursor = await hub.watch('a', GLOBAL, null);
    const before = await attempts(2);
    await world.rows(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'breakwater'`,
    );
    const after = await attempts(2);
    await eventually(() => connections.of('a').length >= 4);
    expect(idsOf(connections.of('a')).toSorted()).toEqual([...before, ...after].toSorted());
    expect(formatCursor(parseCursor(cursor)!)).toBe(cursor);
  });

  it('is read by index, from the place of the cursor on', async () => {
    const database = new Listening({ url: world.databaseUrl, poolMax: 1 });
    world.endsWith(() => database.onApplicationShutdown());
    const store = new FeedStore(database);
    await store.read(await now(), null, 10);
    await store.placeBeforeNewest(await now(), null, 10);
    await store.count(await now(), await now(), null);
    for (const text of database.texts.filter((sql) => sql.includes('$6'))) {
      const rows = await database.query<{ 'QUERY PLAN': string }>({
        text: `EXPLAIN (GENERIC_PLAN, COSTS OFF) ${text}`,
      });
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan.match(/Seq Scan on \w+/g) ?? []).toEqual([]);
      for (const table of ['events', 'captures', 'deliveries', 'attempts', 'webhook_dead_letter_queue'])
        expect(plan).toMatch(
          new RegExp(
            `Index (Only )?Scan( Backward)? using ${table}_\\w*recorded_in_idx.*\\n\\s+Index Cond: \\(+.*recorded_in >= \\$1`,
          ),
        );
    }
  });
});
