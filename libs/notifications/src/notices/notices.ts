import type { Transaction } from '@breakwater/platform';
import type { Notice } from './notice.js';

/** Puts notices into the outbox, in the transaction of what they tell of: both are stored, or neither. */
export abstract class Notices {
  /** @returns how many notifications were stored: one per channel and recipient, none that was stored before */
  abstract tell(transaction: Transaction, notice: Notice): Promise<number>;
}
