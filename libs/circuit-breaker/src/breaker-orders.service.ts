import { Logger } from '@nestjs/common';
import { OneAtATime } from '@breakwater/platform';
import { BreakerForcedError } from './breaker-forced.error.js';
import { BreakerStore, nameOf, type BreakerKey, type BreakerRow, type ForcedBy } from './breaker.store.js';
import { circuitOf, type BreakerViews } from './breaker-views.service.js';
import { changeOfOrder, resetOf, type Order } from './change-of.js';
import { healthy } from './circuit.js';

/** What people do with a breaker. Each order is in the row, and other processes are notified, when it is answered. */
export class BreakerOrders {
  private readonly log = new Logger('CircuitBreaker');

  /** @param writes of this process, one at a time for each breaker */
  constructor(
    private readonly store: BreakerStore,
    private readonly views: BreakerViews,
    private readonly writes: OneAtATime,
  ) {}

  /**
   * Closes a breaker by hand and sets its counts to zero. @returns false when it has no row
   * @throws BreakerForcedError when a person forced it: that ends by `automatic` only
   */
  async reset(key: BreakerKey, actor: string): Promise<boolean> {
    return this.writes.run(nameOf(key), async () => {
      for (;;) {
        const row = await this.views.reread(key);
        if (!row) return false;
        if (row.forced) throw new BreakerForcedError(key, row.state);
        const saved = await this.store.save(key, row, resetOf(row, actor), null);
        if (saved) {
          this.views.take(saved);
          this.log.log({ msg: 'circuit reset', ...key, from: row.state, actor });
          return true;
        }
      }
    });
  }

  /** Forces a state, or ends that. @returns the row; null when there was nothing to change */
  async give(key: BreakerKey, order: Order, by: ForcedBy): Promise<BreakerRow | null> {
    return this.writes.run(nameOf(key), async () => {
      for (;;) {
        const row = await this.views.reread(key);
        const nowMs = performance.now();
        const circuit = row ? circuitOf(row, nowMs) : healthy;
        const change = changeOfOrder({ circuit, failureCount: row?.failureCount ?? 0 }, order, by, nowMs);
        if (!change) return null;
        const saved = await this.store.save(key, row, change, null);
        if (!saved) continue;
        this.views.take(saved);
        this.log.warn({
          msg: `circuit ${change.cause}`,
          ...key,
          from: circuit.state,
          to: saved.state,
          ...by,
        });
        return saved;
      }
    });
  }
}
