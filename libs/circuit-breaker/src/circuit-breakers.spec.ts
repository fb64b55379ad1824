import { Database, HintBus } from '@breakwater/platform';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { rounds } from '@breakwater/testing/rounds.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Admission, BreakerOptions, CallResult } from './admission.js';
import { BreakerStore, type BreakerKey, type BreakerRow } from './breaker.store.js';
import { CircuitBreakers } from './circuit-breakers.service.js';

const policy = { failureThreshold: 5, recoveryTimeoutMs: 60_000, successThreshold: 3 };
const failure = { judged: 'failure', reason: 'http 500' } as const;
const success = { judged: 'success' } as const;

/** Remembers the version of each breaker that its process last read. */
class WatchedStore extends BreakerStore {
  private readonly versions = new Map<string, number>();

  override async find(key: BreakerKey): Promise<BreakerRow | null> {
    const row = await super.find(key);
    return row && this.note(row);
  }

  override async changed(sinceMs: number | null): Promise<BreakerRow[]> {
    return (await super.changed(sinceMs)).map((row) => this.note(row));
  }

  hasRead({ appId }: BreakerKey, version: number): boolean {
    return (this.versions.get(appId) ?? 0) >= version;
  }

  private note(row: BreakerRow): BreakerRow {
    this.versions.set(row.appId, row.version);
    return row;
  }
}

/** One process: its own pool, its own hints, its own memory. */
interface Node {
  breakers: CircuitBreakers;
  store: WatchedStore;
  database: Database;
  hints: HintBus;
}

