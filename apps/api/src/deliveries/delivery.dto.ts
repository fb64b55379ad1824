import { Type } from 'class-transformer';
import { IsDate, IsIn, IsOptional, IsString, IsUUID, MaxDate, MaxLength, MinDate } from 'class-validator';
import { PageQueryDto } from '../paging/page.dto.js';

const STATUSES = ['pending', 'completed', 'failed', 'dead_letter', 'cancelled'] as const;

/** JavaScript knows days that PostgreSQL does not. */
const FIRST_DAY = new Date('1970-01-01T00:00:00Z');
const LAST_DAY = new Date('9999-12-31T00:00:00Z');

export class DeliveryQueryDto extends PageQueryDto {
  /** Admin keys only; an app's key sees its own. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  appId?: string;

  @IsOptional()
  @IsIn(STATUSES)
  status?: string;

  @IsOptional()
  @IsUUID()
  endpointId?: string;

  @IsOptional()
  @IsString()
  @MaxLength(100)
  capability?: string;

  /** network, rate_limit, server_error, client_error, signature, validation, blocked. */
  @IsOptional()
  @IsString()
  @MaxLength(30)
  errorClass?: string;

  /** Accepted at or after. */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  @MinDate(FIRST_DAY)
  @MaxDate(LAST_DAY)
  from?: Date;

  /** Accepted before. */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  @MinDate(FIRST_DAY)
  @MaxDate(LAST_DAY)
  to?: Date;
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
  /** pending, completed, failed (sync only), dead_letter, cancelled. */
  status: string;
  createdAt: Date;
  finishedAt: Date | null;
  nextAttemptAt: Date | null;
  attempts: number;
  redeliveries: number;
  lastOutcome: string | null;
  lastErrorClass: string | null;
  lastError: string | null;
  /** Why it waits: retry, circuit_open, rate_limit, endpoint_slot, redelivered. */
  waitReason: string | null;
}

export class DeliveryPageDto {
  items: DeliveryDto[];
  nextCursor: string | null;
}

export class AttemptDto {
  number: number;
  startedAt: Date;
  durationMs: number;
  /** delivered, timeout, http_error, network, tls, dns, blocked, protocol, … */
  outcome: string;
  errorClass: string | null;
  httpStatus: number | null;
  error: string | null;
  /** done, retry, again, dead. */
  next: string;
  nextAt: Date | null;
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
  history: AttemptDto[];
  timeline: TimelineEntryDto[];
}

export class QueueStatisticsDto {
  /** Due and not running. */
  waiting: number;
  active: number;
  /** Of those accepted in the last 24 h. */
  completed: number;
  /** Of those accepted in the last 24 h: dead letters. */
  failed: number;
  /** Waiting for a later time. */
  delayed: number;
  paused: number;
}
