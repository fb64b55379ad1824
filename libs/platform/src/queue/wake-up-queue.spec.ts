import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { Link } from '@breakwater/testing/link.js';
import { openWakeUps, type OpenWakeUps } from '@breakwater/testing/wake-ups.js';
import { newId } from '../ids/ids.io.js';
import type { WakeUp } from './wake-jobs.js';
import type { Work } from './wake-up-queue.service.js';
import { ensureRuntimeLogin } from '../migrations/runtime-login.io.js';

const redisUrl = inject('redisUrl');

describe.each([
  ['PostgreSQL', true],
  ['Redis', false],
])('wake-ups on %s', (backend, onPostgres) => {
  let test: TestDatabase;
  let databaseUrl: string;
  beforeAll(async () => {
    test = await createTestDatabase();
    databaseUrl = test.url.replace('//breakwater:', '//runtime_of_a_queue:');
    await ensureRuntimeLogin(test.url, databaseUrl);
  });
  afterAll(() => test.drop());
  const missing = !onPostgres && redisUrl === null;
  const open = (name = newId()): Promise<OpenWakeUps> =>
    openWakeUps({
      DATABASE_URL: databaseUrl,
      QUEUE_NAME: name,
      QUEUE_PREFIX: 'test',
      QUEUE_CONCURRENCY: '12', // three ids share a job
      ...(onPostgres ? {} : { REDIS_URL: redisUrl! }),
    });

  it.skipIf(missing)('are handled once, later ones later, keyed ones together', async () => {
    const { queue, worker, close } = await open();
    await queue.waitUntilReady();
    const heard: { id: string; atMs: number }[] = [];
    const startedMs = performance.now();
    await queue.add([
      { deliveryId: 'now' },
      { deliveryId: 'later', delayMs: 300 },
      { deliveryId: 'keyed', key: 'k_1' },
      { deliveryId: 'keyed', key: 'k_1' },
    ]);
    queue.consume(
      worker,
      async (work) => void heard.push({ id: idOf(work), atMs: performance.now() - startedMs }),
      5,
    );
    await eventually(() => heard.length === 3, { what: `three wake-ups on ${backend}` });
    expect(heard.map(({ id }) => id).toSorted()).toEqual(['keyed', 'later', 'now']);
    expect(heard.find(({ id }) => id === 'later')!.atMs).toBeGreaterThanOrEqual(295);
    expect(await queue.counts()).toMatchObject({ waiting: 0, delayed: 0 });
    await close();
  });

  it.skipIf(missing)('are never handled more at once than configured', async () => {
    const { queue, worker, close } = await open();
    await queue.waitUntilReady();
    let now = 0;
    let most = 0;
    let done = 0;
    queue.consume(
      worker,
      async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 20));
        now--;
        done++;
      },
      3,
    );
    await queue.add(Array.from({ length: 20 }, (_, index) => ({ deliveryId: String(index) })));
    await eventually(() => done === 20);
    expect(most).toBe(3);
    await close();
  });

  it.skipIf(missing)('added together share jobs, and each is handled once', async () => {
    const { queue, worker, close } = await open();
    await queue.waitUntilReady();
    await queue.add(Array.from({ length: 8 }, (_, index) => ({ deliveryId: String(index) })));
    expect(await queue.counts()).toMatchObject({ waiting: 3 });
    const heard: string[] = [];
    queue.consume(worker, async (work) => void heard.push(idOf(work)), 5);
    await eventually(() => heard.length === 8);
    expect(heard.toSorted()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    await close();
  });

  it.skipIf(missing)(
    'gather while an addition is in progress, and none is lost when the process ends',
    async () => {
      const name = newId();
      const { queue, close } = await open(name);
      await queue.waitUntilReady();
      const given = queue.add([{ deliveryId: 'first' }]);
      await new Promise(setImmediate); // The addition is in progress now.
      const others = Array.from({ length: 6 }, (_, index) => queue.add([{ deliveryId: String(index) }]));
      await close();
      expect(await Promise.all([given, ...others])).toEqual(Array(7).fill(true));
      const again = await open(name);
      await again.queue.waitUntilReady();
      expect(await again.queue.counts()).toMatchObject({ waiting: 3 });
      await again.close();
    },
  );

  it.skipIf(missing)(
    'are kept by a process with free slots for them; the others go to the backend',
    async () => {
      const { queue, worker, close } = await open();
      await queue.waitUntilReady();
      const heard: string[] = [];
      let finish = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        finish = resolve;
      });
      queue.consume(
        worker,
        async (work) => {
          heard.push(idOf(work));
          await held;
        },
        2,
      );
      const added = queue.add([{ deliveryId: 'a' }, { deliveryId: 'b' }, { deliveryId: 'c' }]);
      expect(heard).toEqual(['a', 'b']);
      await added;
      finish();
      await eventually(() => heard.length === 3);
      await close();
    },
  );

  it.skipIf(missing)('let work be done in order where they are taken, and nowhere else', async () => {
    const { queue, worker, close } = await open();
    await queue.waitUntilReady();
    const done: Work[] = [];
    const work: Work = { nextOf: { appId: 'quiz', endpointId: newId() }, wasRefused: false };
    expect(queue.doHere(work)).toBe(false);
    queue.consume(worker, async (each) => void done.push(each), 2);
    expect(queue.doHere(work)).toBe(true);
    await queue.stopConsuming();
    expect(queue.doHere(work)).toBe(false);
    expect(done).toEqual([work]);
    await close();
  });

  it.skipIf(missing)(
    'are not taken after the process stopped, which waits for those in progress',
    async () => {
      const { queue, worker, close } = await open();
      await queue.waitUntilReady();
      const heard: string[] = [];
      let finish = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        finish = resolve;
      });
      queue.consume(
        worker,
        async (work) => {
          heard.push(`${idOf(work)} begun`);
          await held;
          heard.push(`${idOf(work)} done`);
        },
        2,
      );
      await queue.add([{ deliveryId: 'first' }]);
      await eventually(() => heard.length === 1);
      const stopped = queue.stopConsuming().then(() => heard.push('stopped'));
      finish();
      await stopped;
      await queue.add([{ deliveryId: 'second' }]);
      expect(heard).toEqual(['first begun', 'first done', 'stopped']);
      expect(await queue.counts()).toMatchObject({ waiting: 1, active: 0 });
      await close();
    },
  );

  it.skipIf(missing)('report whether their backend accepts them', async () => {
    const { queue, close } = await open();
    await queue.waitUntilReady();
    expect(await queue.trouble()).toBeNull();
    expect(await queue.evictionPolicy()).toBe(onPostgres ? null : 'noeviction');
    await close();
  });
});

