import type pg from 'pg';

/** The contents of the schema `public`, as SQL in a fixed order; each function separately. */
export interface SchemaDump {
  /** Tables, constraints, indexes, triggers, policies, views and rights. */
  schema: string;
  /** By name of the file: `claim_deliveries.sql`. */
  functions: Record<string, string>;
}

const TABLES = `
SELECT c.oid, c.relname AS name, c.relrowsecurity AS secured, c.relforcerowsecurity AS forced, c.reloptions AS options,
  pg_get_partkeydef(c.oid) AS partitioned
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND c.relname <> '_prisma_migrations'
ORDER BY c.relname`;

const COLUMNS = `
SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required, a.attidentity AS identity,
  a.attgenerated AS generated, pg_get_expr(d.adbin, d.adrelid) AS value
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attname`;

const CONSTRAINTS = `
SELECT conname AS name, pg_get_constraintdef(oid) AS text FROM pg_constraint
WHERE conrelid = $1 AND contype <> 'n' AND conparentid = 0 ORDER BY conname`;

const INDEXES = `
SELECT pg_get_indexdef(i.indexrelid) AS text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = $1 AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
ORDER BY c.relname`;

const TRIGGERS = `
SELECT pg_get_triggerdef(oid) AS text FROM pg_trigger WHERE tgrelid = $1 AND NOT tgisinternal ORDER BY tgname`;

const POLICIES = `
SELECT policyname AS name, cmd, roles::text[] AS roles, qual, with_check AS check FROM pg_policies
WHERE schemaname = 'public' AND tablename = $1 ORDER BY policyname`;

const VIEWS = `
SELECT c.relname AS name, c.reloptions AS options, pg_get_viewdef(c.oid) AS text FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v' ORDER BY c.relname`;

const RIGHTS = `
SELECT c.relname AS name, pg_get_userbyid(r.grantee) AS role, string_agg(r.privilege_type, ', ' ORDER BY r.privilege_type) AS rights
FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) r
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S') AND NOT c.relispartition
  AND r.grantee <> 0 AND pg_get_userbyid(r.grantee) LIKE 'breakwater\\_%'
GROUP BY 1, 2 ORDER BY 1, 2`;

const FUNCTIONS = `
SELECT p.proname AS name, pg_get_functiondef(p.oid) AS text FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f' ORDER BY p.proname, p.oid`;

interface Table {
  oid: number;
  name: string;
  secured: boolean;
  forced: boolean;
  options: string[] | null;
  partitioned: string | null;
}

/** @param client connected as the owner of a migrated database */
export async function dumpSchema(pool: pg.Pool): Promise<SchemaDump> {
  const client = await pool.connect();
  try {
    // Indexes with a moment in their condition show it in the zone of the session.
    await client.query(`SET TIME ZONE 'UTC'`);
    return await dumpOf(client);
  } finally {
    client.release(true);
  }
}

async function dumpOf(client: pg.PoolClient): Promise<SchemaDump> {
  const rows = async <T extends pg.QueryResultRow>(sql: string, ...values: unknown[]): Promise<T[]> =>
    (await client.query<T>(sql, values)).rows;
  const parts: string[] = [];
  for (const table of await rows<Table>(TABLES)) parts.push(await tableText(table, rows));
  for (const { name, options, text } of await rows<{ name: string; options: string[] | null; text: string }>(
    VIEWS,
  ))
    parts.push(`CREATE VIEW ${name}${withOptions(options)} AS\n${text.trim()}`);
  const rights = await rows<{ name: string; role: string; rights: string }>(RIGHTS);
  parts.push(
    rights.map(({ name, role, rights: given }) => `GRANT ${given} ON ${name} TO ${role};`).join('\n'),
  );
  const functions: Record<string, string> = {};
  for (const { name, text } of await rows<{ name: string; text: string }>(FUNCTIONS))
    functions[`${name}.sql`] = `${functions[`${name}.sql`] ?? ''}${text.trimEnd()};\n`;
  return { schema: `${parts.join('\n\n')}\n`, functions };
}

type Rows = <T extends pg.QueryResultRow>(sql: string, ...values: unknown[]) => Promise<T[]>;

async function tableText(table: Table, rows: Rows): Promise<string> {
  const { oid, name } = table;
  const columns = await rows<{
    name: string;
    type: string;
    required: boolean;
    identity: string;
    generated: string;
    value: string | null;
  }>(COLUMNS, oid);
  const constraints = await rows<{ name: string; text: string }>(CONSTRAINTS, oid);
  const lines = [
    ...columns.map((column) =>
      [
        `${column.name} ${column.type}`,
        column.required ? ' NOT NULL' : '',
        column.identity === '' ? '' : ' GENERATED AS IDENTITY',
        column.generated === '' ? '' : ` GENERATED ALWAYS AS (${column.value}) STORED`,
        column.value === null || column.generated !== '' ? '' : ` DEFAULT ${column.value}`,
      ].join(''),
    ),
    ...constraints.map((constraint) => `CONSTRAINT ${constraint.name} ${constraint.text}`),
  ];
  const by = table.partitioned === null ? '' : ` PARTITION BY ${table.partitioned}`;
  const text = [
    `CREATE TABLE ${name} (\n${lines.map((line) => `  ${line}`).join(',\n')}\n)${by}${withOptions(table.options)};`,
  ];
  for (const sql of [INDEXES, TRIGGERS])
    text.push(...(await rows<{ text: string }>(sql, oid)).map((found) => `${found.text};`));
  if (table.secured) text.push(`ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;`);
  if (table.forced) text.push(`ALTER TABLE ${name} FORCE ROW LEVEL SECURITY;`);
  const policies = await rows<{
    name: string;
    cmd: string;
    roles: string[];
    qual: string | null;
    check: string | null;
  }>(POLICIES, name);
  for (const policy of policies) {
    const using = policy.qual === null ? '' : ` USING (${policy.qual})`;
    const check = policy.check === null ? '' : ` WITH CHECK (${policy.check})`;
    text.push(
      `CREATE POLICY ${policy.name} ON ${name} FOR ${policy.cmd} TO ${policy.roles.join(', ')}${using}${check};`,
    );
  }
  return text.join('\n');
}

function withOptions(options: string[] | null): string {
  return options === null ? '' : ` WITH (${options.join(', ')})`;
}
