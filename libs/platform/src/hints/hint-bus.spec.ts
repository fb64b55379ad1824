import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { eventually } from '../../../../test/support/eventually.js';
import { Database } from '../database/database.service.js';
import { HintBus } from './hint-bus.service.js';

describe('hints', () => {
  let test: TestDatabase;
  let database: Database;
  const buses: HintBus[] = [];
  beforeAll(async () => {
    test = await createTestDatabase();
    database = new Database({ url: test.url, poolMax: 3 });
  });
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.onModuleDestroy()));
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

  it('reach every process that listens, and not those that stopped to', async () => {
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

  it('say after a lost connection that some may have been missed, and go on', async () => {
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

  it('are tried again when there is no database at first', async () => {
    const nowhere = new Database({ url: 'postgresql://nobody@127.0.0.1:9/none', poolMax: 1 });
    const bus = new HintBus(nowhere);
    buses.push(bus);
    await bus.onModuleInit();
    expect(bus.connected).toBe(false);
    await nowhere.onApplicationShutdown();
  });
});
