import { Database } from '@breakwater/platform';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BreakerStore, type BreakerRow } from './breaker.store.js';
import { changeOfOrder, type Order } from './change-of.js';
import { admit, healthy, isForced, transition, type Circuit } from './circuit.js';

const policy = { failureThreshold: 3, recoveryTimeoutMs: 3_600_000, successThreshold: 2 };
const by = { actor: 'ops', reason: 'a move' };
const event = fc.constantFrom(
  ...(['success', 'failure', 'failure', 'probe_started', 'reset', 'wait'] as const),
  ...(['force_open', 'force_closed', 'automatic'] as const),
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
              `UPDATE circuit_breaker_state SET retry_at = retry_at - interval '9 h', probe_until = probe_until - interval '9 h'
               WHERE app_id = $1`,
              [key.appId],
            );
          } else if (type === 'probe_started') {
            const next = transition(circuit, { type, leaseMs: 60_000 }, nowMs, policy);
            const claimed: BreakerRow | null = await store.claimProbe({
              key,
              token: crypto.randomUUID(),
              leaseMs: 60_000,
              holder: 'here',
            });
            expect(claimed !== null).toBe(circuit.state !== 'closed' && admit(circuit, nowMs) === 'probe');
            circuit = next;
            row = claimed ?? row;
          } else if (type === 'force_open' || type === 'force_closed' || type === 'automatic') {
            const order: Order =
              type === 'automatic'
                ? { type }
                : { type: 'force', state: type === 'force_open' ? 'open' : 'closed' };
            const change = changeOfOrder({ circuit, failureCount: 0 }, order, by, nowMs);
            if (change) row = await store.save(key, row, change, null);
            circuit = transition(circuit, order, nowMs, policy);
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
                forced: null,
                note: null,
              },
              null,
            );
            circuit = next;
          }
          const stored: BreakerRow | null = await store.find(key);
          expect(stored?.state ?? 'closed').toBe(circuit.state);
          expect(stored?.forced ?? false).toBe(isForced(circuit));
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
      forced: null,
      note: null,
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
