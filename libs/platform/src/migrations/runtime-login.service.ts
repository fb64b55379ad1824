import pg from 'pg';
import { connectionTo } from '../database/connection.js';
import { migrate } from './migrate.service.js';

const ROLES = 'breakwater_service, breakwater_tenant';

/**
 * Makes the login of `runtimeUrl`, with the password it says: it may take on the roles of the processes and owns
 * nothing. Does nothing when it is the owner's own.
 * @throws Error when `runtimeUrl` names no user, or the owner may make no roles
 */
export async function ensureRuntimeLogin(ownerUrl: string, runtimeUrl: string): Promise<void> {
  const { username, password } = new URL(runtimeUrl);
  if (username === new URL(ownerUrl).username) return;
  const name = decodeURIComponent(username);
  if (name === '') throw new Error('DATABASE_URL names no user to run as');
  const client = new pg.Client({ ...connectionTo(ownerUrl), application_name: 'breakwater-migrate' });
  await client.connect();
  try {
    const role = pg.escapeIdentifier(name);
    const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
    const secret = password === '' ? '' : `PASSWORD ${pg.escapeLiteral(decodeURIComponent(password))}`;
    await client.query(`${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${role} LOGIN ${secret}`);
    await client.query(`GRANT ${ROLES} TO ${role}`);
  } finally {
    await client.end();
  }
}

/**
 * Brings the database to the newest schema and makes the login of the processes. `ownerUrl`, left out, is `url`.
 * @returns the names of the migrations that were applied now
 */
export async function prepareDatabase({
  url,
  ownerUrl = url,
}: {
  url: string;
  ownerUrl?: string;
}): Promise<string[]> {
  const applied = await migrate(ownerUrl);
  await ensureRuntimeLogin(ownerUrl, url);
  return applied;
}
