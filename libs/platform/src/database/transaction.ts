import type { PoolClient } from 'pg';

declare const transaction: unique symbol;

/**
 * A transaction in progress. A use-case passes it from one store to another, so that both write in it; only stores can
 * use its connection, with clientOf.
 */
export interface Transaction {
  readonly [transaction]: true;
}

/** For a store that lets others write in its transaction. */
export function transactionOf(client: PoolClient): Transaction {
  return client as unknown as Transaction;
}

/** The connection of a transaction, for the statements of a store. */
export function clientOf(from: Transaction): PoolClient {
  return from as unknown as PoolClient;
}
