import { expect } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { Answer } from '../../support/http.js';
import type { Rig } from '../rig.js';

/** Longest time until the api is ready after PostgreSQL is (docs/reference/guarantees.md). */
const READY_AGAIN_MS = 5_000;
/** Longest time until deliveries that Redis lost are delivered, after they are due (docs/reference/guarantees.md). */
const REDIS_LOSS_BOUND_MS = 30_000;

/** The acceptance was never answered: whether the delivery exists or not, it is complete. */
export async function apiKilledBeforeCommit(rig: Rig): Promise<void> {
  await killedWhileAccepting(rig, 'before_accept_commit', 0);
}

/** The row is committed, no wake-up exists, the caller got no answer: it is delivered anyway. */
export async function apiKilledBetweenCommitAndEnqueue(rig: Rig): Promise<void> {
  await killedWhileAccepting(rig, 'after_accept_commit', 1);
}

async function killedWhileAccepting(
  rig: Rig,
  point: 'before_accept_commit' | 'after_accept_commit',
  delivered: number,
): Promise<void> {
  const target = await rig.capability();
  await rig.worker();
  const doomed = await rig.api({ kill: { [point]: 1 } });
  await expect(rig.invoke(target, {}, { api: doomed })).rejects.toThrow(/socket hang up|ECONNRESET/);
  await doomed.end();
  const ids = await rig.platform.rows<{ id: string }>(
    'SELECT id FROM deliveries WHERE app_id = $1',
    target.appId,
  );
  expect(ids).toHaveLength(delivered);
  for (const { id } of ids) await rig.ended(id, REDIS_LOSS_BOUND_MS);
  expect(rig.platform.receiver.callsTo(target.path)).toHaveLength(delivered);
}

/**
 * Killed while its statement waits in PostgreSQL: there is one delivery or none, never a key without one. The caller,
 * who got no answer, asks again with its key, and there is one.
 */
export async function apiKilledInItsCommit(rig: Rig): Promise<void> {
  const target = await rig.capability();
  const doomed = await rig.api();
  const headers = { 'idempotency-key': `order-${target.name}` };
  const lock = await rig.platform.db.connect();
  try {
    await lock.query('BEGIN');
    await lock.query('LOCK TABLE deliveries IN EXCLUSIVE MODE');
    const answer = rig.invoke(target, { one: 'order' }, { api: doomed, headers }).catch(() => null);
    const waiting = `SELECT 1 FROM pg_locks WHERE relation = 'deliveries'::regclass AND NOT granted`;
    await eventually(async () => (await rig.platform.rows(waiting)).length > 0, { what: 'a waiting insert' });
    await doomed.kill9();
    expect(await answer).toBeNull();
  } finally {
    await lock.query('ROLLBACK');
    lock.release();
  }
  const again = await rig.invoke(target, { one: 'order' }, { headers });
  expect(again.status).toBe(202);
  const ids = 'SELECT id FROM deliveries WHERE app_id = $1';
  const keys = 'SELECT delivery_id AS id FROM idempotency_keys WHERE app_id = $1';
  const one = [{ id: again.json.deliveryId as string }];
  expect(await rig.platform.rows(ids, target.appId)).toEqual(one);
  expect(await rig.platform.rows(keys, target.appId)).toEqual(one);
  await rig.ageWakeUps(target.appId);
  await rig.worker();
  await rig.ended(one[0]!.id, REDIS_LOSS_BOUND_MS);
  expect(rig.platform.receiver.callsTo(target.path)).toHaveLength(1);
}

export async function apiKilledAfterThe202(rig: Rig): Promise<void> {
  const target = await rig.capability();
  const doomed = await rig.api();
  const burst = Array.from({ length: 20 }, async () => {
    const answer = await rig.invoke(target, {}, { api: doomed }).catch(() => null);
    if (answer?.status === 202) await doomed.kill9();
  });
  await Promise.all(burst);
  await rig.worker();
}

/** The row is written before the caller's answer is sent: the switch `ack_before_commit` breaks this. */
export async function apiKilledRightAfterEach202(rig: Rig): Promise<void> {
  const target = await rig.capability();
  for (let n = 0; n < 2; n++) {
    const doomed = await rig.api();
    expect((await rig.invoke(target, {}, { api: doomed })).status).toBe(202);
    await doomed.kill9();
  }
  await rig.worker();
}

export async function idempotencyKeyUnder20ParallelRequests(rig: Rig): Promise<void> {
  const target = await rig.capability();
  await rig.worker();
  const headers = { 'idempotency-key': `order-${target.name}` };
  const ask = (payload: object, n: number): Promise<Answer> =>
    rig.invoke(target, payload, { headers, api: rig.apis[n % 2]! });
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => ask({ same: 'body' }, n)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  const [id, ...others] = new Set(answers.map(({ json }) => json.deliveryId as string));
  expect(others).toEqual([]);
  expect((await ask({ another: 'body' }, 0)).status).toBe(409);
  await rig.ended(id!);
  expect(rig.platform.receiver.callsTo(target.path)).toHaveLength(1);
}

