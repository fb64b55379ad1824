import { IsIn } from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';
import { Optional } from '@breakwater/platform';
import { SERIES_WINDOWS, type SeriesWindow } from '@breakwater/metrics';
import { MomentInQuery, NotBefore } from '../input/query-values.js';
import { IsString, Length } from 'class-validator';
import { MetricNumbersDto } from '../webhook-metrics/webhook-metrics.dto.js';

const WINDOWS = Object.keys(SERIES_WINDOWS) as SeriesWindow[];
const COUNTS = { type: 'object', additionalProperties: { type: 'integer' } } as const;

export class SeriesQueryDto {
  /** Until now; default: `24h`. Has no effect together with `from`. */
  @Optional()
  @IsIn(WINDOWS)
  window: '1h' | '6h' | '24h' | '7d' | '30d' = '24h';

  /** Instead of a window: from this moment on, ISO 8601 with a time zone; only the last 400 days before `to` count. */
  @Optional()
  @MomentInQuery()
  from?: Date;

  /** Until this moment, default now. Has no effect without `from`. */
  @Optional()
  @MomentInQuery()
  @NotBefore('from')
  to?: Date;

  /** Only this capability; default: all of the app together. */
  @Optional()
  @IsString()
  @Length(1, 100)
  capability?: string;
}

export class EndsDto {
  /** Deliveries whose app answered, counted when the successful call began. */
  completed: number;
  /** Sync deliveries that a fallback answered. List: `GET /api/v1/deliveries?status=fallback` with `from` and `to`. */
  fallback: number;
  /** Sync deliveries that nobody answered. List: `GET /api/v1/deliveries?status=failed` with `from` and `to`. */
  failed: number;
  /** Deliveries that became dead letters. List: `GET /api/v1/admin/dlq?state=all`, by `failedAt`. */
  deadLetter: number;
}

export class SeriesNumbersDto extends MetricNumbersDto {
  /** How deliveries ended. */
  ends: EndsDto;

  /** Calls by the class of their status, such as `2xx`; `none` without an answer. */
  @ApiProperty(COUNTS)
  statuses: Record<string, number>;

  /** Failed calls by error class. */
  @ApiProperty(COUNTS)
  errors: Record<string, number>;
}

export class SeriesPointDto extends SeriesNumbersDto {
  /** When the step began. */
  at: Date;
}

export class SeriesDto {
  /** Calls that began at this time or later are counted, */
  from: Date;
  /** and calls that began before this one. */
  to: Date;
  /** Length of a step, ms: from a minute to a day, by the length of the range. Both ends are on whole steps. */
  stepMs: number;
  totals: SeriesNumbersDto;
  /** Every step of the range, oldest first; one without calls has zeros. */
  series: SeriesPointDto[];
}

export class CapabilityNumbersDto extends SeriesNumbersDto {
  capability: string;
}

export class MarkerDto {
  at: Date;
  /** manifest: a new version; breaker: a change of a circuit breaker. */
  @ApiProperty({ enum: ['manifest', 'breaker'] })
  kind: string;
  /** Of the breaker; null for a manifest. */
  capability: string | null;
  /** Of the manifest; null for a breaker. */
  version: number | null;
  /** State of the breaker before; null for a manifest. */
  from: string | null;
  /** State of the breaker after; null for a manifest. */
  to: string | null;
  /** Why the breaker changed; null for a manifest. */
  cause: string | null;
  /** Who did it; null: it happened by itself. */
  actor: string | null;
}

export class AppSeriesDto extends SeriesDto {
  appId: string;
  /** Null: all capabilities of the app together. */
  capability: string | null;
  /** Of the whole range, by capability; those without calls are left out. A subscription is under `endpoint:` and its id. */
  capabilities: CapabilityNumbersDto[];
  /** Changes within the range, oldest first; at most the latest 200 of each kind. */
  markers: MarkerDto[];
}
