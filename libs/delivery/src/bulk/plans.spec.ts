import { LARGEST_ID, newId } from '@breakwater/platform';
import { createTestDatabase, ownerPool, type TestDatabase } from '@breakwater/testing/database.js';
import { ListeningDatabase } from '@breakwater/testing/listening-database.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BulkSourceStore } from './bulk-source.store.js';

describe('a page of a plan', () => {
  let test: TestDatabase;
  let database: ListeningDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
    database = new ListeningDatabase({ url: test.url, poolMax: 2 });
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    await test.drop();
  });

  it('is read from where the previous one ended, however much lies before it', async () => {
    const store = new BulkSourceStore(database);
    const read = { filter: {}, as: null };
    const id = newId();
    const owner = ownerPool(test.url, 1);
    await owner.query(
      `INSERT INTO webhook_dead_letter_queue (id, app_id, capability, payload, attempts, delivery_id, endpoint_id,
         category, reason)
       SELECT gen_random_uuid(), 'a', 'c', '', 1, gen_random_uuid(), gen_random_uuid(), 'RETRYABLE', 'exhausted'
       FROM generate_series(1, 20000)`,
    );
    await owner.query('ANALYZE webhook_dead_letter_queue');
    await owner.end();
    expect(await store.deadLetters('delivery', { ...read, after: LARGEST_ID })).toEqual([]);
    expect(await store.waiting({ ...read, after: { endpointId: id, id }, until: id })).toEqual([]);
    const conditions = await Promise.all(
      database.texts.map(async (text) => {
        const rows = await database.query<{ 'QUERY PLAN': string }>({
          text: `EXPLAIN (GENERIC_PLAN, COSTS OFF) ${text}`,
        });
        const lines = rows.map((row) => row['QUERY PLAN']);
        expect(lines.filter((line) => /->\s+Sort$/.test(line))).toEqual([]);
        return lines.filter((line) => line.includes('Index Cond'));
      }),
    );
    expect(conditions[0]).toHaveLength(1);
    expect(conditions[0]![0]).toContain('(id > COALESCE($1');
    expect(conditions[1]!.length).toBeGreaterThan(0);
    for (const condition of conditions[1]!)
      expect(condition).toContain('(ROW(endpoint_id, id) > ROW(COALESCE($1');
  });
});
