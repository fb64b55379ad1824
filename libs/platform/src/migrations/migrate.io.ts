import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { MigrationList } from '@prisma/schema-engine-wasm';
import { runMigrations as migrateQueueTables } from 'bullmq';
import type pg from 'pg';
import { connectionTo } from '../database/connection.js';
import { SessionClient } from '../database/session-client.service.js';
import { projectRoot } from '../database/project-root.io.js';
import { StartRefusedError } from '../lifecycle/start-refused.error.js';
import { checkRights } from './rights.io.js';
import { ensureRoles } from './roles.io.js';
import { runScript, withSchemaEngine } from './schema-engine.io.js';

/** One lock for all processes that migrate: the second waits and finds nothing left to do. */
const MIGRATION_LOCK = 72_010_001;
export const QUEUE_SCHEMA = 'bullmq';
const noFilters = { externalTables: [], externalEnums: [] };

async function readMigrations(folder: string): Promise<MigrationList> {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const migrationDirectories = await Promise.all(
    names
      .map(({ name }) => name)
      .sort()
      .map(async (path) => ({
        path,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: await readFile(join(folder, path, 'migration.sql'), 'utf8') },
        },
      })),
  );
  const lockfile = await readFile(join(folder, 'migration_lock.toml'), 'utf8');
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: lockfile },
    shadowDbInitScript: '',
    migrationDirectories,
  };
}

/** The names of this version's migrations, oldest first. */
export async function migrationNames(folder: string = migrationsFolder()): Promise<string[]> {
  return (await readMigrations(folder)).migrationDirectories.map(({ path }) => path);
}

export function migrationsFolder(): string {
  return join(projectRoot(), 'prisma', 'migrations');
}

/**
 * BullMQ's tables hold wake-ups only: ids of deliveries. It creates a sequence for each queue at the first addition.
 */
const GRANT_QUEUE = `
GRANT USAGE, CREATE ON SCHEMA ${QUEUE_SCHEMA} TO breakwater_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${QUEUE_SCHEMA} TO breakwater_service;
GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA ${QUEUE_SCHEMA} TO breakwater_service;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${QUEUE_SCHEMA} TO breakwater_service`;

/**
 * Migrates the database to the newest schema, BullMQ's tables included. Many processes may do this at once. A
 * migration that failed before is tried again.
 * @param url of a login that may create tables, and roles where they are missing
 * @returns the names of the migrations that were applied now
 * @throws StartRefusedError when a migration fails, when the database lacks roles, policies or rights, or when an
 * unreleased version created it
 */
export async function migrate(url: string, folder: string = migrationsFolder()): Promise<string[]> {
  const migrationsList = await readMigrations(folder);
  const guard = new SessionClient({ ...connectionTo(url), application_name: 'breakwater-migrate' });
  await guard.connect();
  try {
    await guard.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await checkRights(guard, { newest: false });
    await checkOrigin(guard, migrationsList);
    await ensureRoles(guard);
    await giveUpUnfinished(guard);
    const { appliedMigrationNames } = await withSchemaEngine(url, (engine) =>
      engine.applyMigrations({ migrationsList, filters: noFilters }),
    ).catch(async (error: unknown) => {
      throw await asRefusal(error, guard);
    });
    await migrateQueueTables(guard, QUEUE_SCHEMA);
    await guard.query(GRANT_QUEUE);
    if (folder === migrationsFolder()) await checkRights(guard, { newest: true });
    return appliedMigrationNames;
  } finally {
    await guard.end();
  }
}

/** Versions before the first release had other migrations, and there is no way from those to these. */
async function checkOrigin(client: pg.Client, { migrationDirectories }: MigrationList): Promise<void> {
  const { rows: exists } = await client.query(`SELECT to_regclass('_prisma_migrations') AS name`);
  if (exists[0].name === null) return;
  const { rows } = await client.query<{ database: string; first: string | null; hasOurs: boolean | null }>(
    `SELECT current_database() AS database, min(migration_name) AS first, bool_or(migration_name = $1) AS "hasOurs"
     FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
    [migrationDirectories[0]!.path],
  );
  const { database, first, hasOurs } = rows[0]!;
  if (first !== null && !hasOurs)
    throw new StartRefusedError({ kind: 'database_unreleased', database, first });
}

/**
 * Records unfinished migrations as rolled back, which is what PostgreSQL did: otherwise the engine refuses to
 * continue. The caller holds the lock, so none of them is running.
 * @returns their names
 */
async function giveUpUnfinished(client: pg.Client): Promise<string[]> {
  const { rows: exists } = await client.query(`SELECT to_regclass('_prisma_migrations') AS name`);
  if (exists[0].name === null) return [];
  const { rows } = await client.query<{ name: string }>(
    `UPDATE _prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL
     RETURNING migration_name AS name`,
  );
  return rows.map(({ name }) => name);
}

/** What failed, with the name of the migration and PostgreSQL's message. */
async function asRefusal(error: unknown, client: pg.Client): Promise<unknown> {
  const [name] = await giveUpUnfinished(client);
  if (name === undefined) return error;
  const { message, detail } = error as { message?: string; detail?: string };
  const why = [message ?? String(error), detail]
    .filter(Boolean)
    .join('; ')
    .replaceAll(/\s*\n\s*/g, ' ');
  return new StartRefusedError({ kind: 'migration_failed', name, why }, { cause: error });
}

/** Reverts the newest `steps` migrations with their down.sql, newest first. */
export async function rollBack(
  url: string,
  steps: number,
  folder: string = migrationsFolder(),
): Promise<string[]> {
  const client = new SessionClient({ ...connectionTo(url), application_name: 'breakwater-migrate' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const { rows } = await client.query<{ migration_name: string }>(
      `SELECT migration_name FROM _prisma_migrations
       WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name DESC LIMIT $1`,
      [steps],
    );
    const undone: string[] = [];
    for (const { migration_name: name } of rows) {
      const down = await readFile(join(folder, name, 'down.sql'), 'utf8');
      const forget = `DELETE FROM _prisma_migrations WHERE migration_name = ${client.escapeLiteral(name)}`;
      await runScript(client, `${down}\n;${forget}`);
      undone.push(name);
    }
    return undone;
  } finally {
    await client.end();
  }
}

/** Names of migrations in the folder that this database has not finished; empty when it is ready to serve. */
export async function pendingMigrations(db: pg.Pool, folder: string = migrationsFolder()): Promise<string[]> {
  const wanted = await migrationNames(folder);
  const { rows: exists } = await db.query(`SELECT to_regclass('_prisma_migrations') AS name`);
  if (exists[0].name === null) return wanted;
  const { rows } = await db.query<{ migration_name: string }>(
    'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  const done = new Set(rows.map((row) => row.migration_name));
  return wanted.filter((name) => !done.has(name));
}

/**
 * The SQL that would create what schema.prisma describes in an empty database; tests compare it with the migrations.
 */
export async function schemaAsSql(url: string): Promise<string> {
  const path = join(projectRoot(), 'prisma', 'schema.prisma');
  const content = await readFile(path, 'utf8');
  return withSchemaEngine(
    url,
    async (engine) => {
      const diff = await engine.diff({
        from: { tag: 'empty' },
        to: { tag: 'schemaDatamodel', files: [{ path, content }] },
        script: true,
        exitCode: null,
        filters: noFilters,
      });
      return diff.stdout ?? '';
    },
    [path, content],
  );
}
