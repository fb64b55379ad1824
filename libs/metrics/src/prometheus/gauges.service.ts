import { Injectable } from '@nestjs/common';
import { inTime, Telemetry } from '@breakwater/platform';
import { GaugesStore, type Standing } from './gauges.store.js';

/** The database is read at most once in this time, however many scrapes there are, ms. */
const FRESH_MS = 5_000;
/** Longest time that a scrape waits for the database, ms. */
const PATIENCE_MS = 2_000;

/**
 * Prometheus gauges of the whole installation, read when they are scraped. Each process shows the same numbers: take
 * the maximum over them, not the sum. Without the database they are missing and `webhook_database_up` is 0.
 */
@Injectable()
export class Gauges {
  private last: { atMs: number; standing: Promise<Standing | null> } | undefined;

  constructor(
    private readonly store: GaugesStore,
    telemetry: Telemetry,
  ) {
    const gauge = (
      name: string,
      help: string,
      show: (standing: Standing) => Record<string, number> | number,
    ): void => {
      const label = LABELS[name];
      const read = (): Promise<Standing | null> => this.standing();
      telemetry.add({
        name,
        help,
        ...(label === undefined ? {} : { labelNames: [label] }),
        async collect() {
          this.reset();
          const standing = await read();
          // A gauge without labels shows 0 until its only line is removed.
          if (!standing) return label === undefined ? this.remove() : undefined;
          const shown = show(standing);
          if (typeof shown === 'number') return this.set(shown);
          for (const [value, count] of Object.entries(shown)) this.set({ [label!]: value }, count);
        },
      });
    };
    gauge('webhook_dead_letter_queue_size', 'Dead letters that wait for a person', (now) => now.deadLetters);
    gauge(
      'webhook_queue_deliveries',
      'Async deliveries that are not finished',
      ({ waiting, active, delayed }) => ({
        waiting,
        active,
        delayed,
      }),
    );
    gauge(
      'webhook_queue_oldest_due_seconds',
      'How long the longest waiting delivery has been due',
      (now) => now.oldestDueSeconds,
    );
    gauge('webhook_breakers', 'Circuit breakers that ever had a failure', (now) => now.breakers);
    gauge(
      'webhook_notifications',
      'Notifications that are waiting, and that failed for good',
      (now) => now.notifications,
    );
    const up = (): Promise<Standing | null> => this.standing();
    telemetry.add({
      name: 'webhook_database_up',
      help: '1 while the database answers within 2 s, otherwise 0',
      async collect() {
        this.set((await up()) === null ? 0 : 1);
      },
    });
  }

  private standing(): Promise<Standing | null> {
    const nowMs = performance.now();
    if (!this.last || nowMs - this.last.atMs > FRESH_MS) this.last = { atMs: nowMs, standing: this.read() };
    return this.last.standing;
  }

  private async read(): Promise<Standing | null> {
    try {
      return await inTime(this.store.read(), PATIENCE_MS, () => new Error('the database did not answer'));
    } catch {
      return null;
    }
  }
}

const LABELS: Readonly<Record<string, string | undefined>> = {
  webhook_queue_deliveries: 'state',
  webhook_breakers: 'state',
  webhook_notifications: 'status',
};
