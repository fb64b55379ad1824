import { ApiProperty } from '@nestjs/swagger';
import { Fraction } from '../document/fraction.js';
import { REASON_CODES } from '@breakwater/alerts';

export class WebhookHealthReasonDto {
  @ApiProperty({ enum: REASON_CODES })
  code: string;

  /** degraded, unhealthy. */
  severity: string;
  message: string;
  appId: string | null;
  capability: string | null;
  @Fraction()
  value: number;
  /** The threshold from which it counts. */
  @Fraction()
  threshold: number;
}

export class WebhookHealthCountsDto {
  activeApps: number;
  unhealthyApps: number;
  openBreakers: number;

  /** Unresolved dead letters. */
  deadLetters: number;

  /** Deliveries that are due and not claimed. */
  waiting: number;

  /** How long the oldest of them has been due, ms; those behind an open circuit breaker do not count. */
  oldestWaitingMs: number;

  /** Calls of the last hour. */
  calls: number;

  /** Per cent of these calls; null without calls. */
  @Fraction()
  successRate: number | null;
  firingAlerts: number;

  /** Notifications that failed for good within the last 24 h. */
  failedNotifications: number;
}

export class WebhookHealthDto {
  /** healthy, degraded, unhealthy: the worst of the reasons. */
  status: string;

  /** Everything that is wrong, the worst first. */
  reasons: WebhookHealthReasonDto[];
  counts: WebhookHealthCountsDto;
  checkedAt: Date;
}
