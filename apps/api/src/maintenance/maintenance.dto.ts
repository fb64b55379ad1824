export class DroppedPartitionDto {
  name: string;

  /** Rows it had, estimated by the database. */
  aboutRows: number;

  /** Rows that are still needed and were kept: unfinished deliveries and those with a dead letter. */
  kept: number;
}

export class RemovedDto {
  /** Dead letters resolved more than `DLQ_RESOLVED_RETENTION_DAYS` ago. */
  deadLetters: number;

  /** Deliveries that were kept when their partition was dropped, and are finished now. */
  leftOverDeliveries: number;

  /** Events that were kept when their partition was dropped, and that nothing needs now. */
  leftOverEvents: number;

  /** What subscriptions were before a change, longer ago than any event that is kept. */
  subscriptionVersions: number;

  /** Sources that were deleted longer ago than any captured request that is kept. */
  sources: number;

  /** Expired idempotency keys. */
  idempotencyKeys: number;

  /** Notifications older than `HISTORY_RETENTION_DAYS`; unsent ones are kept. */
  notifications: number;

  /** Changes of breakers older than `HISTORY_RETENTION_DAYS`; the last of each is kept. */
  breakerChanges: number;

  /** Decided approvals older than `HISTORY_RETENTION_DAYS`. */
  approvals: number;

  /** Alerts resolved more than `HISTORY_RETENTION_DAYS` ago. */
  alerts: number;
  /** Items of bulk operations that ended longer ago than HISTORY_RETENTION_DAYS, and the operations. */
  bulkItems: number;
  bulkOperations: number;

  /** Conformance runs older than `HISTORY_RETENTION_DAYS`; those that people keep stay. */
  conformanceRuns: number;

  /** Lines of the audit log older than `AUDIT_LOG_RETENTION_DAYS`. */
  auditLines: number;

  /** Days of health checks older than 90 days, or of apps that do not exist. */
  healthDays: number;
}

export class MaintenanceReportDto {
  /** Missing partitions that were created now. */
  partitionsMade: string[];

  /** Partitions whose rows were all past their retention. */
  partitionsDropped: DroppedPartitionDto[];

  /** Rows removed one by one, by kind. */
  removed: RemovedDto;
}
