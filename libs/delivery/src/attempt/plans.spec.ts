import { configFrom, Database, newId } from '@breakwater/platform';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AcceptStore } from '../accept/accept.store.js';
import { EventBodies } from '../events/event-bodies.service.js';
import { EventBodyStore } from '../events/event-body.store.js';
import { ClaimStore } from './claim.store.js';
import { FinishStore } from './finish.store.js';
import { WindowStore } from './window.store.js';

/** Remembers the text of each prepared statement that runs. */
class Listening extends Database {
  readonly prepared = new Map<string, string>();

  override query: Database['query'] = async (statement, values) => {
    if (statement.name) this.prepared.set(statement.name, statement.text);
    return super.query(statement, values);
  };
}

describe('the plan of a hot statement, made while its tables are empty and kept', () => {
  let test: TestDatabase;
  let database: Listening;

  beforeAll(async () => {
    test = await createTestDatabase();
    database = new Listening({ url: test.url, poolMax: 2 });
    const config = configFrom({
      DATABASE_URL: test.url,
      ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
    });
    const id = newId();
    const finishes = new FinishStore(database, config);
    const over = {
      deliveryId: id,
      token: id,
      endpointId: id,
      delayMs: null,
      timeoutMs: 1000,
      maxAttempts: 3,
    };
    await new AcceptStore(database, config).accept({
      id,
      appId: 'a',
      endpointId: id,
      capability: 'c',
      kind: 'event',
      eventType: null,
      requestId: 'r',
      body: Buffer.from('{}'),
      contentType: 'application/json',
      timeoutMs: 1000,
      traceParent: null,
      maxAttempts: 3,
    });
    await new ClaimStore(database, new EventBodies(new EventBodyStore(database)), config).claim(id);
    await new WindowStore(database, config).promote(id);
    await finishes.finish({ ...over, attempt: null, status: 'completed', next: 'done', dead: null });
    await finishes.postpone({ ...over, delayMs: 1, reason: 'circuit_open' });
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    await test.drop();
  });

  /** The statement inside the function `claim_deliveries`, with its arguments as parameters. */
  async function claiming(): Promise<string> {
    const [row] = await database.query<{ prosrc: string }>({
      text: `SELECT prosrc FROM pg_proc WHERE proname = 'claim_deliveries'`,
    });
    const statement = /RETURN QUERY([\s\S]*?);\s*END/.exec(row!.prosrc)![1]!;
    const parameters = {
      wanted: 'uuid[]',
      next_of: 'uuid[]',
      margin_ms: 'integer',
      held: 'uuid[]',
      rooms: 'integer[]',
      room_of_others: 'integer',
      app_ids: 'varchar[]',
      app_rooms: 'integer[]',
      room_of_other_apps: 'integer',
      started: 'timestamptz',
    };
    return Object.entries(parameters).reduce(
      (text, [name, type], n) => text.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), `$${n + 1}::${type}`),
      statement.replaceAll(/--.*/g, ''),
    );
  }

  it.each(['accept', 'claim', 'promote', 'finish', 'postpone'])(
    '%s looks up deliveries by a key, however many there are',
    async (name) => {
      const text = name === 'claim' ? await claiming() : database.prepared.get(name);
      expect(text).toBeDefined();
      const rows = await database.query<{ 'QUERY PLAN': string }>({
        text: `EXPLAIN (GENERIC_PLAN, COSTS OFF) ${text}`,
      });
      const lines = rows.map((row) => row['QUERY PLAN']);
      const scans = lines.flatMap((line, n) =>
        /Scan.* on deliveries_\S+/.test(line) ? [{ scan: line.trim(), by: lines[n + 1]?.trim() }] : [],
      );
      expect(scans.length).toBeGreaterThan(0);
      for (const { scan, by } of scans) {
        expect({ scan, by }).toEqual({
          scan: expect.stringMatching(/^->\s+Index/),
          by: expect.stringMatching(/^Index Cond/),
        });
      }
    },
  );

  it('counts the window of an endpoint by its own index, not by the index of the whole backlog', async () => {
    for (const name of ['accept', 'promote']) {
      const rows = await database.query<{ 'QUERY PLAN': string }>({
        text: `EXPLAIN (GENERIC_PLAN, COSTS OFF) ${database.prepared.get(name)}`,
      });
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(
        /endpoint_id_enqueued_at_idx on deliveries/,
      );
    }
  });
});
