import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, MaxLength } from 'class-validator';
import { Optional } from '@breakwater/platform';
import { PageQueryDto } from '../paging/page.dto.js';

const STATES = ['closed', 'open', 'half_open'] as const;

export class BreakerQueryDto extends PageQueryDto {
  @Optional()
  @IsIn(STATES)
  state?: (typeof STATES)[number];

  @Optional()
  @IsString()
  @MaxLength(255)
  appId?: string;
}

export class BreakerDto {
  appId: string;
  capability: string;
  /** closed, open, half_open. */
  state: string;
  failureCount: number;
  successCount: number;
  lastFailureAt: Date | null;
  failingSince: Date | null;
  openedAt: Date | null;
  /** When the first probe may be sent. */
  retryAt: Date | null;
  lastReason: string | null;
  generation: number;
  /** Null for a breaker that never had a failure. */
  updatedAt: Date | null;
}

export class BreakerPageDto {
  items: BreakerDto[];
  nextCursor: string | null;
}

export class BreakerTransitionDto {
  at: Date;
  from: string;
  to: string;
  /** failures, failure_rate, slow_calls, probe_due, probe_failed, probes_succeeded, reset. */
  cause: string;
  actor: string | null;
  generation: number;
  failureCount: number;
  lastReason: string | null;
}

export class BreakerCountsDto {
  fires: number;
  successes: number;
  failures: number;
  bulkheadRejections: number;
}

export class BreakerStoryDto extends BreakerDto {
  /** Newest first, at most 100. */
  history: BreakerTransitionDto[];
  /** Calls of this process in the last 10 s; null when it made none. */
  @ApiProperty({ type: BreakerCountsDto, nullable: true })
  recent: BreakerCountsDto | null;
}
