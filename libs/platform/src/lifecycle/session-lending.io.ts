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
