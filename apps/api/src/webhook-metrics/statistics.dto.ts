import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, IsString, Length, Max, Min } from 'class-validator';
import { Optional } from '@breakwater/platform';
import { STATISTICS_RANGES, type StatisticsRange } from '@breakwater/delivery';
import { WholeInQuery } from '../input/query-values.js';
import { DeadLetterDto } from '../dead-letters/dead-letter.dto.js';
import { DeliveryStoryDto, QueueStatisticsDto } from '../deliveries/delivery.dto.js';
import { PageQueryDto } from '../paging/page.dto.js';

const RANGES = Object.keys(STATISTICS_RANGES) as StatisticsRange[];

export class OfAppQueryDto {
  /** Admin keys only; an app's key sees its own. */
  @Optional()
  @IsString()
  @Length(1, 255)
  appId?: string;
}

export class DeliveryStatsQueryDto extends OfAppQueryDto {
  /** Default: `24h`. */
  @Optional()
  @IsIn(RANGES)
  range: '1h' | '24h' | '7d' | '30d' = '24h';
}

export class RecentFailuresQueryDto extends OfAppQueryDto {
  /** Default: 20. */
  @Optional()
  @WholeInQuery()
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 20;
}

export class OwnDeadLettersQueryDto extends PageQueryDto {
  /** Admin keys only; an app's key sees its own. */
  @Optional()
  @IsString()
  @Length(1, 255)
  appId?: string;
}

export class QueueStatsDto {
  /** Waiting and active. */
  totalJobs: number;
  /** Failed deliveries among those that ended in the last 24 h. */
  @ApiProperty({ example: '0.24%' })
  failureRate: string;
  /** Waiting. */
  queueDepth: number;
}

export class QueueHealthDto {
  /** Fewer than 100 wait, and at most 5 of 100 failed; with fewer than 20 that ended, the rate is not judged. */
  healthy: boolean;
  metrics: QueueStatisticsDto;
  stats: QueueStatsDto;
  timestamp: Date;
}

export class DeliveryCountsDto {
  total: number;
  completed: number;
  /** Sync deliveries that a fallback answered instead of the app. */
  fallback: number;
  /** Sync deliveries without an answer. */
  failed: number;
  deadLetter: number;
  pending: number;
  cancelled: number;
}

export class DeliverySummaryDto extends DeliveryCountsDto {
  /**
   * Completed deliveries among those that ended. A fallback’s answer does not count as completed; cancelled ones are
   * not counted at all.
   */
  @ApiProperty({ example: '98.08%' })
  successRate: string;

  /** Attempts per delivery that had at least one. */
  @ApiProperty({ example: '1.12' })
  avgAttempts: string;
}

export class DeliveryStatsDto {
  range: string;
  /** The same as `range`. */
  timeRange: string;
  summary: DeliverySummaryDto;

  /** By event type; calls are under their capability. */
  @ApiProperty({ type: 'object', additionalProperties: { $ref: '#/components/schemas/DeliveryCountsDto' } })
  byEventType: Record<string, DeliveryCountsDto>;
}

export class RecentFailureDto {
  /** Of the delivery; also its webhook-id. */
  id: string;
  /** The same as `id`. */
  jobId: string;
  appId: string;
  capability: string;
  /** The event type; for a call its capability. */
  eventType: string;
  /** sync or async. */
  mode: string;
  /** failed (sync) or dead_letter. */
  status: string;
  attempts: number;
  /** Number of the last attempt it got; null for deliveries of earlier versions. */
  maxAttempts: number | null;
  lastAttemptAt: Date | null;
  lastOutcome: string | null;
  lastErrorClass: string | null;
  lastError: string | null;
  /** The same as `lastError`. */
  errorMessage: string | null;
  createdAt: Date;
  failedAt: Date;
}

export class RecentFailuresDto {
  /** Newest first. */
  items: RecentFailureDto[];
  /** The same as `items`. */
  failures: RecentFailureDto[];
  /** Number of items. */
  count: number;
}

export class OwnDeadLetterDto extends DeadLetterDto {
  /** As text: its first 16 KiB. All of it is in `GET /api/v1/admin/dlq/{id}`. Null for keys of scope `read`. */
  payload: string | null;
  /** Whether it is longer. */
  payloadTruncated: boolean;
}

export class OwnDeadLettersPageDto {
  items: OwnDeadLetterDto[];
  nextCursor: string | null;
}

export class RetriedDto extends DeliveryStoryDto {
  success: boolean;

  @ApiProperty({ example: 'delivery 01995d2e-… is due again' })
  message: string;

  /** The delivery’s id: it is the same delivery, with the same webhook-id. */
  newJobId: string;
}
