import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import { SERVICE_TABLES, TENANT_TABLES } from './expected-rights.js';
import { migrate } from './migrate.io.js';
import { checkMembership, checkRights } from './rights.io.js';

describe('the rights of a database', () => {
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

  /** Does `work` after `statement`, and reverts both. */
  async function after(statement: string, work: () => Promise<void>): Promise<void> {
    await client.query(`BEGIN; ${statement}`);
    try {
      await work();
    } finally {
      await client.query('ROLLBACK');
    }
  }

  it.each<[string, readonly string[]]>([
    ['breakwater_service', [...SERVICE_TABLES, ...TENANT_TABLES]],
    ['breakwater_tenant', TENANT_TABLES],
  ])('are listed, for each table that has a policy for %s', async (role, names) => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT DISTINCT c.relname AS name FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
       WHERE c.relnamespace = 'public'::regnamespace AND $1::regrole = ANY (p.polroles)`,
      [role],
    );
    expect(rows.map(({ name }) => name).sort()).toEqual([...names].sort());
  });

  it('are complete after the migrations, and before them', async () => {
    await expect(checkRights(client, { newest: true })).resolves.toBeUndefined();
    const empty = await createTestDatabase({ empty: true });
    const other = new pg.Client({ connectionString: empty.url });
    await other.connect();
    await expect(checkRights(other, { newest: false })).resolves.toBeUndefined();
    await other.end();
    await empty.drop();
  });

  it.each([
    ['DROP POLICY service ON deliveries', 'policy of deliveries for breakwater_service'],
    ['DROP POLICY tenant ON deliveries', 'policy of deliveries for breakwater_tenant'],
    ['ALTER TABLE apps DISABLE ROW LEVEL SECURITY', 'row-level security of apps'],
    ['ALTER TABLE apps NO FORCE ROW LEVEL SECURITY', 'row-level security of apps'],
    ['REVOKE SELECT ON apps FROM breakwater_service', 'SELECT on apps for breakwater_service'],
    [
      'DROP POLICY service ON partitions.attempts_default',
      'policy of attempts_default for breakwater_service',
    ],
  ])('are incomplete after %s', async (statement, first) => {
    await after(statement, async () => {
      await expect(checkRights(client, { newest: true })).rejects.toMatchObject({
        fault: { kind: 'policies_missing', count: 1, first },
      });
    });
  });

  it('are incomplete without the roles', async () => {
    await after('ALTER ROLE breakwater_tenant RENAME TO gone_for_a_test', async () => {
      await expect(checkRights(client, { newest: false })).rejects.toMatchObject({
        fault: { kind: 'roles_missing', roles: ['breakwater_tenant'] },
      });
    });
  });

  it('a database without its policies is not migrated', async () => {
    const { rows } = await client.query<{ sql: string }>(
      `SELECT string_agg(format('DROP POLICY %I ON %s', polname, polrelid::regclass), '; ') AS sql FROM pg_policy`,
    );
    const other = await createTestDatabase();
    await other.run(rows[0]!.sql);
    await expect(migrate(other.url)).rejects.toThrow(
      /lacks \d+ of its policies and rights \(first: .*\), as after a restore without roles/,
    );
    await other.drop();
  });

  it('a login that has neither role is refused by name', async () => {
    await after('CREATE ROLE stranger_of_a_test', async () => {
      await client.query('SET LOCAL SESSION AUTHORIZATION stranger_of_a_test');
      await expect(checkMembership(client)).rejects.toMatchObject({
        fault: { kind: 'role_not_granted', user: 'stranger_of_a_test' },
      });
    });
    await expect(checkMembership(client)).resolves.toBeUndefined();
  });
});
