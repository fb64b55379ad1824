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
/** What the database can keep, with something to see in it. */
const NAME = /^(?=.*\S)[^\p{Cc}\p{Cs}]+$/u;
/** The same for the document: without Unicode classes, which many tools misread, and half a surrogate pair is no text. */
const Name = (): PropertyDecorator =>
  ApiProperty({
    pattern: String.raw`^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$`,
  });

class AlertRuleOptionsDto {
  /** Calls of the last so many ms are counted: 1 min to 7 days. Types that say what is now have no use for it. */
  @Optional()
  @IsInt()
  @Min(WINDOW_MIN_MS)
  @Max(WINDOW_MAX_MS)
  windowMs?: number;

  /** Fewer calls within the window say nothing. */
  @Optional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  minSamples?: number;

  /** Of one app or capability people are told once in this time at most. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(604_800)
  cooldownSeconds?: number;

  /** Empty: every channel that is configured. */
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

  /** success_rate fires below it, avg_attempts and dlq_size above it, the others at it and above. Its range depends on the type. */
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

  /** What is watched; it stays as it is. */
  @IsIn(ALERT_TYPES)
  type: (typeof ALERT_TYPES)[number];

  /** Left out: each app; for dlq_size and queue_depth without a capability the whole installation. */
  @Optional()
  @Length(1, 255)
  @Matches(NAME, { message: 'appId must be the id of an app' })
  @Name()
  appId?: string;

  /** Left out: the app as a whole. `*`: each of its capabilities. */
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
  /** Calls that were counted; null for what says what is now. */
  samples: number | null;
  /** firing, fine, too_few_samples, no_samples. */
  verdict: string;
  /** What would become of its case: open, keep, resolve, nothing. */
  would: string;
  /** Whether people would be told. */
  wouldNotify: boolean;
  /** People were told of it so recently that they would not be told again. */
  withinCooldown: boolean;
}

export class AlertRehearsalDto {
  ruleId: string;
  enabled: boolean;
  /** At this value and beyond it fires. */
  @Fraction()
  threshold: number;
  /** Whether it would fire for anything. */
  wouldFire: boolean;
  subjects: AlertRehearsalSubjectDto[];
  checkedAt: Date;
}
