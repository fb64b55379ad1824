import { EventEmitter } from 'node:events';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import CircuitBreaker from 'opossum';
import { nameOf, type BreakerKey } from './breaker.store.js';
import { CircuitBreakers } from './circuit-breakers.service.js';

export interface GateOptions {
  /** Calls at once per breaker and process. */
  capacity: number;
}

export interface GateCounts {
  fires: number;
  successes: number;
  failures: number;
  /** Calls refused because `capacity` calls were in progress. */
  bulkheadRejections: number;
}

export type Gated<T> = { ran: true; value: T } | { ran: false };

/** Passes a failed call's value through opossum, which counts rejections. */
class CountedFailure<T> {
  constructor(readonly value: T) {}
}

const bucketMs = 1_000;

/**
 * Uses opossum as the gate of this process: the bulkhead, events and counters of each breaker. The breaker's row
 * decides whether calls pass, and the gate follows it: opossum's own threshold, timeout and reset timer are disabled.
 * @see docs/adr/0008-breaker-row-decides.md
 */
@Injectable()
export class CallGate implements OnModuleDestroy {
  private readonly gates = new Map<string, CircuitBreaker<[() => Promise<unknown>]>>();
  private readonly rotation = new EventEmitter().setMaxListeners(0);
  private readonly rotating = setInterval(() => this.rotation.emit('rotate'), bucketMs).unref();

  constructor(
    private readonly breakers: CircuitBreakers,
    private readonly options: GateOptions,
  ) {
    breakers.onChange((key, state) => {
      const gate = this.gates.get(nameOf(key));
      if (state === 'closed') gate?.close();
      else gate?.open();
    });
  }

  /**
   * Runs an admitted call inside the bulkhead.
   * @param failed whether the counters take the call's value as a failure
   */
  async run<T>(key: BreakerKey, call: () => Promise<T>, failed: (value: T) => boolean): Promise<Gated<T>> {
    const gate = this.gateOf(key);
    // A probe is sent while opossum is set to open: the database admitted it, and it is the only one.
    if (gate.opened) return { ran: true, value: await call() };
    try {
      const fired = await gate.fire(async () => {
        const value = await call();
        if (failed(value)) throw new CountedFailure(value);
        return value;
      });
      return { ran: true, value: fired as T };
    } catch (error) {
      if (error instanceof CountedFailure) return { ran: true, value: error.value as T };
      if ((error as { code?: string }).code === 'ESEMLOCKED') return { ran: false };
      throw error;
    }
  }

  /** Counts of the last 10 s in this process; null for a breaker without calls here. */
  counts(key: BreakerKey): GateCounts | null {
    const stats = this.gates.get(nameOf(key))?.stats;
    if (!stats) return null;
    const { fires, successes, failures, semaphoreRejections } = stats;
    return {
      fires,
      successes,
      failures: failures - semaphoreRejections,
      bulkheadRejections: semaphoreRejections,
    };
  }

  onModuleDestroy(): void {
    clearInterval(this.rotating);
    for (const gate of this.gates.values()) gate.shutdown();
    this.gates.clear();
  }

  private gateOf(key: BreakerKey): CircuitBreaker<[() => Promise<unknown>]> {
    const name = nameOf(key);
    let gate = this.gates.get(name);
    if (!gate) {
      // A new options object each time: opossum writes into it.
      gate = new CircuitBreaker((call: () => Promise<unknown>) => call(), {
        name,
        timeout: false,
        capacity: this.options.capacity,
        volumeThreshold: Number.MAX_SAFE_INTEGER,
        resetTimeout: 2 ** 31 - 1,
        rollingCountTimeout: 10 * bucketMs,
        rollingCountBuckets: 10,
        rollingPercentilesEnabled: false,
        enableSnapshots: false,
        rotateBucketController: this.rotation,
      });
      if (this.breakers.stateOf(key) !== 'closed') gate.open();
      this.gates.set(name, gate);
    }
    return gate;
  }
}
