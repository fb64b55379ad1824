import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, Length } from 'class-validator';
import { APP_SORTS, APP_STATES, type AppSort, type AppState } from '@breakwater/insights';
import { Optional } from '@breakwater/platform';
import { Fraction } from '../document/fraction.js';
import { PageQueryDto } from '../paging/page.dto.js';

export class AppSummaryQueryDto extends PageQueryDto {
  /** `worst` first (default), by `name`, or the latest seen first (`lastSeen`). */
  @Optional()
  @IsIn(APP_SORTS)
  sort: 'worst' | 'name' | 'lastSeen' = 'worst' satisfies AppSort;

  /** Occurs in the id or the name. */
  @Optional()
  @IsString()
  @Length(1, 255)
  search?: string;

  @Optional()
  @IsIn(APP_STATES)
  state?: AppState;
}

export class SparkPointDto {
  /** When the hour began. */
  at: Date;
  /** Deliveries that ended. */
  ended: number;
  /** Those of them whose app answered. */
  completed: number;
}

export class AppSummaryDto {
  appId: string;
  name: string;
  /** active or disabled. */
  status: string;
  /** The worst that is wrong; idle: no calls within 24 hours. */
  @ApiProperty({ enum: APP_STATES })
  state: string;
  /** One sentence; null: nothing is wrong. */
  reason: string | null;
  /** Of its health checks: healthy, degraded, unhealthy, unknown. */
  health: string;
  /** Per cent of the deliveries that ended within 24 hours; null without any. */
  @Fraction()
  successRate: number | null;
  /** Deliveries that ended within 24 hours. */
  ended: number;
  /** Those of them whose app answered. */
  completed: number;
  /** 95 of 100 calls of 24 hours took at most this long, ms, within 1 %; null without calls. */
  @Fraction()
  p95Ms: number | null;
  /** Breakers that are open or half open. */
  openBreakers: number;
  /** Unresolved ones. */
  deadLetters: number;
  /** When the oldest of them failed; null: there is none. */
  oldestDeadLetterAt: Date | null;
  /** When its last call began, to the minute; null: none is known. */
  lastSeenAt: Date | null;
  /** 24 hours, oldest first; the last one is the current hour. */
  sparkline: SparkPointDto[];
}

export class AppSummaryPageDto {
  items: AppSummaryDto[];
  nextCursor: string | null;
}
