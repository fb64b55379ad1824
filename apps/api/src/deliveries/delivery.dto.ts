import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  IsUUID,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Optional } from '@breakwater/platform';
import { PeriodQueryDto } from '../paging/period.dto.js';

const STATUSES = ['pending', 'completed', 'fallback', 'failed', 'dead_letter', 'cancelled'] as const;

export class DeliveryQueryDto extends PeriodQueryDto {
  /** Admin keys only; an app's key sees its own. */
  @Optional()
  @IsString()
  @MaxLength(255)
  appId?: string;

  @Optional()
  @IsIn(STATUSES)
  status?: string;

  @Optional()
  @IsUUID()
  endpointId?: string;

  @Optional()
  @IsString()
  @MaxLength(100)
  capability?: string;

  /** network, rate_limit, server_error, client_error, signature, validation, blocked. */
  @Optional()
  @IsString()
  @MaxLength(30)
  errorClass?: string;

  /** `X-Request-ID` of the caller. */
  @Optional()
  @IsString()
  @Length(1, 255)
  requestId?: string;

  @Optional()
  @IsIn(['sync', 'async'])
  mode?: string;

  @Optional()
  @IsIn(['invocation', 'event'])
  kind?: string;

  /** As the caller sent it; found as long as it is kept, 24 h by default. */
  @Optional()
  @IsString()
  @Length(1, 255)
  idempotencyKey?: string;
}

/** 100 years; more is beyond the range of dates. */
const AGE_MAX_MS = 100 * 365 * 86_400_000;

export class CancelFilterDto {
  /** Admin keys only; an app's key cancels its own. */
  @Optional()
  @IsString()
  @Length(1, 255)
  appId?: string;

  @Optional()
  @IsString()
  @Length(1, 100)
  capability?: string;

  @Optional()
  @IsUUID()
  endpointId?: string;

  @Optional()
  @IsString()
  @Length(1, 255)
  eventType?: string;

  /** Older than this, ms. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(AGE_MAX_MS)
  minAgeMs?: number;

  /** Younger than this, ms. */
  @Optional()
  @IsInt()
  @Min(0)
  @Max(AGE_MAX_MS)
  maxAgeMs?: number;
}

export class BulkCancelDto {
  /** Which ones. An empty filter means all waiting ones, so it is required. */
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => CancelFilterDto)
  filter: CancelFilterDto;

  /** Only count. */
  @Optional()
  @IsBoolean()
  dryRun?: boolean;
}

export class DeliveryDto {
  /** Also its webhook-id. */
  id: string;
  appId: string;
  endpointId: string;
  capability: string;
  /** invocation or event. */
  kind: string;
  /** sync or async. */
  mode: string;
  eventType: string | null;
  requestId: string;
  /** pending, completed, fallback and failed (sync only), dead_letter, cancelled. */
  status: string;
  createdAt: Date;
  finishedAt: Date | null;
  nextAttemptAt: Date | null;
  attempts: number;
  /** Attempts after the first. */
  retryCount: number;
  /** When the last retry began. */
  lastRetryAt: Date | null;
  /** Number of the last attempt it gets, if known: null for deliveries of earlier versions. */
  maxAttempts: number | null;
  /** When it became a dead letter; null if it is none. */
  deadLetteredAt: Date | null;
  redeliveries: number;
  lastOutcome: string | null;
  lastErrorClass: string | null;
  lastError: string | null;
  /** Why it waits: retry, circuit_open, rate_limit, endpoint_slot, app_share, redelivered, paused, disabled. */
  waitReason: string | null;
  /** Who answered a sync call: primary (the app) or fallback; null when nobody did, and for async ones. */
  source: string | null;
  /** The fallback strategy that was used because the app did not answer a sync call. */
  strategy: string | null;
  /** Why the app did not answer a sync call: timeout, circuit_open, http_error, … */
  reason: string | null;
  /** The bulk operation that created it as a replay; null: it is no replay. */
  operationId: string | null;
  /** Of a replay: the first delivery of the same event to the same endpoint; null: there was none. */
  replayOf: string | null;
}

export class DeliveryPageDto {
  items: DeliveryDto[];
  nextCursor: string | null;
}

export class AttemptDto {
  number: number;
  startedAt: Date;
  /** Null when its end is unknown (outcome unknown). */
  durationMs: number | null;
  /** delivered, timeout, http_error, network, tls, dns, blocked, protocol, … */
  outcome: string;
  errorClass: string | null;
  httpStatus: number | null;
  error: string | null;
  /** done, retry, again, dead. */
  next: string;
  nextAt: Date | null;
  /**
   * As they were sent; signatures, and headers that the manifest adds, are shown as `***`. Null when no call was made.
   */
  requestHeaders: Record<string, string> | null;
  responseHeaders: Record<string, string> | null;
  /** First 10 KiB of the answer, as text. */
  responseBody: string | null;
  truncated: boolean;
}

export class TimelineEntryDto {
  at: Date;
  /** accepted, attempt, postponed, redelivered, cancelled, circuit, finished. */
  kind: string;
  detail: Record<string, unknown>;
}

export class DeliveryStoryDto extends DeliveryDto {
  /** As text. Null for keys of scope `read`, and within a dead letter, which has it itself. */
  payload: string | null;
  history: AttemptDto[];
  timeline: TimelineEntryDto[];
}

export class QueueStatisticsDto {
  /** Due and not running. */
  waiting: number;
  active: number;
  /** Among those accepted in the last 24 h. */
  completed: number;
  /** Among those accepted in the last 24 h: dead letters. */
  failed: number;
  /** Waiting for a later time. */
  delayed: number;
  /** Waiting for an endpoint that is paused or disabled, or whose app is. */
  paused: number;
}
