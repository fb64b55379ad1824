import pg from 'pg';

/** PostgreSQL's plan for a statement of a role, with its default settings and not those of our pool. */
export async function planOf(
  databaseUrl: string,
  { sql, role, tenant }: { sql: string; role: string; tenant: string },
): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('ANALYZE');
    await client.query(`SET ROLE ${role}`);
    await client.query(`SELECT set_config('app.tenant', $1, false)`, [tenant]);
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  } finally {
    await client.end();
  }
}

/** The tables that a plan reads from end to end, except those of a page or two, where that is the fastest way. */
export function fullScans(plan: string): string[] {
  return [...plan.matchAll(/Seq Scan on (\S+).*cost=[\d.]+\.\.([\d.]+) /g)]
    .filter(([, , cost]) => Number(cost) > 10)
    .map(([, table]) => table!);
}
