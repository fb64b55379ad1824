import { Database } from '@breakwater/platform';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BreakerStore, type BreakerRow } from './breaker.store.js';
import { admit, healthy, transition, type Circuit, type CircuitEvent } from './circuit.js';

const policy = { failureThreshold: 3, recoveryTimeoutMs: 3_600_000, successThreshold: 2 };
const event = fc.constantFrom<CircuitEvent['type'] | 'wait'>(
  'success',
  'failure',
  'probe_started',
  'reset',
  'wait',
);

describe('the row of a breaker', () => {
  let test: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    test = await createTestDatabase();
    database = new Database({ url: test.url, poolMax: 2 });
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    await test.drop();
  });

  it('goes through the same states as the pure machine, whatever happens', async () => {
    const store = new BreakerStore(database);
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 30 }), async (events) => {
        const key = { appId: `app${++runs}`, capability: 'quiz_answer' };
        let circuit: Circuit = healthy;
        let row: BreakerRow | null = null;
        let nowMs = 0;
        for (const type of events) {
          if (type === 'wait') {
            // All waits are over: in the pure machine by its clock, in the row by changing its times.
            nowMs += 2 * policy.recoveryTimeoutMs;
            await database.pool.query(
              `UPDATE circuit_breaker_state SET retry_at = now() - interval '1 s', probe_until = probe_until - interval '9 h'
               WHERE app_id = $1`,
              [key.appId],
            );
          } else if (type === 'probe_started') {
            const next = transition(circuit, { type, leaseMs: 60_000 }, nowMs, policy);
            const claimed: BreakerRow | null = await store.claimProbe(key, crypto.randomUUID(), 60_000);
            expect(claimed !== null).toBe(circuit.state !== 'closed' && admit(circuit, nowMs) === 'probe');
            circuit = next;
            row = claimed ?? row;
          } else {
            const next = transition(circuit, { type }, nowMs, policy);
            if (next === circuit) continue;
            const changed = next.state !== circuit.state;
            row = await store.save(
              key,
              row,
              {
                next,
                retryInMs: next.state === 'open' ? next.retryAtMs - nowMs : null,
                changed,
                told: changed,
                cause: changed ? 'failures' : null,
                failureCount: 1,
                failed: type === 'failure',
                reason: null,
                actor: null,
              },
              null,
            );
            circuit = next;
          }
          const stored: BreakerRow | null = await store.find(key);
          expect(stored?.state ?? 'closed').toBe(circuit.state);
          if (circuit.state === 'closed') expect(stored?.failureCount ?? 0).toBe(circuit.failures);
          if (circuit.state === 'half_open') expect(stored?.successCount).toBe(circuit.successes);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is not overwritten by a process that read an older version', async () => {
    const store = new BreakerStore(database);
    const key = { appId: 'old', capability: 'quiz_answer' };
    const change = {
      next: { state: 'closed', failures: 1 } as const,
      retryInMs: null,
      changed: false,
      told: false,
      cause: null,
      failureCount: 1,
      failed: true,
      reason: 'http 500',
      actor: null,
    };
    const first = await store.save(key, null, change, null);
    expect(await store.save(key, null, change, null)).toBeNull();
    expect(
      await store.save(key, first, { ...change, next: { state: 'closed', failures: 2 } }, null),
    ).toMatchObject({
      failureCount: 2,
    });
  });
});
