import { Type } from 'class-transformer';
import { ApiProperty, OmitType } from '@nestjs/swagger';
import {
  IsBoolean,
  IsIn,
  IsDefined,
  IsInt,
  IsObject,
  Length,
  Max,
  IsString,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { Optional } from '@breakwater/platform';
import { WholeInQuery } from '../input/query-values.js';
import { DeliveryStoryDto } from '../deliveries/delivery.dto.js';
import { PageQueryDto } from '../paging/page.dto.js';

export const REASONS = ['exhausted', 'non_retryable', 'circuit_open', 'poison', 'endpoint_disabled'] as const;
export const CATEGORIES = ['RETRYABLE', 'RATE_LIMIT', 'NON_RETRYABLE', 'VALIDATION'] as const;
const STATES = ['unresolved', 'requeued', 'resolved', 'all'] as const;

/** 100 years; more is beyond the range of dates. */
const AGE_MAX_MS = 100 * 365 * 86_400_000;

/** Which dead letters, except for their age. */
export class DeadLetterMarksDto {
  @Optional()
  @IsString()
  @Length(1, 255)
  appId?: string;

  @Optional()
  @IsString()
  @Length(1, 100)
  capability?: string;

  @Optional()
  @IsIn(CATEGORIES)
  category?: (typeof CATEGORIES)[number];

  @Optional()
  @IsIn(REASONS)
  reason?: (typeof REASONS)[number];

  @Optional()
  @IsString()
  @Length(1, 255)
  eventType?: string;

  /** Of the last failure: network, rate_limit, server_error, client_error, signature, validation, blocked. */
  @Optional()
  @IsString()
  @Length(1, 30)
  errorClass?: string;

  /** Default: `unresolved`. */
  @Optional()
  @IsIn(STATES)
  state?: (typeof STATES)[number];
}

export class DeadLetterFilterDto extends DeadLetterMarksDto {
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

export class DeadLetterQueryDto extends DeadLetterMarksDto {
  /** Older than this, ms. */
  @Optional()
  @WholeInQuery()
  @IsInt()
  @Min(0)
  @Max(AGE_MAX_MS)
  minAgeMs?: number;

  /** Younger than this, ms. */
  @Optional()
  @WholeInQuery()
  @IsInt()
  @Min(0)
  @Max(AGE_MAX_MS)
  maxAgeMs?: number;

  /** `nextCursor` of the previous page. */
  @Optional()
  @IsString()
  @MaxLength(1000)
  cursor?: PageQueryDto['cursor'];

  /** Items per page. */
  @Optional()
  @WholeInQuery()
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 50;
}

export class ResolveDto {
  /** What was done about it. */
  @Optional()
  @IsString()
  @MaxLength(2000)
  notes?: string;
}

export class NoteDto {
  /** Null removes the note. */
  @ValidateIf(({ note }: NoteDto) => note !== null)
  @IsString()
  @Length(1, 2000)
  @ApiProperty({ type: String, nullable: true, minLength: 1, maxLength: 2000 })
  note: string | null;
}

export class BulkRetryDto {
  /** Which ones. An empty filter means all unresolved ones, so it is required. */
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => DeadLetterFilterDto)
  filter: DeadLetterFilterDto;

  /** Only count. */
  @Optional()
  @IsBoolean()
  dryRun?: boolean;
}

export class BulkResolveDto extends BulkRetryDto {
  @Optional()
  @IsString()
  @MaxLength(2000)
  notes?: string;
}

export class BulkResultDto {
  /** How many were, or would be, changed. */
  count: number;
  dryRun: boolean;
}

export class DeadLetterDto {
  id: string;
  deliveryId: string;
  appId: string;
  endpointId: string;
  capability: string;
  /** The event type; for a call its capability. */
  eventType: string;
  error: string | null;
  attempts: number;
  category: string;
  reason: string;
  /** Of the last failure; null: no call failed. */
  errorClass: string | null;
  failedAt: Date;
  /** When it was last sent again; it stays when that failed, too. */
  requeuedAt: Date | null;
  resolvedAt: Date | null;
  resolvedBy: string | null;
  /** Of its resolution. */
  notes: string | null;
  /** A note of one person for the others, and who wrote it when. */
  note: string | null;
  notedBy: string | null;
  notedAt: Date | null;
}

export class DeadLetterPageDto {
  items: DeadLetterDto[];
  nextCursor: string | null;
}

export class DeadLetterGroupQueryDto extends OmitType(DeadLetterQueryDto, ['state'] as const) {
  /** Default: `unresolved`. */
  @Optional()
  @IsIn(['unresolved', 'requeued'])
  state?: 'unresolved' | 'requeued';
}

export class DeadLetterGroupDto {
  appId: string;
  /** Of a subscription `endpoint:` and its id. */
  capability: string;
  endpointId: string;
  /** Of the last failure; null: no call failed. */
  errorClass: string | null;
  /** List: `GET /api/v1/admin/dlq` with `appId`, `capability` and `errorClass`. */
  count: number;
  firstFailedAt: Date;
  lastFailedAt: Date;
}

export class DeadLetterGroupPageDto {
  items: DeadLetterGroupDto[];
  nextCursor: string | null;
}

export class DeadLetterStoryDto extends DeadLetterDto {
  /** The payload as text. */
  payload: string;
  /** Its delivery with every attempt; null after retention removed it. */
  @ApiProperty({ type: DeliveryStoryDto, nullable: true })
  delivery: DeliveryStoryDto | null;
}

export class DeadLetterRetryDto extends DeadLetterStoryDto {
  /** The delivery that is sent: another one if the payload was edited. Null with `dryRun`. */
  sentId: string | null;
  /** Sentences: what delays it, such as an open circuit breaker or a pause. */
  warnings: string[];
  dryRun: boolean;
}

export class DeadLetterStatisticsDto {
  total: number;
  byCategory: Record<string, number>;
  byReason: Record<string, number>;
  byApp: Record<string, number>;
  byCapability: Record<string, number>;
  byEventType: Record<string, number>;
  byAge: Record<string, number>;
}
