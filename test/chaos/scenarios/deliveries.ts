import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { ReceivedCall } from '@breakwater/testing/receiver.js';
import { CALL_TIMEOUT_MS, type Rig } from '../rig.js';

/** From the death of its worker to the next attempt of a delivery (docs/reference/guarantees.md): timeout + 30 s. */
const DEAD_WORKER_BOUND_MS = CALL_TIMEOUT_MS + 30_000;
/**
 * Timeout of a call whose worker stalls: long enough that the next call is still in progress when the worker
 * continues.
 */
const LATE_CALL_MS = 3_000;

/** Its wake-up is lost with it: the sweeper adds another. */
export async function workerKilledBeforeClaim(rig: Rig): Promise<void> {
  const target = await rig.capability();
  const doomed = await rig.worker({ kill: { before_claim: 1 } });
  const id = await rig.accept(target);
  await doomed.end();
  await rig.worker();
  await rig.ended(id, DEAD_WORKER_BOUND_MS);
  expect(await rig.outcomes(id)).toEqual(['delivered']);
}

/** A lost wake-up is repeated, and the worker that got the repeated one dies with it, too. */
export async function workerKilledWithARepeatedWakeUp(rig: Rig): Promise<void> {
  const target = await rig.capability();
  const silent = await rig.api({ kill: { after_accept_commit: 1 } });
  await rig.invoke(target, {}, { api: silent }).catch(() => null);
  await silent.end();
  const [id] = await rig.ageWakeUps(target.appId);
  const doomed = await rig.worker({ kill: { before_claim: 1 } });
  await doomed.end();
  await rig.worker();
  await rig.ended(id!, DEAD_WORKER_BOUND_MS);
  expect(await rig.outcomes(id!)).toEqual(['delivered']);
}

export async function workerKilledAfterClaim(rig: Rig): Promise<void> {
  const target = await rig.capability();
  const doomed = await rig.worker({ kill: { after_claim: 1 } });
  const id = await rig.accept(target);
  await doomed.end();
  await rig.worker();
  await rig.ended(id, DEAD_WORKER_BOUND_MS);
  expect(await rig.outcomes(id)).toEqual(['unknown', 'delivered']);
  expect(rig.callsOf(id)).toHaveLength(1);
}

export async function workerKilledAfterBytesLeft(rig: Rig): Promise<void> {
  let doomed: { kill9(): Promise<void> } | undefined = await rig.worker();
  const killedAtMs = { value: 0 };
  const target = await rig.capability(async () => {
    if (!doomed) return {};
    const worker = doomed;
    doomed = undefined;
    await worker.kill9();
    killedAtMs.value = performance.now();
    return 'hang';
  });
  const id = await rig.accept(target);
  await eventually(() => killedAtMs.value > 0, { what: 'a killed worker' });
  await rig.worker();
  await rig.ended(id, DEAD_WORKER_BOUND_MS);
  expect(await rig.outcomes(id)).toEqual(['unknown', 'delivered']);
  expect(rig.callsOf(id)).toHaveLength(2);
  expect(rig.callsOf(id)[1]!.atMs - killedAtMs.value).toBeLessThan(DEAD_WORKER_BOUND_MS);
}

export async function workerKilledAfter2xxBeforeCommit(rig: Rig): Promise<void> {
  const target = await rig.capability();
  const doomed = await rig.worker({ kill: { after_2xx: 1 } });
  const id = await rig.accept(target);
  await doomed.end();
  expect(rig.callsOf(id)).toHaveLength(1);
  await rig.worker();
  await rig.ended(id, DEAD_WORKER_BOUND_MS);
  expect(await rig.outcomes(id)).toEqual(['unknown', 'delivered']);
}

export async function workerKilledAfterCommit(rig: Rig): Promise<void> {
  const target = await rig.capability(({ number }) => ({ status: number === 1 ? 503 : 200 }));
  // Its claim lasts: the first attempt is finished by this worker, however slow the machine is.
  const doomed = await rig.worker({ kill: { after_finish: 1 } }, { DELIVERY_LEASE_MARGIN: '20000' });
  const id = await rig.accept(target);
  await doomed.end();
  await rig.worker();
  await rig.ended(id, DEAD_WORKER_BOUND_MS);
  expect(await rig.outcomes(id)).toEqual(['http_error', 'delivered']);
}

export async function workersKilledOnOneDelivery(rig: Rig, times: number): Promise<void> {
  const target = await rig.capability();
  const doomed = await Promise.all(
    Array.from({ length: times }, () => rig.worker({ kill: { after_2xx: 1 } })),
  );
  const id = await rig.accept(target);
  await Promise.all(doomed.map((worker) => worker.end()));
  expect(await rig.statusOf(id)).toBe('pending');
  await rig.worker();
  await rig.ended(id, DEAD_WORKER_BOUND_MS);
  const interrupted = Array.from({ length: times }, () => 'unknown');
  expect(await rig.outcomes(id)).toEqual([...interrupted, 'delivered']);
}

/** The roll-up had done all its work except the commit: another worker repeats it from the start. */
export async function workerKilledDuringARollUp(rig: Rig): Promise<void> {
  const target = await rig.capability();
  const doomed = await rig.worker({ kill: { during_roll_up: 1 } });
  await Promise.all(Array.from({ length: 20 }, () => rig.accept(target)));
  await doomed.end();
  await rig.worker();
  const isRolledUp = async (): Promise<boolean> => {
    const sql = `SELECT COALESCE(sum(calls), 0)::int AS calls FROM metric_hours WHERE app_id = $1 AND capability = ''`;
    return (await rig.platform.rows<{ calls: number }>(sql, target.appId))[0]!.calls >= 20;
  };
  await eventually(isRolledUp, { limitMs: 30_000, what: 'rolled up metrics' });
}

