import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@breakwater/testing/database.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { Link } from '@breakwater/testing/link.js';
import { PrivatePostgres } from '@breakwater/testing/private-servers.js';
import { Database } from '../database/database.service.js';
import { HintBus } from './hint-bus.service.js';

describe('hints', () => {
  let test: TestDatabase;
  let database: Database;
  const buses: HintBus[] = [];
  const others: Database[] = [];
  beforeAll(async () => {
    test = await createTestDatabase();
    database = new Database({ url: test.url, poolMax: 3 });
  });
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.onModuleDestroy()));
    await Promise.all(others.splice(0).map((other) => other.onApplicationShutdown()));
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    await test.drop();
  });
  const start = async (): Promise<HintBus> => {
    const bus = new HintBus(database);
    buses.push(bus);
    await bus.onModuleInit();
    return bus;
  };

  it('reach every process that listens, and none that stopped listening', async () => {
    const [one, two] = [await start(), await start()];
    const heard: string[] = [];
    one.subscribe('news', (payload) => heard.push(`one ${payload}`));
    const stop = two.subscribe('news', (payload) => heard.push(`two ${payload}`));
    await eventually(async () => {
      await one.publish('news', 'a');
      return heard.includes('one a') && heard.includes('two a');
    });
    stop();
    await one.publish('news', 'b');
    await eventually(() => heard.includes('one b'));
    expect(heard).not.toContain('two b');
  });

  it('report after a lost connection that some may be lost, and continue', async () => {
    const bus = await start();
    const heard: (string | null)[] = [];
    bus.subscribe('news', (payload) => heard.push(payload));
    await eventually(async () => {
      await bus.publish('news', 'before');
      return heard.includes('before');
    });
    await test.run(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'breakwater-hints' AND datname = current_database()`,
    );
    await eventually(() => heard.includes(null));
    await eventually(async () => {
      await bus.publish('news', 'after');
      return heard.includes('after');
    });
    expect(bus.connected).toBe(true);
  });

  /** With a short heartbeat that is still long enough for a busy machine. */
  const startOn = async (url: string): Promise<{ bus: HintBus; heard: (string | null)[] }> => {
    const other = new Database({ url, poolMax: 1 });
    others.push(other);
    const bus = new HintBus(other, { heartbeatMs: 500 });
    buses.push(bus);
    await bus.onModuleInit();
    const heard: (string | null)[] = [];
    bus.subscribe('news', (payload) => heard.push(payload));
    return { bus, heard };
  };
  const expectToHear = async (heard: (string | null)[], word: string, by = database): Promise<void> => {
    await eventually(
      async () => {
        await by.query({ text: 'SELECT pg_notify($1, $2)' }, ['news', word]);
        return heard.includes(word);
      },
      { what: `"${word}" is heard` },
    );
  };

  it('come over a new connection when the old one does not answer', async () => {
    const link = await Link.to(test.url);
    const { bus, heard } = await startOn(link.url);
    await expectToHear(heard, 'before');
    link.freeze();
    await eventually(() => !bus.connected, { what: 'the silence is noticed' });
    expect(bus.away).toBe('no answer within 500 ms');
    await expectToHear(heard, 'after');
    expect(heard).toContain(null);
    expect([bus.connected, bus.away]).toEqual([true, null]);
    await link.cut();
  });

  it('come over a new connection when the session no longer listens', async () => {
    const { bus, heard } = await startOn(test.url);
    await expectToHear(heard, 'before');
    const { hearing } = bus as unknown as { hearing: { client: pg.Client } };
    await hearing.client.query('UNLISTEN *');
    await expectToHear(heard, 'after');
    expect(heard).toContain(null);
  });

  it('do not count as arriving from a standby, and arrive when it is promoted', async () => {
    const postgres = await PrivatePostgres.start();
    try {
      await postgres.demote();
      const { bus, heard } = await startOn(postgres.url);
      expect(bus.connected).toBe(false);
      expect(bus.away).toContain('standby');
      await postgres.promote();
      const writer = new Database({ url: postgres.url, poolMax: 1 });
      others.push(writer);
      await expectToHear(heard, 'promoted', writer);
      await Promise.all(others.splice(0).map((other) => other.onApplicationShutdown()));
    } finally {
      await postgres.remove();
    }
  });

  it('are tried again when there is no database at first', async () => {
    const nowhere = new Database({ url: 'postgresql://nobody@127.0.0.1:9/none', poolMax: 1 });
    const bus = new HintBus(nowhere);
    buses.push(bus);
    await bus.onModuleInit();
    expect(bus.connected).toBe(false);
    await nowhere.onApplicationShutdown();
  });
});
