import { ApiProperty } from '@nestjs/swagger';
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
import { Fraction } from '../document/fraction.js';
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
  /** The delivery whose payload a person edited to make this one; null: it is no such delivery. */
  editedFrom: string | null;
}

export class DeliveryPageDto {
  items: DeliveryDto[];
  nextCursor: string | null;
}

/** How long the parts of a call took, ms. Those of the connection are null when an open one was used. */
export class TimingsDto {
  @Fraction()
  dnsMs: number | null;
  @Fraction()
  connectMs: number | null;
  @Fraction()
  tlsMs: number | null;
  /** From the request that was written to the status line of the answer. */
  @Fraction()
  firstByteMs: number | null;
  /** From the status line to the end of the body. */
  @Fraction()
  bodyMs: number | null;
}

/** The start of a body, at most 64 KiB. */
export class ShownBodyDto {
  contentType: string | null;
  /** Size of all that is stored, in bytes. */
  bytes: number;
  /** Of all that is stored, in hex. */
  sha256: string;
  /** text, or base64 where it is not UTF-8. */
  encoding: string;
  content: string;
  /** Whether there is more than `content`. */
  truncated: boolean;
  /** false: only the first 10 KiB were stored, so size and hash are of these. */
  isWhole: boolean;
}

/** What was signed, and by how many secrets; the signatures themselves are not stored. */
export class SignatureDto {
  /** `webhook-id`. */
  id: string;
  /** `webhook-timestamp`, in seconds since 1970. */
  timestamp: string;
  /** One for each secret, in the order they were sent: v1 is HMAC-SHA256, v1a Ed25519. */
  schemes: string[];
}

/** What answered a sync call that its app did not answer. */
export class FallbackDto {
  /** Name of the strategy. */
  strategy: string;
  /** Why the app did not answer. */
  reason: string | null;
}

/** What a redelivery would be. */
export class RedeliverDto {
  /** Another payload, any JSON, also null. Then a new delivery with its own webhook-id is made, and this one stays. */
  @Optional()
  payload?: unknown;

  /** Only check, and answer the warnings. */
  @Optional()
  @IsBoolean()
  dryRun?: boolean;
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
  /** The same answer with its size and hash, also where it is not text; null without an answer. */
  @ApiProperty({ type: ShownBodyDto, nullable: true })
  response: ShownBodyDto | null;
  /** Null when nothing is known of any part. */
  @ApiProperty({ type: TimingsDto, nullable: true })
  timings: TimingsDto | null;
  /** Null when no call was made, or it was not signed. */
  @ApiProperty({ type: SignatureDto, nullable: true })
  signature: SignatureDto | null;
  /** State of its circuit breaker when the attempt began: closed, open, half_open; null: no change of it is known. */
  breaker: string | null;
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
  /** The payload with its size and hash, also where it is not text; null as `payload`. */
  @ApiProperty({ type: ShownBodyDto, nullable: true })
  request: ShownBodyDto | null;
  /** W3C trace id of the request that was accepted; null without tracing. */
  traceId: string | null;
  /** Null unless a fallback answered. */
  @ApiProperty({ type: FallbackDto, nullable: true })
  fallback: FallbackDto | null;
  history: AttemptDto[];
  timeline: TimelineEntryDto[];
}

/** The delivery that is sent; with `dryRun` the one that would be sent again. */
export class RedeliveryDto extends DeliveryStoryDto {
  /** Sentences: what delays it, such as an open circuit breaker or a pause. */
  warnings: string[];
  dryRun: boolean;
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
