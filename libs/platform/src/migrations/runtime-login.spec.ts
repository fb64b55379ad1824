import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, ownerPool, type TestDatabase } from '@breakwater/testing/database.js';
import { pendingMigrations } from './migrate.io.js';
import { ensureRuntimeLogin, prepareDatabase } from './runtime-login.io.js';

describe('preparing a database', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase({ empty: true });
  });
  afterAll(() => test.drop());

  it('needs one URL only', async () => {
    expect((await prepareDatabase({ url: test.url })).length).toBeGreaterThan(0);
    const pool = ownerPool(test.url);
    expect(await pendingMigrations(pool)).toEqual([]);
    await pool.end();
    expect(await prepareDatabase({ url: test.url })).toEqual([]);
  });

  it('creates the login of the processes, with its password, beside the owner’s', async () => {
    const runtime = new URL(test.url);
    runtime.username = 'prepared_by_a_test';
    runtime.password = 'p%40w';
    await prepareDatabase({ url: runtime.href, ownerUrl: test.url });
    const client = new pg.Client({ connectionString: runtime.href, options: '-c role=breakwater_service' });
    await client.connect();
    expect((await client.query('SELECT current_user, session_user')).rows).toEqual([
      { current_user: 'breakwater_service', session_user: 'prepared_by_a_test' },
    ]);
    await client.end();
  });

  it.each([
    ['that names no user: the owner is whom the system says it is', 'postgresql://127.0.0.1:1/x'],
    ['of the owner', 'postgresql://owner@127.0.0.1:1/x'],
  ])('creates no login for a URL %s', async (_, url) => {
    // No server listens there.
    await expect(ensureRuntimeLogin(url, url)).resolves.toBeUndefined();
  });

  it('refuses a URL without a user beside an owner that has one', async () => {
    await expect(
      ensureRuntimeLogin('postgresql://o@127.0.0.1:1/x', 'postgresql://127.0.0.1:1/x'),
    ).rejects.toThrow('DATABASE_URL names no user');
  });
});
