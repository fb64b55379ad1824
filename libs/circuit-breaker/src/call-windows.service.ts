import { EventEmitter } from 'node:events';
import CircuitBreaker from 'opossum';
import type { RatedCall, WindowCounts } from './rates.js';

const BUCKETS = 10;

/** Calls `rotate` every `everyMs` ms. @returns a function that stops it */
export type Rotating = (everyMs: number, rotate: () => void) => () => void;

/** Members of opossum's rolling window that its types leave out. */
interface RollingWindow {
  readonly stats: Record<'fires' | 'failures' | 'timeouts', number>;
  increment(count: 'fires' | 'failures' | 'timeouts'): void;
  shutdown(): void;
}

interface Rotation {
  emitter: EventEmitter;
  end: () => void;
}

/**
 * opossum's rolling windows in this process, one for each breaker with a rate policy: the results of its calls within
 * the last `windowMs`, exact to a tenth of that. The row decides what follows from them.
 */
export class CallWindows {
  private readonly windows = new Map<string, { windowMs: number; rolling: RollingWindow }>();
  /** One timer for all windows of the same length. */
  private readonly rotations = new Map<number, Rotation>();

  constructor(private readonly rotating: Rotating = onTimer) {}

  /** Counts a call. @returns the window with it */
  record(name: string, windowMs: number, { failed, slow }: RatedCall): WindowCounts {
    const rolling = this.windowOf(name, windowMs);
    rolling.increment('fires');
    if (failed) rolling.increment('failures');
    if (slow) rolling.increment('timeouts');
    const { fires: calls, failures, timeouts } = rolling.stats;
    return { calls, failures, slow: timeouts };
  }

  /** Starts a new window: calls before a change of state do not count after it. */
  forget(name: string): void {
    this.windows.get(name)?.rolling.shutdown();
    this.windows.delete(name);
  }

  close(): void {
    for (const name of this.windows.keys()) this.forget(name);
    for (const { end } of this.rotations.values()) end();
    this.rotations.clear();
  }

  private windowOf(name: string, windowMs: number): RollingWindow {
    const known = this.windows.get(name);
    if (known?.windowMs === windowMs) return known.rolling;
    this.forget(name);
    const rolling = CircuitBreaker.newStatus({
      rollingCountTimeout: windowMs,
      rollingCountBuckets: BUCKETS,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      rotateBucketController: this.rotationOf(windowMs),
    }) as unknown as RollingWindow;
    this.windows.set(name, { windowMs, rolling });
    return rolling;
  }

  private rotationOf(windowMs: number): EventEmitter {
    let rotation = this.rotations.get(windowMs);
    if (!rotation) {
      const emitter = new EventEmitter().setMaxListeners(0);
      rotation = { emitter, end: this.rotating(windowMs / BUCKETS, () => emitter.emit('rotate')) };
      this.rotations.set(windowMs, rotation);
    }
    return rotation.emitter;
  }
}

function onTimer(everyMs: number, rotate: () => void): () => void {
  const timer = setInterval(rotate, everyMs).unref();
  return () => clearInterval(timer);
}
