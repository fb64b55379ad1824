import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

export interface TestDatabase {
  url: string;
  /** Runs one statement as the owner of everything. */
  run(sql: string): Promise<void>;
  drop(): Promise<void>;
}

/**
 * Connections as the owner. Idle ones get an error when their database is dropped: without a listener the test run
 * would fail.
 */
export function ownerPool(connectionString: string, max = 2): pg.Pool {
  const pool = new pg.Pool({ connectionString, max });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

async function onServer(sql: string, database = 'postgres'): Promise<void> {
  const client = new pg.Client({ connectionString: `${inject('postgresUrl')}/${database}` });
  await client.connect();
  await client.query(sql);
  await client.end();
}

/** A database for one spec file; `empty` leaves the migrations out. */
export async function createTestDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name} ${options.empty ? '' : 'TEMPLATE template_breakwater'}`);
  return {
    url: `${inject('postgresUrl')}/${name}`,
    run: (sql) => onServer(sql, name),
    drop: () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}
