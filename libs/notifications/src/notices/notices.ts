import type { PoolClient } from 'pg';
import type { Notice } from './notice.js';

/** Puts notices into the outbox, in the transaction of what they tell of: both are stored, or neither. */
export abstract class Notices {
  /** @returns how many notifications were stored: one per channel and recipient, none that was stored before */
  abstract tell(client: PoolClient, notice: Notice): Promise<number>;
}
