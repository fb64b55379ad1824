import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, IsString, Length, Max, Min } from 'class-validator';
import { Optional } from '@breakwater/platform';
import { STATISTICS_RANGES, type StatisticsRange } from '@breakwater/delivery';
import { WholeInQuery } from '../input/query-values.js';
import { QueueStatisticsDto } from '../deliveries/delivery.dto.js';
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
  /** `24h` when left out. */
  @Optional()
  @IsIn(RANGES)
  range: '1h' | '24h' | '7d' | '30d' = '24h';
}

export class RecentFailuresQueryDto extends OfAppQueryDto {
  /** 20 when left out. */
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
  /** Failed of those that ended in the last 24 h. */
  @ApiProperty({ example: '0.24%' })
  failureRate: string;
  /** Waiting. */
  queueDepth: number;
}

export class QueueHealthDto {
  /** Fewer than 100 wait, and at most 5 of 100 failed; of fewer than 20 that ended, a share says nothing. */
  healthy: boolean;
  metrics: QueueStatisticsDto;
  stats: QueueStatsDto;
  timestamp: Date;
}

export class DeliveryCountsDto {
  total: number;
  completed: number;
  /** Sync ones that the app did not answer and a fallback did. */
  fallback: number;
  /** Sync ones that nobody answered. */
  failed: number;
  deadLetter: number;
  pending: number;
  cancelled: number;
}

export class DeliverySummaryDto extends DeliveryCountsDto {
  /** Completed of those that ended. A fallback’s answer is no success of the app; cancelled ones count as neither. */
  @ApiProperty({ example: '98.08%' })
  successRate: string;

  /** Attempts per delivery that had any. */
  @ApiProperty({ example: '1.12' })
  avgAttempts: string;
}

export class DeliveryStatsDto {
  range: string;
  summary: DeliverySummaryDto;

  /** By type of event; calls under their capability. */
  @ApiProperty({ type: 'object', additionalProperties: { $ref: '#/components/schemas/DeliveryCountsDto' } })
  byEventType: Record<string, DeliveryCountsDto>;
}

export class RecentFailureDto {
  /** Of the delivery; also its webhook-id. */
  id: string;
  appId: string;
  capability: string;
  eventType: string | null;
  /** sync or async. */
  mode: string;
  /** failed (sync) or dead_letter. */
  status: string;
  attempts: number;
  lastOutcome: string | null;
  lastErrorClass: string | null;
  lastError: string | null;
  createdAt: Date;
  failedAt: Date;
}

export class RecentFailuresDto {
  /** Newest first. */
  items: RecentFailureDto[];
}
