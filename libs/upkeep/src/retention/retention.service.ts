import { Injectable, Logger } from '@nestjs/common';
import { Config, PeriodicRuns } from '@breakwater/platform';
import { RetentionStore, type DroppedPartition } from './retention.store.js';

/** What one run removed and created. */
export interface MaintenanceReport {
  partitionsMade: string[];
  partitionsDropped: DroppedPartition[];
  /** Removed rows by kind. */
  removed: Removed;
}

export interface Removed {
  /** Resolved longer ago than DLQ_RESOLVED_RETENTION_DAYS. */
  deadLetters: number;
  /** Deliveries that were kept when their partition was dropped, and are finished now. */
  leftOverDeliveries: number;
  /** Expired. */
  idempotencyKeys: number;
  /** Events that outlived their partition, and that nothing needs now. */
  leftOverEvents: number;
  /** What subscriptions were, longer ago than any event that is kept. */
  subscriptionVersions: number;
  /** Sources that were deleted longer ago than any captured request that is kept. */
  sources: number;
  /** Older than HISTORY_RETENTION_DAYS, and not waiting to be sent. */
  notifications: number;
  breakerChanges: number;
  approvals: number;
  /** Resolved longer ago than HISTORY_RETENTION_DAYS. */
  alerts: number;
  /** Of operations that ended longer ago than HISTORY_RETENTION_DAYS. */
  bulkItems: number;
  bulkOperations: number;
  /** Begun longer ago than HISTORY_RETENTION_DAYS, and not kept by people. */
  conformanceRuns: number;
  /** Written longer ago than AUDIT_LOG_RETENTION_DAYS. */
  auditLines: number;
  /** Days of health checks, of apps, longer ago than people can see. */
  healthDays: number;
}

const NAME = 'maintenance';
const DAY_MS = 86_400_000;
/** Rows per statement, so that none locks many rows, or for long. */
const BATCH = 1000;
/** As many as GET /admin/health/apps/:appId/uptime shows at most. */
const HEALTH_DAYS = 90;

/**
 * Creates partitions in advance, and removes rows whose retention is over; never unresolved dead letters or unfinished
 * deliveries. Running it twice, or twice at once, is harmless.
 */
@Injectable()
export class Retention {
  private readonly log = new Logger(Retention.name);

  constructor(
    private readonly store: RetentionStore,
    private readonly runs: PeriodicRuns,
    private readonly config: Config,
  ) {}

  /** Runs once a day over all processes. */
  async runIfDue(stop: AbortSignal): Promise<void> {
    await this.runs.ifDue({ name: NAME, everyMs: DAY_MS, stop }, (signal) => this.work(signal));
  }

  /** Runs now. @returns null when another process is doing it */
  async run(): Promise<MaintenanceReport | null> {
    return this.runs.now(NAME, (lost) => this.work(lost));
  }

  private async work(signal: AbortSignal): Promise<MaintenanceReport> {
    const days = this.config.retention;
    const { store } = this;
    const inAll = (remove: () => Promise<number>): Promise<number> => inBatches(remove, signal);
    const partitionsMade = await store.makePartitions();
    // Before the deliveries that they protect from removal.
    const deadLetters = await inAll(() =>
      store.deleteResolvedDeadLetters(days.resolvedDeadLetterDays, BATCH),
    );
    const partitionsDropped = [
      ...(await store.dropFinishedDeliveries(days.deliveryDays)),
      ...(await store.dropOldEvents(days.eventDays)),
      ...(await store.dropOldCaptures(days.eventDays)),
      ...(await store.dropPartitions('metric_minutes', days.metricsDays)),
      ...(await store.dropPartitions('metric_hours', days.metricsDays)),
    ];
    const removed: Removed = {
      deadLetters,
      leftOverDeliveries: await inAll(() => store.deleteLeftOvers(days.deliveryDays, BATCH)),
      idempotencyKeys:
        (await inAll(() => store.deleteExpiredKeys(BATCH))) +
        (await inAll(() => store.deleteExpiredEventKeys(BATCH))),
      leftOverEvents: await inAll(() => store.deleteLeftOverEvents(days.eventDays, BATCH)),
      subscriptionVersions: await inAll(() => store.deleteOldSubscriptions(days.eventDays, BATCH)),
      sources: await inAll(() => store.deleteDeletedSources(days.eventDays, BATCH)),
      notifications: await inAll(() => store.deleteNotifications(days.historyDays, BATCH)),
      breakerChanges: await inAll(() => store.deleteBreakerChanges(days.historyDays, BATCH)),
      approvals: await inAll(() => store.deleteDecidedApprovals(days.historyDays, BATCH)),
      alerts: await inAll(() => store.deleteResolvedAlerts(days.historyDays, BATCH)),
      bulkItems: await inAll(() => store.deleteBulkItems(days.historyDays, BATCH)),
      bulkOperations: await inAll(() => store.deleteBulkOperations(days.historyDays, BATCH)),
      conformanceRuns: await inAll(() => store.deleteConformanceRuns(days.historyDays, BATCH)),
      auditLines: await inAll(() => store.deleteAuditLines(days.auditLogDays, BATCH)),
      healthDays: await inAll(() => store.deleteHealthDays(HEALTH_DAYS, BATCH)),
    };
    const report = { partitionsMade, partitionsDropped, removed };
    this.tell(report);
    return report;
  }

  private tell({ partitionsMade, partitionsDropped, removed }: MaintenanceReport): void {
    const something = Object.fromEntries(Object.entries(removed).filter(([, count]) => count > 0));
    if (partitionsMade.length + partitionsDropped.length + Object.keys(something).length === 0) return;
    this.log.log({ msg: 'maintenance', partitionsMade, partitionsDropped, removed: something });
  }
}

async function inBatches(remove: () => Promise<number>, signal: AbortSignal): Promise<number> {
  let total = 0;
  while (!signal.aborted) {
    const count = await remove();
    total += count;
    if (count < BATCH) break;
  }
  return total;
}
