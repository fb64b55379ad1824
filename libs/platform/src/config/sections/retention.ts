import { integer } from '../kinds.js';
import { Setting } from '../setting.js';

/** How long rows are kept. Partitioned tables are removed by the week: up to 7 days later. */
export class RetentionConfig {
  static readonly title = 'Retention';

  @Setting(
    'DELIVERY_RETENTION_DAYS',
    integer(1, 3650),
    'Days that finished deliveries and their attempts are kept.',
  )
  readonly deliveryDays: number = 30;

  @Setting(
    'EVENT_RETENTION_DAYS',
    integer(1, 3650),
    'Days an event and a captured request are kept; an event longer while a delivery of it waits or an open dead letter needs it.',
  )
  readonly eventDays: number = 30;

  @Setting(
    'WEBHOOK_METRICS_RETENTION_DAYS',
    integer(7, 3650),
    'Days that the counts of calls by minute and by hour are kept.',
  )
  readonly metricsDays: number = 90;

  @Setting('DLQ_RESOLVED_RETENTION_DAYS', integer(1, 3650), 'Days that resolved dead letters are kept.')
  readonly resolvedDeadLetterDays: number = 30;

  @Setting(
    'HISTORY_RETENTION_DAYS',
    integer(1, 3650),
    'Days that notifications, changes of breakers, decided approvals and conformance runs are kept.',
  )
  readonly historyDays: number = 90;

  @Setting('AUDIT_LOG_RETENTION_DAYS', integer(30, 3650), 'Days that the audit log is kept.')
  readonly auditLogDays: number = 365;
}
