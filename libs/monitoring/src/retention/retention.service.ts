import { Injectable, Logger } from '@nestjs/common';
import { Config } from '@breakwater/platform';
import { RetentionStore } from './retention.store.js';

export interface Removed {
  /** Resolved longer ago than DLQ_RESOLVED_RETENTION_DAYS. */
  deadLetters: number;
  /** Past their end. */
  idempotencyKeys: number;
  /** Written longer ago than AUDIT_LOG_RETENTION_DAYS. */
  auditLines: number;
}

/** Rows per statement: none locks much, or for long. */
const BATCH = 1000;

/** Deletes what has had its time. Unresolved dead letters never. Running it twice, or twice at once, is harmless. */
@Injectable()
export class Retention {
  private readonly log = new Logger(Retention.name);

  constructor(
    private readonly store: RetentionStore,
    private readonly config: Config,
  ) {}

  /** @returns what was removed; null when another process is at it */
  async run(shouldGoOn: () => boolean = () => true): Promise<Removed | null> {
    const days = this.config.delivery.dlqResolvedRetentionDays;
    const auditDays = this.config.auditLogRetentionDays;
    const removed = await this.store.asLeader(async () => ({
      deadLetters: await inBatches(() => this.store.deleteResolvedDeadLetters(days, BATCH), shouldGoOn),
      idempotencyKeys: await inBatches(() => this.store.deleteExpiredKeys(BATCH), shouldGoOn),
      auditLines: await inBatches(() => this.store.deleteAuditLines(auditDays, BATCH), shouldGoOn),
    }));
    if (removed && removed.deadLetters + removed.idempotencyKeys + removed.auditLines > 0) {
      this.log.log(
        `removed ${removed.deadLetters} dead letters resolved more than ${days} days ago, ` +
          `${removed.idempotencyKeys} expired idempotency keys and ` +
          `${removed.auditLines} lines of the audit log older than ${auditDays} days`,
      );
    }
    return removed;
  }
}

async function inBatches(remove: () => Promise<number>, shouldGoOn: () => boolean): Promise<number> {
  let total = 0;
  while (shouldGoOn()) {
    const count = await remove();
    total += count;
    if (count < BATCH) break;
  }
  return total;
}