describe('circuit breakers over several processes', () => {
  let test: TestDatabase;
  let nodes: Node[] = [];
  let name = 0;
  beforeAll(async () => {
    test = await createTestDatabase();
  });
  afterEach(async () => {
    await Promise.all(nodes.map(stop));
    nodes = [];
  });
  afterAll(() => test.drop());

  async function start(options: BreakerOptions = { mode: 'enforce' }): Promise<Node> {
    const database = new Database({ url: test.url, poolMax: 5 });
    const hints = new HintBus(database);
    await hints.onModuleInit();
    const store = new WatchedStore(database);
    const breakers = new CircuitBreakers(store, hints, options);
    await breakers.onModuleInit();
    const node = { breakers, store, database, hints };
    nodes.push(node);
    return node;
  }
  async function stop({ breakers, database, hints }: Node): Promise<void> {
    breakers.onModuleDestroy();
    await hints.onModuleDestroy();
    await database.onApplicationShutdown();
  }
  const newKey = (): { appId: string; capability: string } => ({
    appId: `app${++name}`,
    capability: 'quiz_answer',
  });
  const call = async (
    node: Node,
    key: ReturnType<typeof newKey>,
    result: typeof failure | typeof success,
  ): Promise<Admission> => {
    const admission = await node.breakers.admit(key, policy, 1000);
    await node.breakers.report(admission, result);
    return admission;
  };
  const fail = async (node: Node, key: ReturnType<typeof newKey>, times: number): Promise<void> => {
    for (let time = 0; time < times; time++) await call(node, key, failure);
  };
  /** Makes a breaker's probe due, and waits until all processes know. */
  const makeDue = async (node: Node, key: ReturnType<typeof newKey>): Promise<void> => {
    const { rows: changed } = await node.database.pool.query<{ version: number }>(
      `UPDATE circuit_breaker_state SET retry_at = now(), version = version + 1, updated_at = now()
       WHERE app_id = $1 AND capability = $2 RETURNING version`,
      [key.appId, key.capability],
    );
    await node.hints.publish('breaker', `${key.appId} ${key.capability}`);
    const allKnow = (): boolean => nodes.every(({ store }) => store.hasRead(key, changed[0]!.version));
    await eventually(allKnow, { what: 'every process knows that the probe is due' });
  };
  const rows = async <T>(sql: string, key: ReturnType<typeof newKey>): Promise<T[]> =>
    (await nodes[0]!.database.pool.query(sql, [key.appId, key.capability])).rows as T[];
  const row = (key: ReturnType<typeof newKey>): Promise<Record<string, unknown>> =>
    rows<Record<string, unknown>>(
      'SELECT * FROM circuit_breaker_state WHERE app_id = $1 AND capability = $2',
      key,
    ).then(([first]) => first!);

  it('stay closed at 4 failures, open at the 5th, and refuse until the recovery time is over', async () => {
    const node = await start();
    const key = newKey();
    await fail(node, key, 4);
    expect(node.breakers.stateOf(key)).toBe('closed');
    await fail(node, key, 1);
    const refused = await node.breakers.admit(key, policy, 1000);
    expect(refused).toMatchObject({ kind: 'refused' });
    expect((refused as { retryInMs: number }).retryInMs).toBeGreaterThan(30_000);
    expect((refused as { retryInMs: number }).retryInMs).toBeLessThanOrEqual(60_000);
    expect(await row(key)).toMatchObject({
      state: 'open',
      failure_count: 5,
      generation: 1,
      last_reason: 'http 500',
    });
  });

  it('write and read nothing for a healthy call', async () => {
    const node = await start();
    const key = newKey();
    const before = node.database.pool.totalCount;
    let queries = 0;
    node.database.pool.on('acquire', () => queries++);
    for (let time = 0; time < 100; time++) await call(node, key, success);
    expect(queries).toBe(0);
    expect(node.database.pool.totalCount).toBe(before);
    expect(await row(key)).toBeUndefined();
  });

  it('start counting from zero after a success', async () => {
    const node = await start();
    const key = newKey();
    await fail(node, key, 4);
    await call(node, key, success);
    expect(await row(key)).toMatchObject({ state: 'closed', failure_count: 0 });
    await fail(node, key, 4);
    expect(node.breakers.stateOf(key)).toBe('closed');
  });

  it('opened in one process are open in the others within a second', async () => {
    const [one, two] = [await start(), await start()];
    const key = newKey();
    await fail(one, key, 5);
    const opened = await eventually(() => two.breakers.stateOf(key) === 'open', {
      limitMs: 1000,
      what: 'open in the other process',
    });
    expect(opened).toBe(true);
  });

  describe('whose app reports that it is healthy', () => {
    it('let one probe pass now, in every process, and stay open until it succeeds', async () => {
      const [one, two] = [await start(), await start()];
      const key = newKey();
      await fail(one, key, 5);
      await eventually(() => two.breakers.stateOf(key) === 'open', { what: 'open in the other process' });
      const before = await row(key);
      const told: string[] = [];
      one.breakers.onProbeSoon(({ capability }) => told.push(capability));
      two.breakers.onProbeSoon(() => told.push('elsewhere'));
      expect(await one.breakers.probeSoon(key.appId)).toEqual([key.capability]);
      expect(told).toEqual([key.capability]);
      expect(await row(key)).toMatchObject({
        state: 'open',
        generation: before['generation'],
        failure_count: 5,
      });
      const leaves = await eventually(async () => {
        const leave = await two.breakers.admit(key, policy, 1000);
        return leave.kind === 'probe' ? [leave, await one.breakers.admit(key, policy, 1000)] : null;
      });
      expect(leaves.map(({ kind }) => kind)).toEqual(['probe', 'refused']);
      await two.breakers.report(leaves[0]!, failure);
      const refused = await two.breakers.admit(key, policy, 1000);
      expect((refused as { retryInMs: number }).retryInMs).toBeGreaterThan(30_000);
      expect(await row(key)).toMatchObject({ state: 'open' });
    });

    it('are not changed when they are closed, being probed, due already, or of another app', async () => {
      const node = await start();
      const [closed, due, probed, other] = [newKey(), newKey(), newKey(), newKey()];
      await fail(node, closed, 4);
      for (const key of [due, probed, other]) await fail(node, key, 5);
      for (const key of [due, probed]) await makeDue(node, key);
      const probe = await node.breakers.admit(probed, policy, 1000);
      for (const { appId } of [closed, due, probed]) expect(await node.breakers.probeSoon(appId)).toEqual([]);
      // The result of the current probe still counts.
      await node.breakers.report(probe, success);
      expect(await row(probed)).toMatchObject({ state: 'half_open', success_count: 1 });
      expect(await node.breakers.admit(other, policy, 1000)).toMatchObject({ kind: 'refused' });
    });

    it('change nothing while breakers are off', async () => {
      const [node, off] = [await start(), await start({ mode: 'off' })];
      const key = newKey();
      await fail(node, key, 5);
      expect(await off.breakers.probeSoon(key.appId)).toEqual([]);
      expect(await node.breakers.admit(key, policy, 1000)).toMatchObject({ kind: 'refused' });
    });
  });

  it('are read again when every hint is lost', async () => {
    const [one, deaf] = [await start(), await start({ mode: 'enforce', refreshMs: 100 })];
    await deaf.hints.onModuleDestroy();
    const key = newKey();
    await fail(one, key, 5);
    const opened = await eventually(() => deaf.breakers.stateOf(key) === 'open', {
      limitMs: 5000,
      what: 'open without a hint',
    });
    expect(opened).toBe(true);
  });

  describe('notified by hints alone', () => {
    const pushed: BreakerOptions = { mode: 'enforce', refreshMs: 3_600_000 };

    it('recover in three calls, each in another process', async () => {
      const all = [await start(pushed), await start(pushed), await start(pushed)];
      const key = newKey();
      await fail(all[0]!, key, 5);
      await makeDue(all[0]!, key);
      for (const node of all) {
        const probe = await eventually(
          async () => {
            const leave = await node.breakers.admit(key, policy, 60_000);
            return leave.kind === 'probe' && leave;
          },
          { limitMs: 5_000, what: 'a free probe, long before the last lease expires' },
        );
        await node.breakers.report(probe, success);
      }
      await eventually(() => all.every(({ breakers }) => breakers.stateOf(key) === 'closed'));
      expect(await row(key)).toMatchObject({ state: 'closed', generation: 3 });
    });

    it('let another process probe when a probe was released', async () => {
      const [one, two] = [await start(pushed), await start(pushed)];
      const key = newKey();
      await fail(one, key, 5);
      await makeDue(one, key);
      const probe = await one.breakers.admit(key, policy, 60_000);
      await eventually(() => two.breakers.stateOf(key) === 'half_open');
      expect((await two.breakers.admit(key, policy, 60_000)).kind).toBe('refused');
      await one.breakers.report(probe, { judged: 'ignored' });
      await eventually(async () => (await two.breakers.admit(key, policy, 60_000)).kind === 'probe', {
        limitMs: 5_000,
      });
    });

    it('refuse a call that begins after the response of the failure that opened them, in another process', async () => {
      const [one, two] = [await start(pushed), await start(pushed)];
      const quick = { ...policy, failureThreshold: 2 };
      const failed = async (key: BreakerKey): Promise<void> =>
        one.breakers.report(await one.breakers.admit(key, quick, 1000), failure);
      for (let round = 0; round < rounds(50, 200); round++) {
        const key = newKey();
        await failed(key);
        // The failure before the last one has arrived in the other process.
        await eventually(() => two.store.hasRead(key, 1));
        await failed(key);
        expect((await two.breakers.admit(key, quick, 1000)).kind).toBe('refused');
      }
    });
  });

  it('refuse a call that begins while the failures that open them are being written', async () => {
    const node = await start();
    const key = newKey();
    const leaves = await Promise.all(Array.from({ length: 5 }, () => node.breakers.admit(key, policy, 1000)));
    const reports = leaves.map((leave) => node.breakers.report(leave, failure));
    expect((await node.breakers.admit(key, policy, 1000)).kind).toBe('refused');
    await Promise.all(reports);
  });

  it('use what memory says when one failure is left and the database does not answer', async () => {
    const node = await start();
    const key = newKey();
    await fail(node, key, 4);
    await test.run('ALTER TABLE circuit_breaker_state RENAME TO elsewhere');
    const leave = await node.breakers.admit(key, policy, 1000);
    await test.run('ALTER TABLE elsewhere RENAME TO circuit_breaker_state');
    expect(leave.kind).toBe('pass');
  });

  describe('with a rate policy', () => {
    const rated = {
      ...policy,
      failureThreshold: 1000,
      successThreshold: 1,
      minCalls: 10,
      windowMs: 3_600_000,
      failureRate: 50,
      slowCallRate: 50,
      slowCallMs: 2000,
    };
    const calls = async (node: Node, key: BreakerKey, results: CallResult[]): Promise<void> => {
      for (const result of results)
        await node.breakers.report(await node.breakers.admit(key, rated, 1000), result);
    };
    const quick = { judged: 'success', durationMs: 50 } as const;
    const slow = { judged: 'success', durationMs: 4000 } as const;
    const history = (key: BreakerKey): Promise<{ cause: string }[]> =>
      rows(
        'SELECT cause FROM circuit_breaker_transitions WHERE app_id = $1 AND capability = $2 ORDER BY id',
        key,
      );

    it('open by their failures, in the row before the call is answered, and in other processes', async () => {
      const [one, two] = [await start(), await start()];
      const key = newKey();
      await calls(one, key, [failure, quick, failure, quick, failure, quick, failure, quick, failure]);
      expect(one.breakers.stateOf(key)).toBe('closed');
      await calls(one, key, [quick]);
      expect(one.breakers.stateOf(key)).toBe('closed');
      await calls(one, key, [failure]);
      expect(await row(key)).toMatchObject({
        state: 'open',
        generation: 1,
        last_reason: '6 of 11 calls within 3600000 ms failed, the last with: http 500',
      });
      expect(await history(key)).toEqual([{ cause: 'failure_rate' }]);
      expect((await one.breakers.admit(key, rated, 1000)).kind).toBe('refused');
      await eventually(() => two.breakers.stateOf(key) === 'open', { limitMs: 1000 });
    });

    it('open by slow calls that all succeed, without a failure', async () => {
      const node = await start();
      const key = newKey();
      await calls(node, key, [quick, quick, quick, quick, quick, slow, slow, slow, slow]);
      expect(await row(key)).toBeUndefined();
      await calls(node, key, [slow]);
      expect(await row(key)).toMatchObject({
        state: 'open',
        failure_count: 0,
        last_reason: '5 of 10 calls within 3600000 ms took 2000 ms or more',
      });
      expect((await row(key))['failing_since']).not.toBeNull();
      expect(await history(key)).toEqual([{ cause: 'slow_calls' }]);
    });

    it('start a new window when they close: earlier calls do not open them again', async () => {
      const node = await start();
      const key = newKey();
      await calls(node, key, Array(10).fill(failure));
      expect(node.breakers.stateOf(key)).toBe('open');
      await makeDue(node, key);
      await calls(node, key, [quick]);
      expect(node.breakers.stateOf(key)).toBe('closed');
      await calls(node, key, Array(9).fill(failure));
      expect(node.breakers.stateOf(key)).toBe('closed');
      await calls(node, key, [failure]);
      expect(node.breakers.stateOf(key)).toBe('open');
    });

    it('do not count the late results of earlier calls', async () => {
      const node = await start();
      const key = newKey();
      const late = await Promise.all(Array.from({ length: 20 }, () => node.breakers.admit(key, rated, 1000)));
      await calls(node, key, Array(10).fill(failure));
      await makeDue(node, key);
      await calls(node, key, [quick]);
      for (const leave of late) await node.breakers.report({ ...leave, generation: 1 } as Admission, failure);
      await calls(node, key, Array(9).fill(failure));
      expect(node.breakers.stateOf(key)).toBe('closed');
    });

    it('need no read and no write for a healthy call', async () => {
      const node = await start();
      const key = newKey();
      let queries = 0;
      node.database.pool.on('acquire', () => queries++);
      await calls(node, key, Array(100).fill(quick));
      expect(queries).toBe(0);
    });
  });

  it('count failures of all processes together', async () => {
    const [one, two] = [await start(), await start()];
    const key = newKey();
    for (const node of [one, two, one, two]) await fail(node, key, 1);
    expect(await row(key)).toMatchObject({ state: 'closed', failure_count: 4 });
    await fail(one, key, 1);
    expect(await row(key)).toMatchObject({ state: 'open', failure_count: 5 });
  });

  it('lose no failure when many are reported at once', async () => {
    const [one, two] = [await start(), await start()];
    const key = newKey();
    const slow = { ...policy, failureThreshold: 40 };
    const admissions = await Promise.all(
      Array.from({ length: 39 }, (_, index) => (index % 2 ? one : two).breakers.admit(key, slow, 1000)),
    );
    await Promise.all(
      admissions.map((admission, index) => (index % 2 ? one : two).breakers.report(admission, failure)),
    );
    expect(await row(key)).toMatchObject({ state: 'closed', failure_count: 39 });
  });

  it('let exactly one probe pass among 4 processes with 40 calls each', async () => {
    const all = await Promise.all([start(), start(), start(), start()]);
    const key = newKey();
    await fail(all[0], key, 5);
    for (let probe = 1; probe <= 3; probe++) {
      await makeDue(all[0], key);
      const admissions = await Promise.all(
        all.flatMap((node) =>
          Array.from({ length: 40 }, async () => ({
            node,
            leave: await node.breakers.admit(key, policy, 1000),
          })),
        ),
      );
      const probes = admissions.filter(({ leave }) => leave.kind === 'probe');
      expect(probes).toHaveLength(1);
      expect(admissions.filter(({ leave }) => leave.kind === 'refused')).toHaveLength(159);
      await probes[0]!.node.breakers.report(probes[0]!.leave, success);
    }
    expect(await row(key)).toMatchObject({ state: 'closed', failure_count: 0, generation: 3 });
    const history = await rows<{ from_state: string; to_state: string }>(
      'SELECT from_state, to_state FROM circuit_breaker_transitions WHERE app_id = $1 AND capability = $2 ORDER BY id',
      key,
    );
    expect(history.map(({ from_state, to_state }) => `${from_state} ${to_state}`)).toEqual([
      'closed open',
      'open half_open',
      'half_open closed',
    ]);
  });

  it('open again, in every process, after a failed probe', async () => {
    const [one, two] = [await start(), await start()];
    const key = newKey();
    await fail(one, key, 5);
    await makeDue(one, key);
    expect((await call(one, key, failure)).kind).toBe('probe');
    expect(await row(key)).toMatchObject({ state: 'open', generation: 3 });
    expect((await two.breakers.admit(key, policy, 1000)).kind).toBe('refused');
  });

  it('keep their state when all processes end', async () => {
    const one = await start();
    const key = newKey();
    await fail(one, key, 5);
    await stop(one);
    nodes = [];
    const two = await start();
    expect((await two.breakers.admit(key, policy, 1000)).kind).toBe('refused');
    await makeDue(two, key);
    for (const _ of [1, 2, 3]) expect((await call(two, key, success)).kind).toBe('probe');
    await stop(two);
    nodes = [];
    const three = await start();
    await fail(three, key, 4);
    expect(three.breakers.stateOf(key)).toBe('closed');
    await fail(three, key, 1);
    expect(three.breakers.stateOf(key)).toBe('open');
  });

  it('are probed again after a probing process died', async () => {
    const [one, two] = [await start(), await start()];
    const key = newKey();
    await fail(one, key, 5);
    await makeDue(one, key);
    expect((await one.breakers.admit(key, policy, 1000)).kind).toBe('probe'); // Its process dies before it reports a result.
    expect((await two.breakers.admit(key, policy, 1000)).kind).toBe('refused');
    await one.database.pool.query(
      'UPDATE circuit_breaker_state SET probe_until = now(), version = version + 1 WHERE app_id = $1',
      [key.appId],
    );
    await one.hints.publish('breaker', `${key.appId} ${key.capability}`);
    const next = await eventually(async () => {
      const leave = await two.breakers.admit(key, policy, 1000);
      return leave.kind === 'probe' && leave;
    });
    await two.breakers.report(next, success);
    expect(await row(key)).toMatchObject({ state: 'half_open', success_count: 1 });
  });

  it('ignore the result of a probe whose lease expired', async () => {
    const one = await start();
    const key = newKey();
    await fail(one, key, 5);
    await makeDue(one, key);
    const late = await one.breakers.admit(key, policy, 1000);
    await one.database.pool.query(
      'UPDATE circuit_breaker_state SET probe_until = now(), version = version + 1 WHERE app_id = $1',
      [key.appId],
    );
    await one.hints.publish('breaker', `${key.appId} ${key.capability}`);
    await eventually(async () => (await one.breakers.admit(key, policy, 1000)).kind === 'probe');
    await one.breakers.report(late, failure);
    expect(await row(key)).toMatchObject({ state: 'half_open', generation: 2 });
  });

  it('ignore results of calls of an older generation', async () => {
    const one = await start();
    const key = newKey();
    const old = await one.breakers.admit(key, policy, 1000);
    await fail(one, key, 5);
    await one.breakers.report(old, success);
    expect(await row(key)).toMatchObject({ state: 'open', generation: 1 });
  });

  it('release a probe without a result', async () => {
    const one = await start();
    const key = newKey();
    await fail(one, key, 5);
    await makeDue(one, key);
    await one.breakers.report(await one.breakers.admit(key, policy, 1000), { judged: 'ignored' });
    expect((await one.breakers.admit(key, policy, 1000)).kind).toBe('probe');
  });

  it('are closed by a reset, and the history names the actor', async () => {
    const [one, two] = [await start(), await start()];
    const key = newKey();
    expect(await one.breakers.reset(key, 'ops')).toBe(false);
    await fail(one, key, 5);
    expect(await two.breakers.reset(key, 'ops')).toBe(true);
    await eventually(() => one.breakers.stateOf(key) === 'closed', { limitMs: 1000 });
    expect(await row(key)).toMatchObject({ state: 'closed', failure_count: 0, success_count: 0 });
    expect(
      await rows(
        `SELECT actor, cause FROM circuit_breaker_transitions WHERE app_id = $1 AND capability = $2 AND to_state = 'closed'`,
        key,
      ),
    ).toEqual([{ actor: 'ops', cause: 'reset' }]);
  });

  it('let every call pass and still change state in mode observe', async () => {
    const node = await start({ mode: 'observe' });
    const key = newKey();
    await fail(node, key, 5);
    expect(node.breakers.stateOf(key)).toBe('open');
    expect((await node.breakers.admit(key, policy, 1000)).kind).toBe('unjudged');
  });

  it('do nothing when they are off', async () => {
    const node = await start({ mode: 'off' });
    const key = newKey();
    await fail(node, key, 9);
    expect((await node.breakers.admit(key, policy, 1000)).kind).toBe('unjudged');
    expect(await row(key)).toBeUndefined();
  });
});
