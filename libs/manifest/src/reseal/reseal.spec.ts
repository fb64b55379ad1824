import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { newEncryptionKey, World } from '@breakwater/testing/world.js';
import { manifest, startProcess, type Process } from '../process.fixture.js';

let world: World;
let main: Process;
const [, oldSecret] = newEncryptionKey().split(':') as [string, string];
const [, newSecret] = newEncryptionKey().split(':') as [string, string];
const OLD = `old:${oldSecret}`;
const BOTH = `new:${newSecret},old:${oldSecret}`;
const NEW = `new:${newSecret}`;
const headers = { authorization: 'Bearer secret', 'x-more': 'too' };

beforeAll(async () => {
  world = await World.start({ ENCRYPTION_KEYS: OLD });
  main = await startProcess(world);
});
afterAll(() => world.stop());

const sealedWith = async (): Promise<Record<string, number>> => {
  const { rows } = await world.db.query<{ key: string; count: number }>(
    `SELECT split_part(sealed, '.', 2) AS key, count(*)::int FROM (
       SELECT sealed FROM signing_secrets
       UNION ALL SELECT headers_sealed FROM endpoints WHERE headers_sealed IS NOT NULL
       UNION ALL SELECT h.v #>> '{}' FROM manifest_versions, jsonb_path_query(document, '$.webhooks.*.headers.*') h(v)
     ) AS record GROUP BY 1`,
  );
  return Object.fromEntries(rows.map(({ key, count }) => [key, count]));
};

describe('after a change of key', () => {
  const secrets: Record<string, string> = {};

  it('records stay sealed with the old key until they are sealed again', async () => {
    for (const app of ['one', 'two', 'three']) {
      const webhooks = { plain: '/p', quiz_answer: { url: '/a', headers } };
      secrets[app] = (await main.registry.register(app, manifest(webhooks), 'tester')).signingSecret!;
    }
    // 3 secrets, headers of 3 endpoints, 6 header values in manifests.
    expect(await sealedWith()).toEqual({ old: 12 });
    const both = await startProcess(world, { ENCRYPTION_KEYS: BOTH });
    expect(await both.resealer.uses()).toMatchObject([
      { keyId: 'new', state: 'current', secrets: 0, headers: 0, manifests: 0, removable: false },
      { keyId: 'old', state: 'old', secrets: 3, headers: 3, manifests: 6, removable: false },
    ]);
  });

  it('a run that is killed in the middle keeps what it did, and the next one continues', async () => {
    for (let n = 0; n < 220; n++) {
      await main.registry.register(
        `many-${n}`,
        manifest({ a: { url: '/a', headers: { 'x-a': String(n) } } }),
        't',
      );
    }
    // A process can only be killed between two batches here: a batch is one transaction.
    const first = await startProcess(world, { ENCRYPTION_KEYS: BOTH });
    const stop = new AbortController();
    const run = first.resealer.run(stop.signal);
    stop.abort();
    await run;
    const halfway = await sealedWith();
    expect(halfway['new']).toBeGreaterThan(0);
    expect(halfway['old']).toBeGreaterThan(0);
    const second = await startProcess(world, { ENCRYPTION_KEYS: BOTH });
    expect(await second.resealer.run()).toBeGreaterThan(0);
    expect(await sealedWith()).toEqual({ new: 12 + 3 * 220 });
    expect(await second.resealer.run()).toBe(0);
  });

  it('the old key may be removed after that, and everything opens as before', async () => {
    const both = await startProcess(world, { ENCRYPTION_KEYS: BOTH });
    expect((await both.resealer.uses()).find(({ keyId }) => keyId === 'old')).toMatchObject({
      removable: true,
    });
    const process = await startProcess(world, { ENCRYPTION_KEYS: NEW });
    expect(await process.directory.find('two', 'quiz_answer')).toMatchObject({
      headers,
      secrets: [secrets['two']],
      secretProblem: null,
    });
    // Also the values that only a rollback reads.
    await process.registry.register('two', manifest({ plain: '/p' }), 'tester');
    await process.registry.rollback('two', 1, 'tester');
    expect(await process.directory.find('two', 'quiz_answer')).toMatchObject({ headers });
  });

  it('two runs at once share the work, and each record is sealed again once', async () => {
    const [a, b] = [
      await startProcess(world, { ENCRYPTION_KEYS: `newer:${oldSecret},${NEW}` }),
      await startProcess(world, { ENCRYPTION_KEYS: `newer:${oldSecret},${NEW}` }),
    ];
    const before = (await sealedWith())['new']!;
    const [byA, byB] = await Promise.all([a.resealer.run(), b.resealer.run()]);
    await eventually(async () => {
      await a.resealer.run();
      return !(await sealedWith())['new'];
    });
    expect(byA + byB).toBeGreaterThan(0);
    expect(await sealedWith()).toEqual({ newer: before });
  });

  it('a damaged record is not changed, is named in the log, and delays no other record', async () => {
    const process = await startProcess(world, { ENCRYPTION_KEYS: `newest:${newSecret},newer:${oldSecret}` });
    await world.db.query(`UPDATE signing_secrets SET sealed = sealed || 'AAAA' WHERE app_id = 'one'`);
    await process.resealer.run();
    const { rows } = await world.db.query(`SELECT sealed FROM signing_secrets WHERE app_id = 'one'`);
    expect(rows[0].sealed).toMatch(/^v1\.newer\..*AAAA$/);
    expect(await sealedWith()).toMatchObject({ newer: 1 });
    expect(await process.directory.find('one', 'quiz_answer')).toMatchObject({
      secrets: [],
      secretProblem: expect.stringMatching(/cannot be opened/),
    });
  });

  it('a key that was removed while records need it is shown as missing', async () => {
    const process = await startProcess(world, { ENCRYPTION_KEYS: `newest:${newSecret}` });
    expect(await process.resealer.uses()).toMatchObject([
      { keyId: 'newest', state: 'current' },
      { keyId: 'newer', state: 'missing', secrets: 1, removable: false },
    ]);
  });
});
