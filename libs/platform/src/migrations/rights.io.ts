import type pg from 'pg';
import { StartRefusedError } from '../lifecycle/start-refused.error.js';
import { missingRights, ROLES, type TableRights } from './expected-rights.js';

type Connection = Pick<pg.ClientBase, 'query'> | Pick<pg.Pool, 'query'>;

const MISSING_ROLES = `
SELECT current_database() AS database, to_regprocedure('current_tenant()') IS NOT NULL AS secured,
  array_agg(name ORDER BY name) FILTER (WHERE r.oid IS NULL) AS roles
FROM unnest($1::text[]) AS name LEFT JOIN pg_roles r ON r.rolname = name`;

/** Reads only the catalogs, no table. */
const TABLE_RIGHTS = `
SELECT c.relname AS name, n.nspname AS schema, c.relrowsecurity AS secured, c.relforcerowsecurity AS forced,
  EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND 'breakwater_service'::regrole = ANY (p.polroles)) AS "servicePolicy",
  EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND 'breakwater_tenant'::regrole = ANY (p.polroles)) AS "tenantPolicy",
  has_table_privilege('breakwater_service', c.oid, 'SELECT') AS "serviceReads",
  has_any_column_privilege('breakwater_tenant', c.oid, 'SELECT') AS "tenantReads"
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'partitions') AND c.relkind IN ('r', 'p')
ORDER BY n.nspname DESC, c.relname`;

/**
 * Checks that the database has the roles, policies and rights that the migrations created. A restore without the roles
 * loses them, and then every table looks empty to the processes.
 * @param newest false while migrations are pending
 * @throws StartRefusedError
 */
export async function checkRights(connection: Connection, { newest }: { newest: boolean }): Promise<void> {
  const { rows } = await connection.query<{ database: string; secured: boolean; roles: string[] | null }>(
    MISSING_ROLES,
    [ROLES],
  );
  const { database, secured, roles } = rows[0]!;
  if (!secured) return;
  if (roles !== null) throw new StartRefusedError({ kind: 'roles_missing', database, roles });
  const { rows: tables } = await connection.query<TableRights>(TABLE_RIGHTS);
  const missing = missingRights(tables, { newest });
  if (missing.length > 0)
    throw new StartRefusedError({
      kind: 'policies_missing',
      database,
      count: missing.length,
      first: missing[0]!,
    });
}

/**
 * Checks that the login may take on the role of the processes.
 * @throws StartRefusedError when the roles exist and it may not
 */
export async function checkMembership(connection: Connection): Promise<void> {
  // PostgreSQL 16 distinguishes between members of a role and those that may take it on.
  const { rows } = await connection.query<{ user: string; role: string }>(
    `SELECT session_user AS user, r.rolname AS role FROM pg_roles r
     WHERE r.rolname = ANY ($1) AND NOT pg_has_role(session_user, r.oid,
       CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)`,
    [ROLES],
  );
  if (rows[0] !== undefined) throw new StartRefusedError({ kind: 'role_not_granted', ...rows[0] });
}
