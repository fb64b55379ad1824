import { eventually } from './eventually.js';

const TRANSACTIONS = `
SELECT pg_snapshot_xmin(s)::text::float8 AS oldest, pg_snapshot_xmax(s)::text::float8 AS next
FROM pg_current_snapshot() AS s`;

interface Transactions {
  /** The oldest one that is not over, or the next. */
  oldest: number;
  next: number;
}

/**
 * Waits until all transactions that began before are over, also those of other specs on the same server: until then the
 * live feed does not show what was written.
 */
export async function transactionsOver(rows: (text: string) => Promise<Transactions[]>): Promise<void> {
  const [now] = await rows(TRANSACTIONS);
  await eventually(async () => (await rows(TRANSACTIONS))[0]!.oldest >= now!.next, {
    what: 'earlier transactions over',
  });
}
