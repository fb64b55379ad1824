import { ApiProperty } from '@nestjs/swagger';
import { Optional } from '@breakwater/platform';
import { ALERT_TYPES } from '@breakwater/alerts';
import { CHANNELS } from '@breakwater/notifications';
import {
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsNumber,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';
import { AlertPointDto } from './alert.dto.js';
import { Fraction } from '../document/fraction.js';

const WINDOW_MIN_MS = 60_000;
const WINDOW_MAX_MS = 604_800_000;
const NAME_MESSAGE = 'name must be one line of text';
/** Text that the database can store, with at least one visible character. */
const NAME = /^(?=.*\S)[^\p{Cc}\p{Cs}]+$/u;
/** The same pattern for the OpenAPI document, without Unicode classes, which many tools misread. */
const Name = (): PropertyDecorator =>
  ApiProperty({
    pattern: String.raw`^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$`,
  });

class AlertRuleOptionsDto {
  /**
   * Length of the window whose calls are counted: 1 min to 7 days, ms. Not used by types that look at the current
   * state.
   */
  @Optional()
  @IsInt()
  @Min(WINDOW_MIN_MS)
  @Max(WINDOW_MAX_MS)
  windowMs?: number;

  /** With fewer calls within the window the rule does not fire. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  minSamples?: number;

  /** People are notified at most once in this time for each app and capability, ms. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(604_800)
  cooldownSeconds?: number;

  /** Empty: every configured channel. */
  @Optional()
  @IsArray()
  @ArrayUnique()
  @IsIn(CHANNELS, { each: true })
  channels?: (typeof CHANNELS)[number][];

  @Optional()
  @IsBoolean()
  enabled?: boolean;
}

export class AlertRuleChangeDto extends AlertRuleOptionsDto {
  /** Until then it fires and resolves, and nobody is notified; at most 30 days from now. Null ends it. */
  @Optional()
  @ValidateIf(({ mutedUntil }: AlertRuleChangeDto) => mutedUntil !== null)
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  @IsISO8601({ strict: true, strictSeparator: true })
  mutedUntil?: string | null;

  @Optional()
  @Length(1, 200)
  @Matches(NAME, { message: NAME_MESSAGE })
  @Name()
  name?: string;

  /**
   * success_rate fires below it, avg_attempts and dlq_size above it, the others at it and above. Its range depends on
   * the type.
   */
  @Optional()
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Fraction()
  threshold?: number;
}

export class NewAlertRuleDto extends AlertRuleOptionsDto {
  @Length(1, 200)
  @Matches(NAME, { message: NAME_MESSAGE })
  @Name()
  name: string;

  /** What is watched; it cannot be changed. */
  @IsIn(ALERT_TYPES)
  type: (typeof ALERT_TYPES)[number];

  /** Absent: each app; for dlq_size and queue_depth without a capability the whole installation. */
  @Optional()
  @Length(1, 255)
  @Matches(NAME, { message: 'appId must be the id of an app' })
  @Name()
  appId?: string;

  /** Absent: the app as a whole. `*`: each of its capabilities. */
  @Optional()
  @Length(1, 100)
  @Matches(NAME, { message: 'capability must be the name of a capability, or *' })
  @Name()
  capability?: string;

  /** success_rate fires below it, avg_attempts and dlq_size above it, the others at it and above. Its range depends on the type. */
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Fraction()
  threshold: number;
}

export class AlertRuleDto {
  id: string;
  name: string;
  /** success_rate (fires below the threshold), response_time (p95, ms), avg_attempts and dlq_size (above it), queue_depth, circuit_open, app_health. */
  type: string;
  appId: string | null;
  capability: string | null;
  @Fraction()
  threshold: number;
  windowMs: number;
  minSamples: number;
  cooldownSeconds: number;
  channels: string[];
  enabled: boolean;
  /** Until then nobody is notified; null: it is not muted. */
  mutedUntil: Date | null;
  /** The rule in one or two sentences. */
  sentence: string;
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
}

/** A rule after a change. */
export class ChangedRuleDto extends AlertRuleDto {
  /** By the name of the member: its value before and after. */
  changed: Record<string, unknown>;
}

export class AlertRuleEditDto {
  at: Date;
  actor: string;
  /** create, update. */
  action: string;
  /** By the name of the member: its value before and after; empty where that was not recorded. */
  changes: Record<string, unknown>;
}

export class AlertRuleHistoryDto {
  /** Newest first, at most 100, as long as the audit log keeps them. */
  items: AlertRuleEditDto[];
}

/** From when to when a rule would have fired. */
export class FiringSpanDto {
  from: Date;
  /** Null: it still would. */
  to: Date | null;
  @Fraction()
  worstValue: number;
}

export class RehearsedSubjectDto {
  appId: string | null;
  capability: string | null;
  spans: FiringSpanDto[];
  /** The value over time. */
  points: AlertPointDto[];
}

/** What a rule would have done within the last 24 h. */
export class RuleRehearsalDto {
  /** The rule in one or two sentences. */
  sentence: string;
  /** Whether past values are stored: those of types that look at the current state are not. */
  hasHistory: boolean;
  /** How often it would have fired; null without past values. */
  wouldHaveFired: number | null;
  /** The result in one sentence. */
  summary: string;
  from: Date;
  to: Date;
  /** The rule is evaluated once in this time, ms. */
  stepMs: number;
  /** Those with the most calls, at most 20. */
  subjects: RehearsedSubjectDto[];
  /** Whether there are more of them. */
  isCut: boolean;
}

export class AlertRulePageDto {
  items: AlertRuleDto[];
  nextCursor: string | null;
}

export class AlertRehearsalSubjectDto {
  /** Null: the whole installation. */
  appId: string | null;
  /** Null: the app as a whole. */
  capability: string | null;
  /** Null: there were no calls. */
  @Fraction()
  value: number | null;
  /** Calls that were counted; null for types that look at the current state. */
  samples: number | null;
  /** firing, fine, too_few_samples, no_samples. */
  verdict: string;
  /** What would happen to its case: open, keep, resolve, nothing. */
  would: string;
  /** Whether people would be notified. */
  wouldNotify: boolean;
  /** The last notification was so recent that no other one would be sent. */
  withinCooldown: boolean;
}

export class AlertRehearsalDto {
  ruleId: string;
  enabled: boolean;
  /** It fires at this value and beyond. */
  @Fraction()
  threshold: number;
  /** Whether it would fire for any app or capability. */
  wouldFire: boolean;
  subjects: AlertRehearsalSubjectDto[];
  checkedAt: Date;
}
