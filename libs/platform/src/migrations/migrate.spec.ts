import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, ownerPool, type TestDatabase } from '../../../../test/support/database.js';
import { eventually } from '../../../../test/support/eventually.js';
import { migrate, migrationsFolder, pendingMigrations, rollBack, schemaAsSql } from './migrate.service.js';

const columns = `SELECT table_name, column_name, data_type, is_nullable, character_maximum_length, datetime_precision
  FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
  WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> '_prisma_migrations'
  ORDER BY table_name, column_name`;

describe('migrations', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeEach(async () => {
    database = await createTestDatabase({ empty: true });
    pool = ownerPool(database.url, 10);
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

  describe('that lose a deadlock against running processes', () => {
    /** Holds endpoints, asks for deliveries once somebody waits for endpoints, and wins: the other looks first. */
    async function crossLocks(work: () => Promise<unknown>): Promise<void> {
      const process = await pool.connect();
      await process.query(`SET deadlock_timeout = '20s'`);
      await process.query('BEGIN');
      await process.query('LOCK TABLE endpoints');
      const under = work();
      under.catch(() => undefined);
      await eventually(
        async () =>
          (await pool.query(`SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'endpoints'::regclass`))
            .rowCount === 1,
      );
      await process.query('LOCK TABLE deliveries');
      await process.query('COMMIT');
      process.release();
      await under;
    }

    it('are done again, forward and back', async () => {
      await migrate(database.url);
      const folder = await mkdtemp(join(tmpdir(), 'breakwater-migrations-'));
      await cp(migrationsFolder(), folder, { recursive: true });
      const name = '99990101000000_next';
      await mkdir(join(folder, name));
      const change = (what: string): string =>
        ['deliveries', 'endpoints'].map((table) => `ALTER TABLE ${table} ${what};`).join('\n');
      await writeFile(join(folder, name, 'migration.sql'), change('ADD COLUMN next_release text'));
      await writeFile(join(folder, name, 'down.sql'), change('DROP COLUMN next_release'));
      await crossLocks(async () => expect(await migrate(database.url, folder)).toEqual([name]));
      expect(await pendingMigrations(pool, folder)).toEqual([]);
      await crossLocks(async () => expect(await rollBack(database.url, 1, folder)).toEqual([name]));
      expect(await pendingMigrations(pool, folder)).toEqual([name]);
      await rm(folder, { recursive: true });
    });
  });

  it('make the tables that schema.prisma describes', async () => {
    await migrate(database.url);
    const migrated = (await pool.query(columns)).rows;
    const plain = await createTestDatabase({ empty: true });
    const other = ownerPool(plain.url);
    await other.query(await schemaAsSql(plain.url));
    const described = (await other.query(columns)).rows;
    await other.end();
    await plain.drop();
    expect(migrated).toEqual(described);
  });
});
