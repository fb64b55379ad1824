import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { configFrom, type Config } from '../config/index.js';
import { Database } from '../database/database.service.js';
import { newId } from '../ids/ids.service.js';
import { WakeUpQueue } from '../queue/wake-up-queue.service.js';
import { Readiness, type Finding } from './readiness.service.js';

const config = (env: Record<string, string> = {}): Config =>
  configFrom({
    DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none',
    ENCRYPTION_KEYS: `k:${Buffer.alloc(32).toString('base64')}`,
    ...env,
  });
const stateOf = (findings: Finding[], what: Finding['what']): string | undefined =>
  findings.find((finding) => finding.what === what)?.state;

describe('readiness', () => {
  let test: TestDatabase;
  let empty: TestDatabase;
  const opened: (Database | WakeUpQueue)[] = [];
  beforeAll(async () => {
    test = await createTestDatabase();
    empty = await createTestDatabase({ empty: true });
  });
  afterAll(async () => {
    for (const one of opened) await one.onApplicationShutdown();
    await test.drop();
    await empty.drop();
  });
  const readinessOf = (databaseUrl: string, redisUrl: string | null = null): Readiness => {
    const database = new Database({ url: databaseUrl, poolMax: 2 });
    const queue = new WakeUpQueue({
      name: `ready-${newId()}`,
      prefix: 'test',
      redisUrl,
      databaseUrl: test.url,
      idsPerJob: 1,
    });
    opened.push(queue, database);
    return new Readiness(database, queue, config());
  };

  it('is all up on a migrated database', async () => {
    const findings = await readinessOf(test.url).check();
    expect(findings.map(({ what, state }) => `${what} ${state}`)).toEqual([
      'database up',
      'migrations up',
      'clock up',
      'keys up',
      'queue up',
    ]);
  });

  it('is degraded by a key that others seal with and this process lacks, not by one that seals nothing', async () => {
    const client = new Database({ url: test.url, poolMax: 2 });
    opened.push(client);
    const keep = `INSERT INTO encryption_key_checks (key_id, "check") VALUES ($1, 'x')`;
    await client.query({ text: keep }, ['other']);
    expect(stateOf(await readinessOf(test.url).check(), 'keys')).toBe('up');
    await client.query({
      text: `WITH app AS (INSERT INTO apps (id, name, owner_email, base_url, manifest_version) VALUES ('quiz', 'Quiz', 'o@example.com', 'https://quiz.example', 1) RETURNING id)
        INSERT INTO signing_secrets (id, app_id, sealed) SELECT gen_random_uuid(), id, 'v1.other.x' FROM app`,
    });
    expect(await readinessOf(test.url).check()).toContainEqual({
      ...{ what: 'keys', state: 'degraded' },
      detail: 'ENCRYPTION_KEYS lacks other: apps whose secrets it sealed are not called',
    });
  });

  it('is down without migrations, and names them', async () => {
    const findings = await readinessOf(empty.url).check();
    expect(findings).toContainEqual({
      what: 'migrations',
      state: 'down',
      detail: expect.stringContaining('_ground'),
    });
  });

  it('is down without a database', async () => {
    expect(stateOf(await readinessOf('postgresql://nobody@127.0.0.1:9/none').check(), 'database')).toBe(
      'down',
    );
  });

  it('is degraded, not down, without Redis: what is accepted is kept', async () => {
    expect(stateOf(await readinessOf(test.url, 'redis://127.0.0.1:9').check(), 'queue')).toBe('degraded');
  });

  it('is down as soon as the process stops', async () => {
    const readiness = readinessOf(test.url);
    readiness.drain();
    expect(await readiness.check()).toEqual([{ what: 'process', state: 'down', detail: 'stopping' }]);
  });
});
