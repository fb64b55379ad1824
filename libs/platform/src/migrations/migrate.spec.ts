import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { migrate, pendingMigrations, rollBack, schemaAsSql } from './migrate.service.js';

const columns = `SELECT table_name, column_name, data_type, is_nullable, character_maximum_length, datetime_precision
  FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'
  ORDER BY table_name, column_name`;

describe('migrations', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeEach(async () => {
    database = await createTestDatabase({ empty: true });
    pool = new pg.Pool({ connectionString: database.url });
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
  });

  it('are applied once, however often and from however many processes', async () => {
    const pending = await pendingMigrations(pool);
    expect(pending.length).toBeGreaterThan(0);
    const applied = await Promise.all([migrate(database.url), migrate(database.url)]);
    expect(applied.flat().sort()).toEqual(pending);
    expect(await migrate(database.url)).toEqual([]);
    expect(await pendingMigrations(pool)).toEqual([]);
  });

  it('go back to an empty database and forward again', async () => {
    const applied = await migrate(database.url);
    expect(await rollBack(database.url, applied.length)).toEqual([...applied].reverse());
    expect((await pool.query(columns)).rows).toEqual([]);
    expect(await migrate(database.url)).toEqual(applied);
  });

  it('make the tables that schema.prisma describes', async () => {
    await migrate(database.url);
    const migrated = (await pool.query(columns)).rows;
    const plain = await createTestDatabase({ empty: true });
    const other = new pg.Pool({ connectionString: plain.url });
    await other.query(await schemaAsSql(plain.url));
    const described = (await other.query(columns)).rows;
    await other.end();
    await plain.drop();
    expect(migrated).toEqual(described);
  });
});
