import type { Transaction } from '@breakwater/platform';
import type { Notice } from './notice.js';

/** Stores notices in the outbox, in the transaction of their cause: both are stored, or neither. */
export abstract class Notices {
  /** @returns how many notifications were stored: one per channel and recipient, except those stored before */
  abstract notify(transaction: Transaction, notice: Notice): Promise<number>;
}
