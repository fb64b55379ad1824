import { afterEach, describe, expect, it } from 'vitest';
import { CallGate } from './call-gate.service.js';
import type { CircuitBreakers } from './circuit-breakers.service.js';
import type { CircuitState } from './circuit.js';

const key = { appId: 'app', capability: 'quiz_answer' };

/** The two methods of the breakers that a gate uses, written by hand: the breakers have specs of their own. */
class KnownStates {
  private listener: Parameters<CircuitBreakers['onChange']>[0] = () => undefined;
  constructor(private state: CircuitState = 'closed') {}
  onChange(listener: Parameters<CircuitBreakers['onChange']>[0]): void {
    this.listener = listener;
  }
  stateOf(): CircuitState {
    return this.state;
  }
  become(state: CircuitState): void {
    this.state = state;
    this.listener(key, state);
  }
}

describe('a call gate', () => {
  let gates: CallGate[] = [];
  afterEach(() => {
    for (const gate of gates) gate.onModuleDestroy();
    gates = [];
  });
  const gateOver = (states: KnownStates, capacity = 10): CallGate => {
    const gate = new CallGate(states as unknown as CircuitBreakers, { capacity });
    gates.push(gate);
    return gate;
  };
  const answer = async (value: string): Promise<string> => Promise.resolve(value);
  const failed = (value: string): boolean => value === 'bad';

  it('passes values on, good or bad, and counts them', async () => {
    const gate = gateOver(new KnownStates());
    expect(await gate.run(key, () => answer('good'), failed)).toEqual({ ran: true, value: 'good' });
    expect(await gate.run(key, () => answer('bad'), failed)).toEqual({ ran: true, value: 'bad' });
    expect(gate.counts(key)).toEqual({ fires: 2, successes: 1, failures: 1, bulkheadRejections: 0 });
  });

  it('never opens by itself, whatever fails', async () => {
    const gate = gateOver(new KnownStates());
    for (let call = 0; call < 100; call++) await gate.run(key, () => answer('bad'), failed);
    expect(await gate.run(key, () => answer('good'), failed)).toEqual({ ran: true, value: 'good' });
    expect(gate.counts(key)?.fires).toBe(101);
  });

  it('refuses calls beyond its bulkhead, and accepts them again later', async () => {
    const gate = gateOver(new KnownStates(), 2);
    let open = (): void => undefined;
    const held = new Promise<string>((resolve) => {
      open = () => resolve('good');
    });
    const both = [gate.run(key, async () => held, failed), gate.run(key, async () => held, failed)];
    expect(await gate.run(key, () => answer('good'), failed)).toEqual({ ran: false });
    expect(gate.counts(key)).toMatchObject({ failures: 0, bulkheadRejections: 1 });
    open();
    await Promise.all(both);
    expect(await gate.run(key, () => answer('good'), failed)).toMatchObject({ ran: true });
  });

  it('keeps the bulkheads of two breakers apart', async () => {
    const gate = gateOver(new KnownStates(), 1);
    const hanging = gate.run(key, () => new Promise<string>(() => undefined), failed);
    expect(await gate.run({ ...key, capability: 'other' }, () => answer('good'), failed)).toMatchObject({
      ran: true,
    });
    expect(hanging).toBeInstanceOf(Promise);
  });

  it('lets the admitted probe of an open breaker pass, and closes with the breaker', async () => {
    const states = new KnownStates('open');
    const gate = gateOver(states);
    expect(await gate.run(key, () => answer('good'), failed)).toEqual({ ran: true, value: 'good' });
    expect(gate.counts(key)?.fires).toBe(0);
    states.become('closed');
    await gate.run(key, () => answer('good'), failed);
    expect(gate.counts(key)?.fires).toBe(1);
    states.become('open');
    await gate.run(key, () => answer('good'), failed);
    expect(gate.counts(key)?.fires).toBe(1);
  });

  it('passes an exception of the call on', async () => {
    const gate = gateOver(new KnownStates());
    await expect(gate.run(key, () => Promise.reject(new Error('ours')), failed)).rejects.toThrow('ours');
  });

  it('has no counts of a breaker without calls', () =>
    expect(gateOver(new KnownStates()).counts(key)).toBeNull());
});
