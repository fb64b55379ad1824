import pg from 'pg';
import { connectionTo } from '../database/connection.js';
import { readDatabaseUrl } from '../database/database-url.js';
import { SessionClient } from '../database/session-client.service.js';
import { StartRefusedError } from '../lifecycle/start-refused.error.js';
import { ROLES } from './expected-rights.js';
import { migrate } from './migrate.io.js';
import { changeRole } from './roles.io.js';

/**
 * Creates the login of `runtimeUrl` with its password: it may take on the roles of the processes and owns nothing.
 * Does nothing when it is the owner's own. If the owner lacks CREATEROLE, a login that an administrator created is not
 * changed, nor is its password.
 * @throws Error when `runtimeUrl` names no user
 * @throws StartRefusedError when the login or its membership is missing and the owner may not add it
 */
export async function ensureRuntimeLogin(ownerUrl: string, runtimeUrl: string): Promise<void> {
  const { user: name, password } = readDatabaseUrl(runtimeUrl)!;
  if (name === readDatabaseUrl(ownerUrl)!.user) return;
  if (name === '') throw new Error('DATABASE_URL names no user to run as');
  const client = new SessionClient({ ...connectionTo(ownerUrl), application_name: 'breakwater-migrate' });
  await client.connect();
  try {
    const role = pg.escapeIdentifier(name);
    const { rows } = await client.query<{ has: string | null }>(
      `SELECT count(m.roleid) AS has FROM pg_roles l LEFT JOIN pg_auth_members m ON m.member = l.oid
         AND m.roleid IN (SELECT oid FROM pg_roles WHERE rolname = ANY ($2))
       WHERE l.rolname = $1 AND l.rolcanlogin GROUP BY l.oid`,
      [name, ROLES],
    );
    const isWhole = Number(rows[0]?.has ?? 0) >= ROLES.length;
    const secret = password === '' ? '' : `PASSWORD ${pg.escapeLiteral(password)}`;
    try {
      await changeRole(
        client,
        name,
        `${rows.length === 0 ? 'CREATE' : 'ALTER'} ROLE ${role} LOGIN ${secret}`,
      );
    } catch (error) {
      if (!(isWhole && error instanceof StartRefusedError)) throw error;
      return;
    }
    await changeRole(client, name, `GRANT ${ROLES.join(', ')} TO ${role}`);
  } finally {
    await client.end();
  }
}

/**
 * Migrates the database to the newest schema and creates the login of the processes. Without `ownerUrl` the login of
 * the processes migrates, over `sessionUrl` where there is one: the lock of migrations needs a session.
 * @returns the names of the migrations that were applied now
 */
export async function prepareDatabase({
  url,
  sessionUrl,
  ownerUrl = sessionUrl ?? url,
}: {
  url: string;
  sessionUrl?: string;
  ownerUrl?: string;
}): Promise<string[]> {
  const applied = await migrate(ownerUrl);
  await ensureRuntimeLogin(ownerUrl, url);
  return applied;
}
