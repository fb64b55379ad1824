import { Fraction } from '../document/fraction.js';
import { IsIn } from 'class-validator';
import { Optional } from '@breakwater/platform';
import { METRIC_WINDOWS, type MetricWindow } from '@breakwater/metrics';

const WINDOWS = Object.keys(METRIC_WINDOWS) as MetricWindow[];

export class MetricsQueryDto {
  /** Default: `24h`. */
  @Optional()
  @IsIn(WINDOWS)
  window: '1h' | '24h' | '7d' = '24h';
}

export class MetricNumbersDto {
  /** Calls that were made: each attempt is one. */
  total: number;
  successes: number;
  failures: number;
  /** Failures without an answer in time. */
  timeouts: number;
  /** Per cent of the calls; null without calls. */
  @Fraction()
  successRate: number | null;
  /** Per cent of the calls; null without calls. */
  @Fraction()
  timeoutRate: number | null;
  /** Half of the calls took at most this long, ms, within 1 %; null without calls. */
  @Fraction()
  p50Ms: number | null;
  /** 95 of 100 calls took at most this long, ms, within 1 %. */
  @Fraction()
  p95Ms: number | null;
  /** 99 of 100 calls took at most this long, ms, within 1 %. */
  @Fraction()
  p99Ms: number | null;
}

export class MetricPointDto extends MetricNumbersDto {
  /** When the step began. */
  at: Date;
}

export class MetricsReportDto {
  appId: string;
  /** Null: all capabilities of the app together. */
  capability: string | null;
  window: string;
  /** Calls that began at this time or later are counted, */
  from: Date;
  /** and calls that began before this one. */
  to: Date;
  /** Length of a step of the series: a minute, 15 minutes or an hour. */
  stepMs: number;
  totals: MetricNumbersDto;
  /** Every step of the window, oldest first; one without calls has zeros. */
  series: MetricPointDto[];
}