/**
 * A delivery that kills every worker that handles it: with one attempt allowed it is claimed six times, then it is a
 * dead letter.
 */
export async function poison(rig: Rig): Promise<void> {
  const target = await rig.capability({}, { retry: { maxAttempts: 1 } });
  const doomed = await Promise.all(Array.from({ length: 6 }, () => rig.worker({ kill: { after_claim: 1 } })));
  const id = await rig.accept(target);
  await Promise.all(doomed.map((worker) => worker.end()));
  await rig.worker();
  await rig.ended(id, DEAD_WORKER_BOUND_MS);
  expect(await rig.outcomes(id)).toEqual(Array.from({ length: 6 }, () => 'unknown'));
  const letters = 'SELECT reason FROM webhook_dead_letter_queue WHERE delivery_id = $1';
  expect(await rig.platform.rows(letters, id)).toEqual([{ reason: 'poison' }]);
  expect(rig.callsOf(id)).toHaveLength(0);
}

/**
 * A worker stalls for longer than its lease during its call, and continues with a late result while another worker
 * makes the next attempt.
 */
export async function workerStoppedLongerThanItsLease(rig: Rig): Promise<void> {
  const stopped = await rig.worker();
  await lateResult(rig, () => {
    stopped.signal('SIGSTOP');
    return () => stopped.signal('SIGCONT');
  });
}

export async function eventLoopBlockedLongerThanALease(rig: Rig): Promise<void> {
  const blockWhile = join(rig.folder, 'blocked');
  writeFileSync(blockWhile, '');
  const blocked = await rig.worker({ blockWhile });
  await lateResult(rig, () => {
    blocked.signal('SIGUSR2');
    return () => rmSync(blockWhile);
  });
}

async function lateResult(rig: Rig, standStill: () => () => void): Promise<void> {
  let goOn = (): void => undefined;
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const target = await rig.capability(
    async ({ number }: ReceivedCall) => {
      if (number === 1) {
        goOn = standStill();
        return { status: 503 };
      }
      await released;
      return {};
    },
    { timeout: LATE_CALL_MS },
  );
  const id = await rig.accept(target);
  await eventually(() => rig.callsOf(id).length === 1, { what: 'the first call' });
  await rig.worker();
  await eventually(() => rig.callsOf(id).length === 2, {
    limitMs: LATE_CALL_MS + 30_000,
    what: 'the next attempt',
  });
  goOn();
  // Either it is refused, or it is stored where it must not be: the next checks show which.
  const isBack = async (): Promise<boolean> =>
    rig.platform.roles.some(({ output }) => isLate(output, id)) || (await rig.outcomes(id)).length > 1;
  await eventually(isBack, { limitMs: 20_000, what: 'the late result' });
  const statusThen = await rig.statusOf(id);
  const outcomesThen = await rig.outcomes(id);
  release();
  await rig.ended(id);
  expect([statusThen, outcomesThen]).toEqual(['pending', ['unknown']]);
  expect(await rig.outcomes(id)).toEqual(['unknown', 'delivered']);
  expect(rig.callsOf(id)).toHaveLength(2);
}

function isLate(output: string, id: string): boolean {
  return output.split('\n').some((line) => line.includes('late result of a lost claim') && line.includes(id));
}

/** Wake-ups are hints: the same one added many times at once makes one call. */
export async function sameJobTwiceAtOnce(rig: Rig): Promise<void> {
  const target = await rig.capability(
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return {};
    },
    // On a busy machine the answer may take long: a timeout would correctly cause a second call.
    { timeout: 60_000 },
  );
  await Promise.all([rig.worker(), rig.worker()]);
  const ids = await Promise.all(Array.from({ length: 10 }, () => rig.accept(target)));
  for (let n = 0; n < 5; n++) await rig.wake(ids);
  await Promise.all(ids.map((id) => rig.ended(id)));
  for (const id of ids) expect(rig.callsOf(id)).toHaveLength(1);
}

/** One worker's clock is wrong by ten minutes: decisions use the database's clock. */
export async function clockWrongBy(rig: Rig, clockOffsetMs: number): Promise<void> {
  const target = await rig.capability(
    ({ headers }) => ({ status: headers['x-retry-attempt'] === '3' ? 200 : 503 }),
    // Five deliveries fail at once: the breaker would wait for a minute.
    { circuitBreaker: { failureThreshold: 1000 } },
  );
  await rig.worker({ clockOffsetMs });
  const ids = await Promise.all(Array.from({ length: 5 }, () => rig.accept(target)));
  await Promise.all(ids.map((id) => rig.ended(id, 40_000)));
  for (const id of ids) {
    expect(await rig.outcomes(id)).toEqual(['http_error', 'http_error', 'delivered']);
    const [first, second, third] = rig.callsOf(id).map(({ atMs }) => atMs) as [number, number, number];
    // Planned: 100 and 200 ms.
    expect(second - first).toBeGreaterThanOrEqual(95);
    expect(third - second).toBeGreaterThanOrEqual(195);
  }
}
