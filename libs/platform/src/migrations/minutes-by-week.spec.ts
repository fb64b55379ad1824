import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../../../test/support/build.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';

const file = (name: string): string =>
  readFileSync(join(root, 'prisma/migrations/20261127000550_minutes_by_week', name), 'utf8');

describe('counts by the minute, when their partitions change from days to weeks', () => {
  let test: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    test = await createTestDatabase();
    client = new pg.Client({ connectionString: test.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await test.drop();
  });

  const partitions = async (): Promise<number> =>
    Number(
      (
        await client.query<{ count: string }>(
          `SELECT count(*) FROM pg_inherits WHERE inhparent = 'metric_minutes'::regclass`,
        )
      ).rows[0]!.count,
    );
  const rows = async (): Promise<unknown[]> =>
    (await client.query('SELECT app_id, at, calls, buckets FROM metric_minutes ORDER BY at')).rows;

  it('stay as they are, back and forth', async () => {
    await client.query(
      `INSERT INTO metric_minutes (app_id, capability, at, calls, successes, timeouts, ended, ended_attempts, buckets, counts)
       SELECT 'quiz', '', date_trunc('minute', now()) - make_interval(days => days), days + 401, 0, 0, 0, 0, '{7}', '{1}'
       FROM unnest(ARRAY[-400, 0, 1, 2, 3, 20, 400]) AS days`,
    );
    const before = await rows();
    expect(before).toHaveLength(7);
    const byWeek = await partitions();
    await client.query(file('down.sql'));
    expect(await rows()).toEqual(before);
    expect(await partitions()).toBeGreaterThan(byWeek);
    await client.query(file('migration.sql'));
    expect(await rows()).toEqual(before);
    expect(await partitions()).toBeLessThan(10);
  });
});
