import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { freePort } from '@breakwater/testing/free-port.js';
import { PrivateRedis } from '@breakwater/testing/private-servers.js';
import { Platform } from '../support/platform.js';
import { spawnRole, type Role } from '../support/roles.js';

/** Much longer than any wait of a stop without work in progress, much shorter than SHUTDOWN_TIMEOUT. */
const PROMPT_MS = 20_000;
const PATIENT = { SHUTDOWN_TIMEOUT: '60000' };
/** How long a worker is watched while its queue refuses it. */
const WATCHED_MS = 5_000;
/**
 * A worker that repeats at once makes thousands of calls; one that rests up to 2 s makes about ten, and checks ten
 * times a second whether it is ready.
 */
const CALLS_AT_MOST = 300;
const LINES_AT_MOST = 10;

const troubleLines = ({ log }: Role): unknown[] =>
  log.filter(({ level }) => level === 'warn' || level === 'error');

/** Starts a worker that cannot get ready, and waits until it says why. */
async function startRefused(platform: Platform, env: Record<string, string>, why: RegExp): Promise<Role> {
  const role = spawnRole('worker', { ...platform.env, ...env });
  platform.roles.push(role);
  const isSaid = (): boolean =>
    role.log.some(({ msg }) => /not ready yet/.test(String(msg)) && why.test(String(msg)));
  await eventually(isSaid, { limitMs: 60_000, what: `the worker says ${why}` });
  expect(role.isReady).toBe(false);
  return role;
}

async function expectPromptEnd(role: Role): Promise<void> {
  const { code, afterMs } = await role.stop('SIGTERM', 60_000);
  expect({ code, isPrompt: afterMs < PROMPT_MS }, role.output.slice(-3000)).toEqual({
    code: 0,
    isPrompt: true,
  });
}

describe.skipIf(!inject('redisUrl'))('a worker whose Redis', { timeout: 180_000 }, () => {
  let redis: PrivateRedis;
  let platform: Platform;
  const allow = (...rules: string[]): Promise<void> =>
    redis.command('ACL', 'SETUSER', 'worker', 'reset', 'on', '>secret', '~*', '&*', '+@all', ...rules);

  beforeEach(async () => {
    redis = await PrivateRedis.start();
    const url = redis.url.replace('//', '//worker:secret@');
    platform = await Platform.start({ backend: 'Redis', redisUrl: url, env: PATIENT });
  });
  afterEach(async () => {
    await platform?.stop();
    await redis?.remove();
  });

  const rejected = async (): Promise<number> => {
    const stats = await redis.ask('INFO', 'commandstats');
    return [...stats.matchAll(/(?:rejected_calls|failed_calls)=(\d+)/g)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    );
  };

  it('denies INFO is ready, delivers, and stops promptly', async () => {
    await allow('-info');
    const [api, worker] = await Promise.all([platform.api(), platform.worker()]);
    const appId = await platform.register(api, { report: { async: true } });
    platform.receiver.on('/report', { body: '{"success":true}' });
    const { status } = await platform.client(api).invoke(appId, 'report');
    expect(status).toBe(202);
    await eventually(async () => (await platform.counts())['completed'] === 1, { what: 'delivered' });
    await expectPromptEnd(worker);
  });

  it.each([
    ['scripts', ['-@scripting']],
    ['blocking reads', ['-bzpopmin']],
    ['everything', ['-@all']],
  ])('denies %s rests between its tries, says why, and is ready when they are allowed', async (_, rules) => {
    await allow(...rules);
    const why = /Redis denies the user of REDIS_URL a command; grant the rights/;
    const [waiting, stopped] = await Promise.all([
      startRefused(platform, {}, why),
      startRefused(platform, {}, why),
    ]);
    const [callsBefore, linesBefore] = [await rejected(), troubleLines(waiting).length];
    await new Promise((resolve) => setTimeout(resolve, WATCHED_MS)); // This test measures what it does during this time.
    expect((await rejected()) - callsBefore).toBeLessThan(2 * CALLS_AT_MOST);
    expect(troubleLines(waiting).length - linesBefore).toBeLessThan(LINES_AT_MOST);
    await expectPromptEnd(stopped);
    await allow();
    await waiting.ready();
    await expectPromptEnd(waiting);
  });

  it('refuses its login says so, stops promptly, and is ready when the password is right', async () => {
    const why = /Redis refuses the login; set user and password in REDIS_URL/;
    const port = await freePort();
    const [waiting, stopped] = await Promise.all([
      startRefused(platform, { METRICS_PORT: String(port) }, why),
      startRefused(platform, {}, why),
    ]);
    // It lives, so nothing restarts it; it is not ready, so a rollout keeps the workers that are.
    const probe = async (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
    expect((await probe('/healthz')).status).toBe(200);
    const refused = await probe('/readyz');
    expect([refused.status, await refused.json()]).toEqual([
      503,
      { status: 'error', detail: expect.stringMatching(why) as string },
    ]);
    await expectPromptEnd(stopped);
    await allow();
    await waiting.ready();
    expect((await probe('/readyz')).status).toBe(200);
  });

  it('is frozen stops promptly, and one that waits continues when Redis is back', async () => {
    await allow();
    const [stopped, waiting] = await Promise.all([platform.worker(), platform.worker()]);
    redis.signal('SIGSTOP');
    await expectPromptEnd(stopped);
    const late = await startRefused(platform, {}, /Redis/);
    redis.signal('SIGCONT');
    await late.ready();
    expect(waiting.isRunning).toBe(true);
  });
});

describe('a worker whose queue in PostgreSQL lost a function', { timeout: 120_000 }, () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await Platform.start({ env: PATIENT });
  });
  afterAll(() => platform?.stop());

  const failures = async (): Promise<number> => {
    const sql = `SELECT xact_rollback::int AS count FROM pg_stat_database WHERE datname = current_database()`;
    return (await platform.rows<{ count: number }>(sql))[0]!.count;
  };

  it('rests between its tries, says what to do, stops promptly, and is ready when it is back', async () => {
    const [saved] = await platform.rows<{ name: string; definition: string }>(
      `SELECT oid::regprocedure::text AS name, pg_get_functiondef(oid) AS definition FROM pg_proc
       WHERE pronamespace = 'bullmq'::regnamespace AND proname = 'move_to_active'`,
    );
    await platform.rows(`DROP FUNCTION ${saved!.name}`);
    const why = /functions are missing in PostgreSQL; run DROP SCHEMA bullmq CASCADE, then npm run migrate/;
    const [waiting, stopped] = await Promise.all([
      startRefused(platform, {}, why),
      startRefused(platform, {}, why),
    ]);
    const [failedBefore, linesBefore] = [await failures(), troubleLines(waiting).length];
    await new Promise((resolve) => setTimeout(resolve, WATCHED_MS)); // This test measures what it does during this time.
    expect((await failures()) - failedBefore).toBeLessThan(100); // About 10, and 700 without the rest.
    expect(troubleLines(waiting).length - linesBefore).toBeLessThan(LINES_AT_MOST);
    await expectPromptEnd(stopped);
    await platform.rows(saved!.definition);
    await waiting.ready();
  });
});
