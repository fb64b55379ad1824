import { newId } from '@breakwater/platform';
import { createTestDatabase, ownerPool, type TestDatabase } from '@breakwater/testing/database.js';
import { ListeningDatabase } from '@breakwater/testing/listening-database.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReplayableEventStore } from './replayable-event.store.js';

describe('a page of events to replay', () => {
  let test: TestDatabase;
  let database: ListeningDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
    database = new ListeningDatabase({ url: test.url, poolMax: 2 });
    const owner = ownerPool(test.url, 1);
    await owner.query(
      `INSERT INTO events (id, app_id, type, body, content_type, request_id, directory_version)
       SELECT new_event_id(now() - n * interval '1 s'), 'app-' || n % 10, 'order.created', '{}', 'application/json', 'r', 0
       FROM generate_series(1, 20000) n`,
    );
    await owner.query('ANALYZE events');
    await owner.end();
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    await test.drop();
  });

  it.each([
    ['of all apps', {}],
    ['of one app', { appId: 'app-1' }],
    ['of a range of time', { from: new Date(Date.now() - 3_600_000), to: new Date() }],
  ])('is read from where the previous one ended, without sorting the rest: %s', async (_, range) => {
    const store = new ReplayableEventStore(database);
    await store.page({ types: null, ...range }, { start: newId(), limit: 500, as: null });
    const rows = await database.query<{ 'QUERY PLAN': string }>({
      text: `EXPLAIN (GENERIC_PLAN, COSTS OFF) ${database.texts.at(-1)}`,
    });
    const lines = rows.map((row) => row['QUERY PLAN']);
    expect(lines.filter((line) => /->\s+Sort$/.test(line))).toEqual([]);
    expect(lines.filter((line) => line.includes('Index Cond')).join('\n')).toContain('(id >= $1)');
  });
});
