import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { PrivatePostgres } from '@breakwater/testing/private-servers.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';
import { Watcher } from '../support/watcher.js';

/** Everything that should have been shown, from the tables themselves. */
const EXPECTED = `
SELECT id || ' received' AS item FROM deliveries WHERE kind = 'invocation'
UNION ALL SELECT delivery_id || CASE next WHEN 'done' THEN ' forwarded' WHEN 'dead' THEN ' dlq' ELSE ' retrying' END
FROM attempts`;

describe('a watcher of the feed', () => {
  let postgres: PrivatePostgres;
  let platform: Platform;
  let apis: Role[];
  beforeAll(async () => {
    postgres = await PrivatePostgres.start();
    platform = await Platform.start({
      databaseUrl: postgres.url,
      env: { DELIVERY_LEASE_MARGIN: '500' },
    });
    apis = await Promise.all([platform.api(), platform.api()]);
    await platform.worker();
    await platform.register(apis[0]!, { report: { async: true, timeout: 1000 } }, 'mine');
  });
  afterAll(async () => {
    await platform?.stop();
    await postgres?.remove();
  });

  const calls = async (api: Role, count: number): Promise<void> => {
    for (let n = 0; n < count; n++)
      await platform
        .client(api)
        .invoke('mine', 'report', { n })
        .catch(() => undefined);
  };

  it('misses nothing and gets nothing twice, though apis and workers are killed and PostgreSQL crashes', async () => {
    const watcher = new Watcher(platform.adminKey);
    await watcher.connect(apis[0]!);
    await calls(apis[1]!, 30);

    const [killed, other] = apis as [Role, Role];
    const sending = calls(other, 60);
    await eventually(() => watcher.items.length > 10);
    await killed.kill9();
    await eventually(() => watcher.disconnects.length > 0);
    await watcher.connect(other);
    await sending;

    const worker = platform.roles.find(({ name, isRunning }) => name === 'worker' && isRunning)!;
    const more = calls(other, 40);
    await worker.kill9();
    await more;
    await platform.worker();

    const crash = calls(other, 40);
    await postgres.crash();
    await postgres.startAgain();
    await crash;
    await eventually(async () => (await calls(other, 1), true));

    const expected = async (): Promise<string[]> =>
      (await platform.rows<{ item: string }>(EXPECTED)).map(({ item }) => item).toSorted();
    const got = (): string[] => watcher.items.map(({ id, status }) => `${id} ${status}`).toSorted();
    await eventually(async () => (await platform.counts())['pending'] === undefined, {
      what: 'all delivered',
    });
    await eventually(async () => (await expected()).length === got().length, { what: 'all items' });
    expect(got()).toEqual(await expected());
    watcher.disconnect();
  });
});
