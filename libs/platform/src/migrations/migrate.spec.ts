import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, ownerPool, type TestDatabase } from '@breakwater/testing/database.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { migrate, migrationsFolder, pendingMigrations, rollBack, schemaAsSql } from './migrate.io.js';

const columns = `SELECT table_name, column_name, data_type, is_nullable, character_maximum_length, datetime_precision
  FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
  WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> '_prisma_migrations'
  ORDER BY table_name, column_name`;

/** Functions, views, schemas and rights that the migrations created. */
const leftOver = `
SELECT proname AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'S')
UNION ALL SELECT nspname FROM pg_namespace WHERE nspname = 'partitions'
UNION ALL SELECT defaclacl::text FROM pg_default_acl WHERE defaclnamespace = 'public'::regnamespace`;

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
    expect((await pool.query(leftOver)).rows).toEqual([]);
    expect(await migrate(database.url)).toEqual(applied);
  });

  it('are refused for a database that an unreleased version created', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'breakwater-migrations-'));
    const first = '20261122000000_ground';
    await mkdir(join(folder, first));
    await writeFile(join(folder, first, 'migration.sql'), 'CREATE TABLE apps (id text)');
    await cp(join(migrationsFolder(), 'migration_lock.toml'), join(folder, 'migration_lock.toml'));
    await migrate(database.url, folder);
    await rm(folder, { recursive: true });
    await expect(migrate(database.url)).rejects.toMatchObject({
      fault: { kind: 'database_unreleased', first },
    });
    expect(await pendingMigrations(pool)).not.toEqual([]);
  });

  it('are accepted for a database that a later version migrated', async () => {
    await migrate(database.url);
    const folder = await mkdtemp(join(tmpdir(), 'breakwater-migrations-'));
    await cp(migrationsFolder(), folder, { recursive: true });
    await mkdir(join(folder, '99990101000000_next'));
    await writeFile(
      join(folder, '99990101000000_next', 'migration.sql'),
      'CREATE TABLE next_release (id int)',
    );
    await migrate(database.url, folder);
    await rm(folder, { recursive: true });
    expect(await migrate(database.url)).toEqual([]);
  });

  describe('that lose a deadlock against running processes', () => {
    /**
     * Locks endpoints, waits until another session waits for endpoints, then asks for deliveries, and wins: the other
     * session checks for deadlocks first.
     */
    async function crossLocks(work: () => Promise<unknown>): Promise<void> {
      const process = await pool.connect();
      await process.query(`SET deadlock_timeout = '20s'`);
      await process.query('BEGIN');
      await process.query('LOCK TABLE endpoints');
      const under = work();
      under.catch(() => undefined);
      await eventually(
        async () =>
          (
            await pool.query(
              `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'endpoints'::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
            )
          ).rowCount === 1,
      );
      await process.query('LOCK TABLE deliveries');
      await process.query('COMMIT');
      process.release();
      await under;
    }

    it('are repeated, forward and back', async () => {
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

  describe('that fail', () => {
    const name = '99990101000000_next';
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'breakwater-migrations-'));
      await cp(migrationsFolder(), folder, { recursive: true });
      await mkdir(join(folder, name));
    });
    afterEach(() => rm(folder, { recursive: true }));
    const script = (sql: string): Promise<void> => writeFile(join(folder, name, 'migration.sql'), sql);

    it('name the migration and the reason, change nothing, and are tried again by the next run', async () => {
      await script('CREATE TABLE next_release (id int); SELECT 1 / 0');
      for (let tries = 1; tries <= 2; tries++) {
        await expect(migrate(database.url, folder)).rejects.toThrow(
          `migration ${name} failed and changed nothing (division by zero); remove the cause, then run npm run migrate again`,
        );
        expect((await pool.query(`SELECT to_regclass('next_release') AS name`)).rows).toEqual([
          { name: null },
        ]);
        expect(await pendingMigrations(pool, folder)).toEqual([name]);
      }
      await script('CREATE TABLE next_release (id int)');
      expect(await migrate(database.url, folder)).toEqual([name]);
      expect(await pendingMigrations(pool, folder)).toEqual([]);
      expect(await migrate(database.url, folder)).toEqual([]);
    });

    it('are repaired when an earlier version left them as failed', async () => {
      await migrate(database.url);
      await script('CREATE TABLE next_release (id int)');
      await pool.query(
        `INSERT INTO _prisma_migrations (id, checksum, migration_name, logs, started_at)
         VALUES ('x', 'x', $1, 'External error id#0', now())`,
        [name],
      );
      expect(await migrate(database.url, folder)).toEqual([name]);
    });

    it('are recorded in their own transaction: a process that dies right after one does not repeat it', async () => {
      await migrate(database.url);
      await script('CREATE TABLE next_release (id int)');
      // The engine writes its own record after the script; it never arrives.
      await pool.query(
        `CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the process died'; END $$;
         CREATE TRIGGER die BEFORE UPDATE ON _prisma_migrations FOR EACH ROW
           WHEN (NEW.applied_steps_count > OLD.applied_steps_count) EXECUTE FUNCTION die()`,
      );
      await expect(migrate(database.url, folder)).rejects.toThrow('the process died');
      await pool.query('DROP TRIGGER die ON _prisma_migrations');
      expect(await pendingMigrations(pool, folder)).toEqual([]);
      expect(await migrate(database.url, folder)).toEqual([]);
    });
  });

  it('create the tables that schema.prisma describes', async () => {
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
