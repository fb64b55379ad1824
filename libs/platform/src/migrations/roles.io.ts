import pg from 'pg';
import { StartRefusedError } from '../lifecycle/start-refused.error.js';
import { ROLES } from './expected-rights.js';

const INSUFFICIENT_PRIVILEGE = '42501';
/** Another database of the server created it at the same moment. */
const IS_THERE = ['42710', '23505'];

/**
 * Creates the roles that the policies name, and makes the login that migrates a member of them. Existing roles are not
 * changed, so a login without CREATEROLE is enough where an administrator created them (prisma/roles.sql).
 * @throws StartRefusedError when something is missing and this login may not add it
 * @see docs/adr/0029-roles-by-an-administrator.md
 */
export async function ensureRoles(client: pg.Client): Promise<void> {
  for (const role of ROLES) {
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
    if (rowCount === 0) {
      await changeRole(client, role, `CREATE ROLE ${role} NOLOGIN`).catch((error: unknown) => {
        if (!IS_THERE.includes((error as { code?: string }).code ?? '')) throw error;
      });
    }
    // Not 'MEMBER': the creator of a role is a member of it, but without its rights.
    const { rows } = await client.query<{ has: boolean }>(
      `SELECT pg_has_role(current_user, $1, 'USAGE') AS has`,
      [role],
    );
    if (!rows[0]!.has) await changeRole(client, role, `GRANT ${role} TO CURRENT_USER`);
  }
}

/**
 * Runs a statement about a role.
 * @throws StartRefusedError when the login may not
 */
export async function changeRole(client: pg.Client, role: string, statement: string): Promise<void> {
  try {
    await client.query(statement);
  } catch (error) {
    if ((error as { code?: string }).code !== INSUFFICIENT_PRIVILEGE) throw error;
    const { rows } = await client.query<{ user: string }>('SELECT current_user AS user');
    throw new StartRefusedError({ kind: 'role_not_made', user: rows[0]!.user, role }, { cause: error });
  }
}
