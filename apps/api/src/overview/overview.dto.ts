import { ApiProperty } from '@nestjs/swagger';
import { VERDICT_REASONS, VERDICT_STATES } from '@breakwater/insights';
import { Fraction } from '../document/fraction.js';
import { SeriesDto } from './series.dto.js';

export class VerdictReasonDto {
  @ApiProperty({ enum: VERDICT_REASONS })
  code: string;
  @ApiProperty({ enum: ['degraded', 'failing'] })
  severity: string;
  /** One sentence. */
  message: string;
  /** How many; for QUEUE_LATE seconds. */
  count: number;
}

export class VerdictDto {
  /** The worst of the reasons. */
  @ApiProperty({ enum: VERDICT_STATES })
  state: string;

  @ApiProperty({ example: '2 of 7 apps are degraded.' })
  sentence: string;

  /** Everything that is wrong, the worst first. */
  reasons: VerdictReasonDto[];
}

/** The apps by their state. List of each: `GET /api/v1/admin/app-summaries?state=…`. */
export class AppStatesDto {
  failing: number;
  degraded: number;
  ok: number;
  idle: number;
  paused: number;
  disabled: number;
}

export class SuccessRateDto {
  /** Per cent of the deliveries that ended; null without any. */
  @Fraction()
  successRate: number | null;
  /** Deliveries whose app answered. */
  completed: number;
  /** Completed, answered by a fallback, failed, and dead letters. */
  ended: number;
}

export class LastHourDto extends SuccessRateDto {
  /** The hour: to the minute, the current one is the last. */
  from: Date;
  to: Date;
  /** 95 of 100 calls took at most this long, ms, within 1 %; null without calls. */
  @Fraction()
  p95Ms: number | null;
  /** Calls that were made: each attempt is one. */
  calls: number;
}

export class DeadLettersTileDto {
  /** Unresolved ones. List: `GET /api/v1/admin/dlq`. */
  count: number;
  /** When the oldest of them failed; null: there is none. */
  oldestAt: Date | null;
}

export class QueueTileDto {
  /** When the oldest due delivery became due; null: none waits. Those of paused or disabled endpoints do not count. */
  oldestDueAt: Date | null;
  /** How long it has waited, whole seconds; 0: none waits. */
  lagSeconds: number;
}

export class WorkersTileDto {
  /** Seen within the last 20 s. List: `GET /api/v1/admin/workers`, those that are alive and have slots. */
  alive: number;
  /** Null: no worker was seen within the last 24 hours. */
  lastHeartbeatAt: Date | null;
}

export class OverviewTilesDto {
  /** Deliveries that ended, on average of the last five whole minutes. */
  @Fraction()
  deliveriesPerMinute: number;
  lastHour: LastHourDto;
  /** The hour before that one. */
  hourBefore: SuccessRateDto;
  /** Breakers that are open or half open. List: `GET /api/v1/admin/circuit-breaker/status`, these two states. */
  openBreakers: number;
  deadLetters: DeadLettersTileDto;
  queue: QueueTileDto;
  /** Null for an app's key. */
  @ApiProperty({ type: WorkersTileDto, nullable: true })
  workers: WorkersTileDto | null;
  /** List: `GET /api/v1/admin/alerts?status=firing`. */
  firingAlerts: number;
}

export class OverviewDto {
  checkedAt: Date;
  verdict: VerdictDto;
  apps: AppStatesDto;
  tiles: OverviewTilesDto;
  /** The last 24 hours in steps of 15 minutes. */
  outcomes: SeriesDto;
}
