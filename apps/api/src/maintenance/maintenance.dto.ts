export class DroppedPartitionDto {
  name: string;

  /** Rows it had, by the database's own estimate. */
  aboutRows: number;

  /** Rows that are still needed: unfinished deliveries and those with a dead letter. They were kept. */
  kept: number;
}

export class RemovedDto {
  /** Dead letters resolved more than `DLQ_RESOLVED_RETENTION_DAYS` ago. */
  deadLetters: number;

  /** Deliveries that were kept when their partition was dropped, and are over now. */
  leftOverDeliveries: number;

  /** Idempotency keys past their end. */
  idempotencyKeys: number;

  /** Notifications older than `HISTORY_RETENTION_DAYS`; those on their way stay. */
  notifications: number;

  /** Changes of breakers older than `HISTORY_RETENTION_DAYS`; the last of each stays. */
  breakerChanges: number;

  /** Decided approvals older than `HISTORY_RETENTION_DAYS`. */
  approvals: number;

  /** Alerts resolved more than `HISTORY_RETENTION_DAYS` ago. */
  alerts: number;

  /** Lines of the audit log older than `AUDIT_LOG_RETENTION_DAYS`. */
  auditLines: number;
}

export class MaintenanceReportDto {
  /** Partitions that were missing, made now. */
  partitionsMade: string[];

  /** Partitions all of whose rows were older than they are kept. */
  partitionsDropped: DroppedPartitionDto[];

  /** Rows removed one by one, by what they were. */
  removed: RemovedDto;
}
