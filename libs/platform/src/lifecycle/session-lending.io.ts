import type pg from 'pg';

/** How long a connection keeps a session of the server: for as long as it is open, or for one transaction or statement. */
export type Lending = 'connection' | 'transaction' | 'statement';

/** A pooler in session mode whose sessions are all lent makes a second connection wait. */
const NO_SESSION_FREE = 'Query read timeout';

/**
 * Finds out how the server, or a pooler in front of it, lends its sessions. Without a pooler one statement is enough.
 * @param first a connection that is open and idle
 * @param open opens another one like it, whose statements have a time limit
 */
export async function lendingOf(first: pg.Client, open: () => Promise<pg.Client>): Promise<Lending> {
  const mine = await sessionOf(first);
  // PostgreSQL tells the process id of its session at the login; a pooler tells a number of its own.
  if (mine === (first as unknown as { processID: number | null }).processID) return 'connection';
  const second = await open();
  try {
    return await compare({ first, second, mine });
  } catch (error) {
    const { message } = error as Error;
    if (message === NO_SESSION_FREE) return 'connection';
    if (/statement pooling/.test(message)) return 'statement';
    throw error;
  } finally {
    second.end().catch(() => undefined);
  }
}

/** While the second connection is in a transaction, a pooler cannot lend its session to the first one. */
async function compare({
  first,
  second,
  mine,
}: {
  first: pg.Client;
  second: pg.Client;
  mine: number;
}): Promise<Lending> {
  await second.query('BEGIN');
  if ((await sessionOf(second)) === mine) return 'transaction';
  const seen = [await sessionOf(first)];
  await second.query('COMMIT');
  // A pooler that takes its sessions in turn gives the first connection another one now.
  seen.push(await sessionOf(first), await sessionOf(first));
  return seen.every((pid) => pid === mine) ? 'connection' : 'transaction';
}

async function sessionOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]!.pid;
}

const UNKNOWN_SETTING = '42704';
// The volatile function makes pgpool ask the primary.
const STANDBYS = 'SELECT count(*)::int AS count FROM pg_stat_replication WHERE clock_timestamp() IS NOT NULL';
// PostgreSQL logs it as an error, so that it says itself what it is for.
const ASK_PGPOOL =
  'SHOW pool_version /* Breakwater asks whether this is pgpool: an error means that it is not */';

/**
 * Whether this is pgpool that sends reads to standbys: they lag, and there a session has none of the settings that
 * were made on the primary. Nobody is asked where there are no standbys.
 */
export async function spreadsReads(client: pg.Client): Promise<boolean> {
  const { rows: standbys } = await client.query<{ count: number }>(STANDBYS);
  if (standbys[0]!.count === 0) return false;
  try {
    await client.query(ASK_PGPOOL);
  } catch (error) {
    if ((error as { code?: string }).code === UNKNOWN_SETTING) return false;
    throw error;
  }
  const { rows } = await client.query<Record<string, string>>('PGPOOL SHOW load_balance_mode');
  return Object.values(rows[0] ?? {}).includes('on');
}
