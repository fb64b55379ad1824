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
  IsNumber,
  Length,
  Matches,
  Max,
  Min,
} from 'class-validator';
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
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
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
