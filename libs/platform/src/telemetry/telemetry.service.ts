import { Injectable } from '@nestjs/common';
import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
  type GaugeConfiguration,
} from 'prom-client';
import { Database } from '../database/database.service.js';

export type CallMode = 'sync' | 'async';
/** How a delivery ended. Those that a person cancelled are neither success nor failure, and are not counted. */
export type EndStatus = 'completed' | 'fallback' | 'failed' | 'dead_letter';

/** What became of requests to sources. */
export const CAPTURE_ENDS = [
  'accepted',
  'duplicate',
  'rejected',
  'handshake',
  'unavailable',
  'full',
  'too_large',
  'unknown',
] as const;
export type CaptureEnd = (typeof CAPTURE_ENDS)[number];

/** All of them, so that a query for one that has not happened yet returns 0. */
const ENDS: Record<CallMode, EndStatus[]> = {
  sync: ['completed', 'fallback', 'failed'],
  async: ['completed', 'dead_letter'],
};

/** Seconds; deadlines are 1 to 60. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * What this process counts for Prometheus. Labels have small, fixed sets of values: no app, no URL, nothing that
 * others choose.
 */
@Injectable()
export class Telemetry {
  readonly registry = new Registry();

  private readonly ended = new Counter({
    name: 'webhook_total',
    help: 'Deliveries that ended, by how: completed, fallback or failed (sync ones), dead_letter',
    labelNames: ['mode', 'status'],
    registers: [this.registry],
  });
  private readonly succeeded = new Counter({
    name: 'webhook_completed_total',
    help: 'Deliveries that ended in success: those of webhook_total that are completed',
    labelNames: ['mode'],
    registers: [this.registry],
  });
  private readonly calls = new Counter({
    name: 'webhook_attempts_total',
    help: 'Calls that were made to apps, retries included',
    labelNames: ['mode', 'outcome'],
    registers: [this.registry],
  });
  private readonly fallbacks = new Counter({
    name: 'webhook_fallbacks_total',
    help: 'Sync calls that a fallback answered',
    labelNames: ['strategy', 'reason'],
    registers: [this.registry],
  });
  private readonly durations = new Histogram({
    name: 'webhook_processing_duration_seconds',
    help: 'Duration of calls to apps',
    labelNames: ['mode'],
    buckets: DURATION_BUCKETS,
    registers: [this.registry],
  });
  private readonly captured = new Counter({
    name: 'webhook_captures_total',
    help: 'Requests to sources, by what became of them',
    labelNames: ['result'],
    registers: [this.registry],
  });

  constructor(database: Database) {
    collectDefaultMetrics({ register: this.registry });
    for (const end of CAPTURE_ENDS) this.captured.inc({ result: end }, 0);
    for (const mode of ['sync', 'async'] as const) {
      for (const status of ENDS[mode]) this.countEnd(mode, status, 0);
    }
    const { pool } = database;
    this.add({
      name: 'webhook_database_pool_connections',
      help: 'Connections of this process to PostgreSQL, and requests that wait for one',
      labelNames: ['state'],
      collect() {
        this.set({ state: 'total' }, pool.totalCount);
        this.set({ state: 'idle' }, pool.idleCount);
        this.set({ state: 'waiting' }, pool.waitingCount);
      },
    });
  }

  /** Adds a gauge that reads its value when it is scraped. */
  add(gauge: Omit<GaugeConfiguration<string>, 'registers'>): void {
    this.registry.registerMetric(new Gauge({ ...gauge, registers: [] }));
  }

  /** @param outcome kind of the outcome */
  countCall(mode: CallMode, outcome: string, durationMs: number): void {
    this.calls.inc({ mode, outcome });
    this.durations.observe({ mode }, durationMs / 1000);
  }

  /** Calls whose end is unknown: they have no duration. */
  countUnseen(count: number): void {
    this.calls.inc({ mode: 'async', outcome: 'unknown' }, count);
  }

  countCapture(result: CaptureEnd): void {
    this.captured.inc({ result });
  }

  countEnd(mode: CallMode, status: EndStatus, count = 1): void {
    this.ended.inc({ mode, status }, count);
    if (status === 'completed') this.succeeded.inc({ mode }, count);
  }

  /**
   * @param strategy one that is provided
   * @param reason one of the fixed set of fallback reasons
   */
  countFallback(strategy: string, reason: string): void {
    this.fallbacks.inc({ strategy, reason });
  }

  /** Everything, in Prometheus' text format. */
  async scrape(): Promise<{ contentType: string; text: string }> {
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }
}