/**
 * 202s continue, readiness reports degraded, and everything is delivered soon after Redis is back, with or without its
 * data.
 */
export async function redisKilledWhileAccepting(rig: Rig): Promise<void> {
  const target = await rig.capability();
  await Promise.all([rig.worker(), rig.worker()]);
  const ids: string[] = [];
  const accept = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) ids.push(await rig.accept(target));
  };
  await accept(20);
  await rig.redis!.kill();
  await accept(20);
  const client = rig.platform.client(rig.apis[0]!);
  const isDegraded = async (): Promise<boolean> => {
    const { status, json } = await client.get('/readyz');
    expect(status).toBe(200);
    return json.details.queue.status === 'degraded';
  };
  await eventually(isDegraded, { what: 'a degraded queue' });
  await rig.redis!.startAgain();
  await accept(5);
  const backAtMs = performance.now();
  await Promise.all(ids.map((id) => rig.ended(id, REDIS_LOSS_BOUND_MS)));
  expect(performance.now() - backAtMs).toBeLessThan(REDIS_LOSS_BOUND_MS);
}

export async function redisFlushedWith200RetriesInBackoff(rig: Rig): Promise<void> {
  let healthy = false;
  const retry = { maxAttempts: 3, initialDelayMs: 6_000, maxDelayMs: 6_000, jitter: 0 };
  const circuitBreaker = { failureThreshold: 1000 };
  // 408 is retried, but does not count as trouble: the endpoint does not rest between the 200 (ADR 19).
  const target = await rig.capability(() => ({ status: healthy ? 200 : 408 }), {
    retry,
    circuitBreaker,
    concurrency: 50,
  });
  await Promise.all([rig.worker({}), rig.worker({})]);
  const ids = await Promise.all(Array.from({ length: 200 }, () => rig.accept(target)));
  const inBackoff = `SELECT count(*)::int AS count FROM deliveries WHERE app_id = $1 AND attempts = 1`;
  await eventually(
    async () => (await rig.platform.rows<{ count: number }>(inBackoff, target.appId))[0]!.count === 200,
    { limitMs: 30_000, what: '200 retries in backoff' },
  );
  healthy = true;
  await rig.redis!.flush();
  await Promise.all(ids.map((id) => rig.ended(id, 6_000 + REDIS_LOSS_BOUND_MS)));
  const late = await rig.platform.rows<{ id: string }>(
    `SELECT a.delivery_id AS id FROM attempts a JOIN attempts first ON first.delivery_id = a.delivery_id AND first.number = 1
     WHERE a.app_id = $1 AND a.number = 2 AND a.started_at > first.next_at + make_interval(secs => $2)`,
    target.appId,
    REDIS_LOSS_BOUND_MS / 1000,
  );
  expect(late).toEqual([]);
}

/** Never a false 202: everything that is not refused with 503 and Retry-After is stored. */
export async function postgresStoppedFor3sUnderLoad(rig: Rig): Promise<void> {
  const target = await rig.capability();
  await Promise.all([rig.worker(), rig.worker()]);
  const answers: Answer[] = [];
  const load = { going: true };
  const lanes = Array.from({ length: 4 }, async (_, n) => {
    while (load.going) {
      answers.push(await rig.invoke(target, { n }, { api: rig.apis[n % 2]! }));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  const count = (status: number): number => answers.filter((answer) => answer.status === status).length;
  await eventually(() => count(202) > 20, { what: 'load' });
  await rig.postgres.crash();
  const downAtMs = performance.now();
  await eventually(() => performance.now() - downAtMs > 3_000 && count(503) > 5, {
    what: 'three seconds of refusals',
  });
  await rig.postgres.startAgain();
  const upAtMs = performance.now();
  for (const api of rig.apis) {
    const isReady = async (): Promise<boolean> =>
      (await rig.platform.client(api).get('/readyz')).status === 200;
    await eventually(isReady, { limitMs: READY_AGAIN_MS, what: 'the api to be ready again' });
  }
  expect(performance.now() - upAtMs).toBeLessThan(READY_AGAIN_MS);
  const before = count(202);
  await eventually(() => count(202) > before + 10, { what: 'acceptance' });
  load.going = false;
  await Promise.all(lanes);
  const refused = answers.filter(({ status }) => status !== 202);
  expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
  for (const { headers } of refused) expect(headers['retry-after']).toBe('2');
}

/** Connections of every process to both stores are cut, again and again, under load. */
export async function connectionsCutUnderLoad(rig: Rig): Promise<void> {
  const target = await rig.capability();
  await Promise.all([rig.worker(), rig.worker()]);
  const load = { going: true };
  const cutting = (async () => {
    while (load.going) {
      await rig.platform.rows(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      );
      await rig.redis?.cutConnections();
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  })();
  const statuses = new Set<number>();
  for (let n = 0; n < 60; n++) statuses.add((await rig.invoke(target)).status);
  load.going = false;
  await cutting;
  expect([...statuses].filter((status) => status !== 202 && status !== 503)).toEqual([]);
  expect(statuses.has(202)).toBe(true);
}
