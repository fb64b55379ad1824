import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { CallWindows } from './call-windows.service.js';
import { healthy, transition, type Circuit } from './circuit.js';
import { exceededRate, isSlow, rateReason, ratesOf, type RatePolicy } from './rates.js';

const rates: RatePolicy = {
  failureRate: 50,
  slowCallRate: 60,
  slowCallMs: 2000,
  windowMs: 60_000,
  minCalls: 10,
};
const failed = { failed: true, slow: false };
const slow = { failed: false, slow: true };
const good = { failed: false, slow: false };

describe('a rate', () => {
  it.each([
    ['is exceeded at its share of failures', { calls: 10, failures: 5, slow: 0 }, failed, 'failure_rate'],
    ['is not exceeded below it', { calls: 11, failures: 5, slow: 0 }, failed, null],
    ['is not judged with few calls', { calls: 9, failures: 9, slow: 9 }, failed, null],
    ['is exceeded by slow calls that succeed', { calls: 10, failures: 0, slow: 6 }, slow, 'slow_calls'],
    ['is not exceeded by fewer slow calls', { calls: 10, failures: 0, slow: 5 }, slow, null],
    ['is not exceeded by a good call', { calls: 10, failures: 8, slow: 8 }, good, null],
    [
      'names failures first',
      { calls: 10, failures: 8, slow: 8 },
      { failed: true, slow: true },
      'failure_rate',
    ],
  ] as const)('%s', (_, counts, call, expected) => expect(exceededRate(counts, call, rates)).toBe(expected));

  it('that is 0 is not checked, and a policy with no rate checks nothing', () => {
    const counts = { calls: 100, failures: 100, slow: 100 };
    expect(exceededRate(counts, failed, { ...rates, failureRate: 0 })).toBeNull();
    expect(exceededRate(counts, slow, { ...rates, slowCallRate: 0 })).toBeNull();
    expect(ratesOf({})).toBeNull();
    expect(ratesOf({ ...rates, failureRate: 0, slowCallRate: 0 })).toBeNull();
    expect(ratesOf(rates)).toEqual(rates);
    expect(isSlow({}, 1e9)).toBe(false);
    expect(isSlow({ ...rates, slowCallRate: 0 }, 1e9)).toBe(false);
  });

  it('counts a call as slow from this duration on', () => {
    expect([1999, 2000].map((durationMs) => isSlow(rates, durationMs))).toEqual([false, true]);
  });

  it('is described with its numbers', () => {
    const counts = { calls: 10, failures: 8, slow: 9 };
    expect(rateReason('failure_rate', counts, rates)).toBe('8 of 10 calls within 60000 ms failed');
    expect(rateReason('slow_calls', counts, rates)).toBe(
      '9 of 10 calls within 60000 ms took 2000 ms or more',
    );
  });

  it('opens exactly where enough calls and the share are reached, by a bad call', () => {
    const counts = fc
      .tuple(fc.nat(200), fc.nat(200), fc.nat(200))
      .map(([calls, a, b]) => ({ calls, failures: Math.min(a, calls), slow: Math.min(b, calls) }));
    const call = fc.record({ failed: fc.boolean(), slow: fc.boolean() });
    const policy = fc.record({
      failureRate: fc.nat(100),
      slowCallRate: fc.nat(100),
      slowCallMs: fc.constant(1),
      windowMs: fc.constant(1000),
      minCalls: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(counts, call, policy, (seen, one, limits) => {
        const reached = (count: number, percent: number): boolean =>
          percent > 0 && seen.calls >= limits.minCalls && count / seen.calls >= percent / 100 - 1e-12;
        const byFailures = one.failed && reached(seen.failures, limits.failureRate);
        const bySlow = one.slow && reached(seen.slow, limits.slowCallRate);
        expect(exceededRate(seen, one, limits)).toBe(
          byFailures ? 'failure_rate' : bySlow ? 'slow_calls' : null,
        );
      }),
    );
  });
});

/** opossum's windows with a clock that the test moves. */
class Clock {
  private nowMs = 0;
  private readonly turns: { everyMs: number; rotate: () => void; nextMs: number }[] = [];
  readonly windows = new CallWindows((everyMs, rotate) => {
    const turn = { everyMs, rotate, nextMs: this.nowMs + everyMs };
    this.turns.push(turn);
    return () => this.turns.splice(this.turns.indexOf(turn), 1);
  });

  get isStill(): boolean {
    return this.turns.length === 0;
  }

  moveTo(ms: number): void {
    this.nowMs = ms;
    for (const turn of this.turns) for (; turn.nextMs <= ms; turn.nextMs += turn.everyMs) turn.rotate();
  }
}

describe('calls of one process', () => {
  const policy = { failureThreshold: 5, recoveryTimeoutMs: 60_000, successThreshold: 3, ...rates };
  let clock = new Clock();
  afterEach(() => {
    clock.windows.close();
    clock = new Clock();
  });

  /** The circuit after a call, computed as the service does it. */
  function call(circuit: Circuit, isFailure: boolean, durationMs: number, limits = policy): Circuit {
    const one = { failed: isFailure, slow: isSlow(limits, durationMs) };
    const counts = clock.windows.record('a', limits.windowMs, one);
    const next = transition(circuit, { type: isFailure ? 'failure' : 'success' }, 0, limits);
    const exceeded = exceededRate(counts, one, limits) !== null && next.state === 'closed';
    return exceeded ? transition(circuit, { type: 'rate_exceeded' }, 0, limits) : next;
  }

  it('of which 80 % fail, evenly mixed, open within the window', () => {
    let circuit = healthy;
    let calls = 0;
    for (let ms = 0; circuit.state === 'closed'; ms += 1000) {
      clock.moveTo(ms);
      circuit = call(circuit, calls++ % 5 !== 4, 50);
      expect(ms).toBeLessThan(rates.windowMs);
    }
    // Never 5 failures in a row: by that rule alone it stays closed.
    expect(calls).toBe(11);
  });

  it.each([
    ['one after the other', 4000],
    ['20 a second', 50],
  ])('that go from 50 ms to 4 s, all successful, open within 20 calls: %s', (_, apartMs) => {
    let circuit = healthy;
    let ms = 0;
    for (let n = 0; n < 200; n++) {
      clock.moveTo((ms += 1000));
      circuit = call(circuit, false, 50);
    }
    expect(circuit).toBe(healthy);
    const quick = { ...policy, slowCallRate: 20 };
    let calls = 0;
    while (circuit.state === 'closed' && calls < 100) {
      clock.moveTo((ms += apartMs));
      circuit = call(circuit, false, 4000, quick);
      calls++;
    }
    expect(circuit.state).toBe('open');
    expect(calls).toBeLessThanOrEqual(20);
  });

  it('of which 1 % fail at random do not open over 10000 calls', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        let state = seed >>> 0 || 1;
        const random = (): number => {
          state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
          return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
        };
        clock.windows.forget('a');
        let circuit = healthy;
        for (let n = 0; n < 10_000; n++) {
          circuit = call(circuit, random() < 0.01, 50);
          expect(circuit.state).toBe('closed');
        }
      }),
      { numRuns: 10 },
    );
  });

  it('count for the window and no longer, and not after a change of state', () => {
    const record = (): number => clock.windows.record('b', 10_000, failed).failures;
    expect([record(), record()]).toEqual([1, 2]);
    clock.moveTo(8_999);
    expect(record()).toBe(3);
    clock.moveTo(10_000);
    expect(record()).toBe(2);
    clock.windows.forget('b');
    expect(record()).toBe(1);
  });

  it('need no timer when all windows are closed', () => {
    clock.windows.record('e', 10_000, failed);
    expect(clock.isStill).toBe(false);
    clock.windows.close();
    expect(clock.isStill).toBe(true);
  });

  it('start a new window when its length changes', () => {
    clock.windows.record('c', 10_000, failed);
    expect(clock.windows.record('c', 20_000, failed)).toEqual({ calls: 1, failures: 1, slow: 0 });
  });

  it('use the real clock unless another is given', () => {
    const real = new CallWindows();
    expect(real.record('d', 1000, slow)).toEqual({ calls: 1, failures: 0, slow: 1 });
    real.close();
  });
});
