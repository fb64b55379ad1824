import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '@breakwater/testing/build.js';
import { PrivatePostgres } from '@breakwater/testing/private-servers.js';
import { prepareDatabase } from './runtime-login.io.js';

describe('an owner without CREATEROLE, on a server of its own', () => {
  let server: PrivatePostgres;
  let admin: pg.Client;
  let ownerUrl: string;
  let url: string;
  beforeAll(async () => {
    server = await PrivatePostgres.start({ migrated: false });
    admin = new pg.Client({ connectionString: server.url });
    await admin.connect();
    const as = (login: string, password: string): string =>
      server.url.replace('breakwater:test', `${login}:${password}`).replace(/[^/]*$/, 'owned');
    ownerUrl = as('breakwater_owner', '…');
    url = as('breakwater_login', '…');
    await admin.query(`CREATE ROLE breakwater_owner LOGIN PASSWORD '…'`);
    await admin.query('CREATE DATABASE owned OWNER breakwater_owner');
  });
  afterAll(async () => {
    await admin?.end();
    await server?.remove();
  });

  it('is refused before anything is created', async () => {
    await expect(prepareDatabase({ url, ownerUrl })).rejects.toMatchObject({
      fault: { kind: 'role_not_made', user: 'breakwater_owner', role: 'breakwater_service' },
    });
  });

  it('migrates after the SQL of docs/guides/operations.md, and does not change the login of the processes', async () => {
    const page = readFileSync(join(root, 'docs/guides/operations.md'), 'utf8');
    const [, sql = ''] = /```sql\n(CREATE ROLE breakwater_service[^`]*)```/.exec(page) ?? [];
    expect(sql).not.toBe('');
    // The page calls the login of the processes `breakwater`; here that is the administrator.
    const here = sql
      .replaceAll(/\bbreakwater\b/g, 'breakwater_login')
      .replace(/^.*ROLE breakwater_owner.*$/m, '');
    await admin.query(here);
    expect((await prepareDatabase({ url, ownerUrl })).length).toBeGreaterThan(0);
    expect(await prepareDatabase({ url, ownerUrl })).toEqual([]);
    const { rows } = await admin.query(
      `SELECT rolname, rolcreaterole OR rolsuper AS may FROM pg_roles WHERE rolname LIKE 'breakwater\\_%' ORDER BY 1`,
    );
    expect(rows.map(({ may }) => may as boolean)).toEqual([false, false, false, false]);
  });

  it('is refused for a login of the processes that is not a member of the roles', async () => {
    await admin.query('REVOKE breakwater_tenant FROM breakwater_login');
    await expect(prepareDatabase({ url, ownerUrl })).rejects.toMatchObject({
      fault: { kind: 'role_not_made', user: 'breakwater_owner', role: 'breakwater_login' },
    });
  });
});
