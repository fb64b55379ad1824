import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  admit,
  healthy,
  isForced,
  isNearOpening,
  refusedUntilMs,
  transition,
  type Circuit,
  type CircuitEvent,
} from './circuit.js';

const policy = { failureThreshold: 5, recoveryTimeoutMs: 60_000, successThreshold: 3 };
const success: CircuitEvent = { type: 'success' };
const failure: CircuitEvent = { type: 'failure' };
const probe: CircuitEvent = { type: 'probe_started', leaseMs: 15_000 };

function after(events: CircuitEvent[], nowMs = 0, from: Circuit = healthy): Circuit {
  return events.reduce((circuit, event) => transition(circuit, event, nowMs, policy), from);
}
const opened = after([failure, failure, failure, failure, failure]);
const forcedOpen: Circuit = { state: 'open', retryAtMs: Number.POSITIVE_INFINITY, forced: true };
const forcedClosed: Circuit = { state: 'closed', failures: 0, forced: true };

describe('a circuit', () => {
  it.each<[string, CircuitEvent[], Circuit]>([
    ['stays closed after 4 failures', Array(4).fill(failure), { state: 'closed', failures: 4 }],
    ['opens at the 5th failure', Array(5).fill(failure), { state: 'open', retryAtMs: 60_000 }],
    ['sets its failures to zero after a success', [failure, failure, success], healthy],
    [
      'counts only failures in a row',
      [failure, failure, failure, failure, success, failure],
      { state: 'closed', failures: 1 },
    ],
    ['ignores a probe it did not need', [probe], healthy],
    [
      'keeps its probe time after late failures',
      Array(9).fill(failure),
      { state: 'open', retryAtMs: 60_000 },
    ],
  ])('%s', (_, events, expected) => expect(after(events)).toEqual(expected));

  it.each<[string, number, string]>([
    ['refuses just after opening', 0, 'refuse'],
    ['refuses at 59 s', 59_000, 'refuse'],
    ['refuses at 59.999 s', 59_999, 'refuse'],
    ['probes at 60 s', 60_000, 'probe'],
  ])('%s', (_, nowMs, expected) => expect(admit(opened, nowMs)).toBe(expected));

  it('cannot be probed before its time', () => {
    expect(transition(opened, probe, 59_999, policy)).toBe(opened);
  });

  it('that is half-open is not opened by the rate of earlier calls', () => {
    const probing: Circuit = { state: 'half_open', successes: 1, probeUntilMs: null };
    expect(transition(probing, { type: 'rate_exceeded' }, 0, policy)).toBe(probing);
  });

  it('lets one probe pass at a time, and the next one when its lease expired', () => {
    const probing = transition(opened, probe, 60_000, policy);
    expect(probing).toEqual({ state: 'half_open', successes: 0, probeUntilMs: 75_000 });
    expect(admit(probing, 74_999)).toBe('refuse');
    expect(refusedUntilMs(probing)).toBe(75_000);
    expect(transition(probing, probe, 74_999, policy)).toBe(probing);
    expect(admit(probing, 75_000)).toBe('probe');
    expect(transition(probing, probe, 75_000, policy)).toMatchObject({ probeUntilMs: 90_000 });
  });

  it('closes after 3 probes in a row', () => {
    const states = [1, 2, 3].reduce<Circuit[]>(
      (circuits) => [...circuits, after([probe, success], 60_000, circuits.at(-1))],
      [opened],
    );
    expect(states.map(({ state }) => state)).toEqual(['open', 'half_open', 'half_open', 'closed']);
    expect(admit(states[1]!, 60_000)).toBe('probe');
    expect(states[3]).toEqual(healthy);
  });

  it('opens again after a failed probe, for the whole recovery time', () => {
    expect(after([probe, success, probe, failure], 60_000, opened)).toEqual({
      state: 'open',
      retryAtMs: 120_000,
    });
  });

  it('is closed by a reset from any state', () => {
    for (const circuit of [healthy, opened, after([probe], 60_000, opened)]) {
      expect(transition(circuit, { type: 'reset' }, 0, policy)).toEqual(healthy);
    }
  });

  it.each<[string, Circuit, CircuitEvent, Circuit]>([
    ['is forced open from closed', healthy, { type: 'force', state: 'open' }, forcedOpen],
    ['is forced open from open', opened, { type: 'force', state: 'open' }, forcedOpen],
    ['is forced closed from open', opened, { type: 'force', state: 'closed' }, forcedClosed],
    ['is forced closed from forced open', forcedOpen, { type: 'force', state: 'closed' }, forcedClosed],
    [
      'is probed at once after forced open',
      forcedOpen,
      { type: 'automatic' },
      { state: 'open', retryAtMs: 7 },
    ],
    ['is healthy after forced closed', forcedClosed, { type: 'automatic' }, healthy],
    ['that is automatic stays as it is', opened, { type: 'automatic' }, opened],
    ['that is forced open is not closed by a reset', forcedOpen, { type: 'reset' }, forcedOpen],
  ])('%s', (_, circuit, event, expected) => expect(transition(circuit, event, 7, policy)).toEqual(expected));

  it('that is forced open refuses at any time', () => {
    expect(admit(forcedOpen, Number.MAX_SAFE_INTEGER)).toBe('refuse');
    expect(admit(forcedClosed, 0)).toBe('pass');
    expect([healthy, opened, forcedOpen, forcedClosed].map(isForced)).toEqual([false, false, true, true]);
  });

  it.each([
    [3, 5, false],
    [4, 5, true],
    [0, 1, false],
    [1, 1, true],
    [1, 2, true],
  ])('with %i failures of %i is near opening: %s', (failures, failureThreshold, expected) =>
    expect(isNearOpening(failures, { ...policy, failureThreshold })).toBe(expected),
  );

  it('gives the time until which it refuses', () => {
    expect(refusedUntilMs(healthy)).toBeNull();
    expect(refusedUntilMs(opened)).toBe(60_000);
  });
});

