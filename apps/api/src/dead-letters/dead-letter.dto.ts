import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsDefined,
  IsInt,
  IsObject,
  Length,
  Max,
  IsOptional,
  IsString,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { DeliveryStoryDto } from '../deliveries/delivery.dto.js';
import { PageQueryDto } from '../paging/page.dto.js';

const REASONS = ['exhausted', 'non_retryable', 'circuit_open', 'poison'] as const;
const CATEGORIES = ['RETRYABLE', 'RATE_LIMIT', 'NON_RETRYABLE', 'VALIDATION'] as const;
const STATES = ['unresolved', 'requeued', 'resolved', 'all'] as const;

/** 100 years; more is beyond the calendars. */
const AGE_MAX_MS = 100 * 365 * 86_400_000;

export class DeadLetterFilterDto {
  @IsOptional()
  @IsString()
  @Length(1, 255)
  appId?: string;

  @IsOptional()
  @IsString()
  @Length(1, 100)
  capability?: string;

  @IsOptional()
  @IsIn(CATEGORIES)
  category?: (typeof CATEGORIES)[number];

  @IsOptional()
  @IsIn(REASONS)
  reason?: (typeof REASONS)[number];

  @IsOptional()
  @IsString()
  @Length(1, 255)
  eventType?: string;

  /** Older than this, ms. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(AGE_MAX_MS)
  minAgeMs?: number;

  /** Younger than this, ms. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(AGE_MAX_MS)
  maxAgeMs?: number;

  /** `unresolved` when left out. */
  @IsOptional()
  @IsIn(STATES)
  state?: (typeof STATES)[number];
}

export class DeadLetterQueryDto extends DeadLetterFilterDto {
  /** `nextCursor` of the page before. */
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  cursor?: PageQueryDto['cursor'];

  /** Items on a page. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 50;
}

export class ResolveDto {
  /** What was done about it. */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  notes?: string;
}

export class BulkRetryDto {
  /** Which ones; all unresolved when it is empty, so it has to be said. */
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => DeadLetterFilterDto)
  filter: DeadLetterFilterDto;

  /** Only count. */
  @IsOptional()
  @IsBoolean()
  dryRun?: boolean;
}

export class BulkResolveDto extends BulkRetryDto {
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  notes?: string;
}

export class BulkResultDto {
  /** How many were, or would be, touched. */
  count: number;
  dryRun: boolean;
}

export class DeadLetterDto {
  id: string;
  deliveryId: string;
  appId: string;
  endpointId: string;
  capability: string;
  eventType: string | null;
  error: string | null;
  attempts: number;
  category: string;
  reason: string;
  failedAt: Date;
  requeuedAt: Date | null;
  resolvedAt: Date | null;
  resolvedBy: string | null;
  notes: string | null;
}

export class DeadLetterPageDto {
  items: DeadLetterDto[];
  nextCursor: string | null;
}

export class DeadLetterStoryDto extends DeadLetterDto {
  /** The payload as text. */
  payload: string;
  /** Its delivery with every attempt; null once retention took it. */
  delivery: DeliveryStoryDto | null;
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
