import { ApiProperty } from '@nestjs/swagger';
import { ALERT_STATES, type AlertState } from '@breakwater/alerts';
import { Optional } from '@breakwater/platform';
import { IsIn, IsString, IsUUID, Length } from 'class-validator';
import { Fraction } from '../document/fraction.js';
import { PageQueryDto } from '../paging/page.dto.js';

const STATUSES = ['firing', 'resolved'] as const;

export class AlertQueryDto extends PageQueryDto {
  @Optional()
  @IsIn(STATUSES)
  status?: (typeof STATUSES)[number];

  /** open: firing, and nobody takes care of it yet; acknowledged: firing, and somebody does; resolved. */
  @Optional()
  @IsIn(ALERT_STATES)
  state?: AlertState;

  @Optional()
  @IsUUID()
  ruleId?: string;

  @Optional()
  @IsString()
  @Length(1, 255)
  appId?: string;
}

export class AcknowledgeDto {
  /** What is done about it. */
  @Optional()
  @IsString()
  @Length(1, 2000)
  note?: string;
}

export class AlertDto {
  id: string;
  ruleId: string;
  ruleName: string;
  type: string;
  /** Null: the whole installation. */
  appId: string | null;
  /** Null: the app as a whole. */
  capability: string | null;
  /** firing, resolved. */
  status: string;
  /** The rule's threshold when it fired. */
  @Fraction()
  threshold: number;
  windowMs: number;
  @Fraction()
  valueAtFiring: number;
  @Fraction()
  worstValue: number;
  @Fraction()
  lastValue: number | null;
  /** Calls counted last; null for types that look at the current state. */
  samples: number | null;
  firedAt: Date;
  /** When it was last evaluated. */
  evaluatedAt: Date;
  /** When people were notified; null: not notified, because of the cooldown. */
  notifiedAt: Date | null;
  resolvedAt: Date | null;
  /** recovered, no_samples (no calls within the window any more), rule_off (its rule was switched off or deleted). */
  resolvedReason: string | null;
  /** open, acknowledged, resolved. */
  state: string;
  /** When somebody said that they take care of it, who, and their note. */
  acknowledgedAt: Date | null;
  acknowledgedBy: string | null;
  acknowledgedNote: string | null;
}

/** The value of a rule at one time. */
export class AlertPointDto {
  at: Date;
  /** Null: no calls within the window before. */
  @Fraction()
  value: number | null;
  /** Calls that were counted. */
  samples: number;
}

/** The values around the time in which it fired. */
export class AlertSeriesDto {
  from: Date;
  to: Date;
  stepMs: number;
  /** Each is the value over the window that ends then. */
  points: AlertPointDto[];
}

/** A message that was to be sent because of it. */
export class AlertNotificationDto {
  id: string;
  channel: string;
  /** alert_firing, alert_resolved. */
  kind: string;
  recipient: string;
  /** pending, sent, failed. */
  status: string;
  attempts: number;
  createdAt: Date;
  sentAt: Date | null;
  lastError: string | null;
}

export class AlertStoryDto extends AlertDto {
  /** How a value is compared with the threshold: `<`, `>`, `>=`. */
  comparison: string;
  /** What the value is: "success rate" … */
  noun: string;
  /** After a number: " %", " ms" or nothing. */
  unit: string;
  /** Null for types whose past values are not stored: those of the current state. */
  @ApiProperty({ type: AlertSeriesDto, nullable: true })
  series: AlertSeriesDto | null;
  /** Oldest first, at most 200. */
  notifications: AlertNotificationDto[];
  /** Why people were not notified that it fires: cooldown, muted; null: they were. */
  suppressedBy: string | null;
}

export class AlertPageDto {
  items: AlertDto[];
  nextCursor: string | null;
}