const anyPolicy = fc.record({
  failureThreshold: fc.integer({ min: 1, max: 8 }),
  recoveryTimeoutMs: fc.integer({ min: 1, max: 1000 }),
  successThreshold: fc.integer({ min: 1, max: 5 }),
});
const step = fc.record({
  event: fc.constantFrom<CircuitEvent>(
    success,
    failure,
    { type: 'probe_started', leaseMs: 50 },
    { type: 'reset' },
  ),
  waitMs: fc.integer({ min: 0, max: 400 }),
});

describe('any history of a circuit', () => {
  it('opens only by enough failures in a row or a failed probe, and closes only by enough probes or a reset', () => {
    fc.assert(
      fc.property(anyPolicy, fc.array(step, { maxLength: 200 }), (rules, steps) => {
        let circuit: Circuit = healthy;
        let nowMs = 0;
        let failuresInARow = 0;
        let goodProbes = 0;
        for (const { event, waitMs } of steps) {
          nowMs += waitMs;
          const before = circuit;
          circuit = transition(before, event, nowMs, rules);
          if (before.state === 'closed') {
            failuresInARow =
              event.type === 'failure'
                ? failuresInARow + 1
                : event.type === 'probe_started'
                  ? failuresInARow
                  : 0;
            expect(circuit.state === 'open').toBe(failuresInARow >= rules.failureThreshold);
          }
          if (before.state === 'open' && circuit.state !== 'open') {
            expect(event.type === 'reset' || nowMs >= before.retryAtMs).toBe(true);
            goodProbes = 0;
          }
          if (before.state === 'half_open') {
            if (event.type === 'success') goodProbes++;
            if (event.type === 'failure') expect(circuit.state).toBe('open');
            if (circuit.state === 'closed')
              expect(event.type === 'reset' || goodProbes >= rules.successThreshold).toBe(true);
          }
          if (circuit.state !== 'closed') failuresInARow = 0;
          if (event.type === 'reset') expect(circuit).toEqual(healthy);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keeps a forced state until a person forces another one or makes it automatic', () => {
    const orders = fc.constantFrom<CircuitEvent>(
      success,
      failure,
      { type: 'rate_exceeded' },
      probe,
      { type: 'reset' },
      { type: 'force', state: 'open' },
      { type: 'force', state: 'closed' },
      { type: 'automatic' },
    );
    const steps = fc.array(fc.record({ event: orders, waitMs: fc.nat(100_000) }), { maxLength: 100 });
    fc.assert(
      fc.property(anyPolicy, steps, (rules, all) => {
        let circuit: Circuit = healthy;
        let nowMs = 0;
        for (const { event, waitMs } of all) {
          nowMs += waitMs;
          const before = circuit;
          circuit = transition(before, event, nowMs, rules);
          if (event.type === 'force') expect(circuit).toMatchObject({ state: event.state, forced: true });
          else if (event.type === 'automatic') expect(isForced(circuit)).toBe(false);
          else if (isForced(before)) expect(circuit).toBe(before);
          else expect(isForced(circuit)).toBe(false);
          if (isForced(circuit))
            expect(admit(circuit, nowMs)).toBe(circuit.state === 'open' ? 'refuse' : 'pass');
          if (isForced(before) && before.state === 'open' && event.type === 'automatic')
            expect(admit(circuit, nowMs)).toBe('probe');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never has two probes whose leases overlap', () => {
    fc.assert(
      fc.property(anyPolicy, fc.array(step, { maxLength: 200 }), (rules, steps) => {
        let circuit: Circuit = after(Array(rules.failureThreshold).fill(failure), 0);
        let nowMs = 0;
        let leaseUntil = 0;
        for (const { event, waitMs } of steps) {
          nowMs += waitMs;
          const admitted = admit(circuit, nowMs);
          const next = transition(circuit, event, nowMs, rules);
          if (event.type === 'probe_started' && next !== circuit) {
            expect(admitted).toBe('probe');
            expect(nowMs).toBeGreaterThanOrEqual(leaseUntil);
            leaseUntil = nowMs + event.leaseMs;
          } else if (event.type !== 'probe_started') leaseUntil = 0; // A result or a reset ends the probe.
          circuit = next;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('with 1 % random failures over 10000 calls does not open', () => {
    // At 1 %, five failures in a row have a probability of 1e-10 at each call: 1e-6 over 10000 calls, with any seed.
    fc.assert(
      fc.property(
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        fc.integer(),
        (_stream, seed) => {
          let state = seed >>> 0 || 1;
          const random = (): number => {
            state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
            return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
          };
          let circuit: Circuit = healthy;
          for (let call = 0; call < 10_000; call++) {
            circuit = transition(circuit, random() < 0.01 ? failure : success, call, policy);
            expect(circuit.state).toBe('closed');
          }
        },
      ),
      { numRuns: 10 },
    );
  });
});