describe('wake-ups without a backend', () => {
  it('are reported as not added when PostgreSQL is lost, one as well as many', async () => {
    const test = await createTestDatabase();
    const link = await Link.to(test.url);
    const { queue, close } = await openWakeUps({ DATABASE_URL: link.url });
    await queue.waitUntilReady();
    const soon = (count: number): WakeUp[] =>
      Array.from({ length: count }, (_, index) => ({ deliveryId: `later-${index}`, delayMs: 60_000 }));
    expect([await queue.add(soon(1)), await queue.add(soon(5))]).toEqual([true, true]);
    await link.cut();
    expect([await queue.add(soon(1)), await queue.add(soon(5))]).toEqual([false, false]);
    await close();
    await test.drop();
  });

  it('are reported as not added, without an error or a wait', async () => {
    const { queue, worker, close } = await openWakeUps({
      DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none',
      REDIS_URL: 'redis://127.0.0.1:9',
    });
    expect(await queue.add([{ deliveryId: 'lost' }])).toBe(false);
    expect(await queue.add([])).toBe(true);
    expect(await queue.trouble()).toContain('Redis cannot be reached');
    queue.consume(worker, async () => undefined, 1);
    await close();
  });
});

function idOf(work: Work): string {
  return 'deliveryId' in work ? work.deliveryId : '';
}
