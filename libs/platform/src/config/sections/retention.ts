import { integer } from '../kinds.js';
import { Setting } from '../setting.js';

/** How long things are kept. What is partitioned leaves by the week: up to 7 days later. */
export class RetentionConfig {
  static readonly title = 'Retention';

  @Setting(
    'DELIVERY_RETENTION_DAYS',
    integer(1, 3650),
    'Days a delivery that is over is kept, with its attempts.',
  )
  readonly deliveryDays: number = 30;

  @Setting(
    'WEBHOOK_METRICS_RETENTION_DAYS',
    integer(7, 3650),
    'Days the counts of calls by the minute and by the hour are kept.',
  )
  readonly metricsDays: number = 90;

  @Setting('DLQ_RESOLVED_RETENTION_DAYS', integer(1, 3650), 'Days a resolved dead letter is kept.')
  readonly resolvedDeadLetterDays: number = 30;

  @Setting(
    'HISTORY_RETENTION_DAYS',
    integer(1, 3650),
    'Days that notifications, changes of breakers and decided approvals are kept.',
  )
  readonly historyDays: number = 90;

  @Setting('AUDIT_LOG_RETENTION_DAYS', integer(30, 3650), 'Days the audit log is kept.')
  readonly auditLogDays: number = 365;
}
