import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { openWakeUps } from '../../../../test/support/wake-ups.js';
import { configFrom, type Config } from '../config/index.js';
import { Database } from '../database/database.service.js';
import { newId } from '../ids/ids.service.js';
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
  const closings: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    test = await createTestDatabase();
    empty = await createTestDatabase({ empty: true });
  });
  afterAll(async () => {
    for (const close of closings) await close();
    await test.drop();
    await empty.drop();
  });
  const readinessOf = async (databaseUrl: string, env: Record<string, string> = {}): Promise<Readiness> => {
    const database = new Database({ url: databaseUrl, poolMax: 2 });
    const { queue, close } = await openWakeUps({
      DATABASE_URL: test.url,
      QUEUE_NAME: newId(),
      ...env,
    });
    closings.push(close, () => database.onApplicationShutdown());
    return new Readiness(database, queue, config());
  };

  it('is all up on a migrated database', async () => {
    const findings = await (await readinessOf(test.url)).check();
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
    closings.push(() => client.onApplicationShutdown());
    const keep = `INSERT INTO encryption_key_checks (key_id, "check") VALUES ($1, 'x')`;
    await client.query({ text: keep }, ['other']);
    const readiness = await readinessOf(test.url);
    expect(stateOf(await readiness.check(), 'keys')).toBe('up');
    await client.query({
      text: `WITH app AS (INSERT INTO apps (id, name, owner_email, base_url, manifest_version) VALUES ('quiz', 'Quiz', 'o@example.com', 'https://quiz.example', 1) RETURNING id)
        INSERT INTO signing_secrets (id, app_id, sealed) SELECT gen_random_uuid(), id, 'v1.other.x' FROM app`,
    });
    expect(await readiness.check()).toContainEqual({
      ...{ what: 'keys', state: 'degraded' },
      detail: 'ENCRYPTION_KEYS lacks other: apps whose secrets it sealed are not called',
    });
  });

  it('is down without migrations, and names them', async () => {
    const findings = await (await readinessOf(empty.url)).check();
    expect(findings).toContainEqual({
      what: 'migrations',
      state: 'down',
      detail: expect.stringContaining('_ground'),
    });
  });

  it('is down without a database', async () => {
    const readiness = await readinessOf('postgresql://nobody@127.0.0.1:9/none');
    expect(stateOf(await readiness.check(), 'database')).toBe('down');
  });

  it('is degraded, not down, without Redis: what is accepted is kept', async () => {
    const readiness = await readinessOf(test.url, { REDIS_URL: 'redis://127.0.0.1:9' });
    expect(stateOf(await readiness.check(), 'queue')).toBe('degraded');
  });

  it('is down as soon as the process stops', async () => {
    const readiness = await readinessOf(test.url);
    readiness.drain();
    expect(await readiness.check()).toEqual([{ what: 'process', state: 'down', detail: 'stopping' }]);
  });
});
