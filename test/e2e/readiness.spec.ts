import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { PrivatePostgres, PrivateRedis } from '@breakwater/testing/private-servers.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';

/** Three times the promised time, for a busy machine; a check that hangs would never answer. */
const ANSWERS_WITHIN_MS = 1_500;

describe.skipIf(!inject('redisUrl'))('readyz of a running api', { timeout: 180_000 }, () => {
  let postgres: PrivatePostgres;
  let redis: PrivateRedis;
  let platform: Platform;
  let client: HttpClient;

  beforeAll(async () => {
    [postgres, redis] = await Promise.all([PrivatePostgres.start(), PrivateRedis.start()]);
    platform = await Platform.start({ backend: 'Redis', redisUrl: redis.url, databaseUrl: postgres.url });
    client = platform.client(await platform.api());
  });
  afterAll(async () => {
    postgres?.signal('SIGCONT');
    redis?.signal('SIGCONT');
    await platform?.stop();
    await postgres?.remove();
    await redis?.remove();
  });

  const states = async (): Promise<Record<string, unknown>> => {
    const { status, json, afterMs } = await client.get('/readyz');
    const parts = Object.entries(json.details as Record<string, { status: string }>);
    return {
      status,
      isPrompt: afterMs < ANSWERS_WITHIN_MS,
      ...Object.fromEntries(parts.map(([name, part]) => [name, part.status])),
    };
  };
  const expectStates = async (expected: Record<string, unknown>): Promise<void> => {
    const asMuch = async (): Promise<true> => {
      expect(await states()).toMatchObject({ isPrompt: true, ...expected });
      return true;
    };
    await eventually(asMuch, { limitMs: 20_000, what: JSON.stringify(expected) });
  };

  it.each([
    ['PostgreSQL', { status: 503, database: 'down' }],
    ['Redis', { status: 200, database: 'up', queue: 'degraded' }],
    ['both', { status: 503, database: 'down', queue: 'degraded' }],
  ])(
    'is correct and prompt, again and again, while %s is frozen, and correct after that',
    async (what, expected) => {
      const frozen = { PostgreSQL: [postgres], Redis: [redis], both: [postgres, redis] }[what]!;
      await expectStates({ status: 200, database: 'up', hints: 'up', queue: 'up' });
      for (const server of frozen) server.signal('SIGSTOP');
      await expectStates(expected);
      for (let asked = 0; asked < 5; asked++)
        expect(await states()).toMatchObject({ isPrompt: true, ...expected });
      for (const server of frozen) server.signal('SIGCONT');
      await expectStates({ status: 200, database: 'up', hints: 'up', queue: 'up' });
    },
  );

  it('reports that a standby takes no writes, and is up again when it is promoted', async () => {
    await postgres.demote();
    await expectStates({ status: 503, database: 'down', hints: 'degraded' });
    expect((await client.get('/readyz')).json.details.database.detail).toContain('it takes no writes');
    await postgres.promote();
    await expectStates({ status: 200, database: 'up', hints: 'up' });
  });

  it('is degraded while Redis is full', async () => {
    await redis.command('CONFIG', 'SET', 'maxmemory', '1');
    await expectStates({ status: 200, queue: 'degraded' });
    expect((await client.get('/readyz')).json.details.queue.detail).toContain('raise its maxmemory');
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    await expectStates({ status: 200, queue: 'up' });
  });
});
