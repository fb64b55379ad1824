import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, Max, Min } from 'class-validator';
import { Optional } from '@breakwater/platform';
import { HEALTH_STATUSES } from '@breakwater/alerts';
import { WholeInQuery } from '../input/query-values.js';
import { PageQueryDto } from '../paging/page.dto.js';

export class AppHealthQueryDto extends PageQueryDto {
  @Optional()
  @IsIn(HEALTH_STATUSES)
  status?: (typeof HEALTH_STATUSES)[number];
}

export class CheckDetailsDto {
  /** Result of the last check: delivered, http_error, timeout, network, tls, dns, blocked, protocol … */
  outcome?: string;
  httpStatus?: number | null;
  /** Null when it was healthy. */
  error?: string | null;
}

export class AppHealthDto {
  appId: string;
  appName: string;
  /** active, disabled; only active apps are checked. */
  appStatus: string;
  /** False where its manifest says `health: false`: it is not checked, and its status stays unknown. */
  checked: boolean;
  /** healthy, degraded (1 or 2 failed checks in a row), unhealthy (3 or more), unknown (not checked yet). */
  status: string;
  lastCheck: Date | null;
  /** Of the last check, ms. */
  responseTimeMs: number | null;
  consecutiveFailures: number;
  failingSince: Date | null;
  nextCheckAt: Date | null;
  details: CheckDetailsDto;
}

export class AppHealthPageDto {
  items: AppHealthDto[];
  nextCursor: string | null;
}

export class UptimeQueryDto {
  /** Default: 90. */
  @Optional()
  @WholeInQuery()
  @IsInt()
  @Min(1)
  @Max(90)
  days: number = 90;
}

export class UptimeDayDto {
  /** In UTC. */
  @ApiProperty({ format: 'date' })
  day: string;
  /** Checks that succeeded. */
  ok: number;
  /** Checks that failed. */
  failed: number;
}

export class UptimeDto {
  appId: string;
  days: UptimeDayDto[];
}
