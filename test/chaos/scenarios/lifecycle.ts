import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { rounds } from '@breakwater/testing/rounds.js';
import { migrate, migrationsFolder, rollBack } from '../../../libs/platform/src/migrations/migrate.io.js';
import type { Rig } from '../rig.js';

/** Calls that continue until they are stopped; each answer is one of `allowed`. */
function load(rig: Rig, target: { appId: string; name: string }, allowed = [202]) {
  const state = { going: true, count: 0, wrong: [] as string[] };
  const lanes = Array.from({ length: 4 }, async () => {
    while (state.going) {
      // An api that is stopping closes connections on which nothing was promised.
      const answer = await rig.invoke(target).catch(() => null);
      if (answer && !allowed.includes(answer.status)) {
        state.wrong.push(`${answer.status} ${answer.text}\n${rig.logOf(answer.json?.requestId as string)}`);
      }
      state.count++;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
  return {
    state,
    stop: async (): Promise<void> => {
      state.going = false;
      await Promise.all(lanes);
      expect(state.wrong).toEqual([]);
    },
  };
}

/** Each role ends with 0 within 30 s, and no attempt is used up. */
export async function sigtermOfEachRoleUnderLoad(rig: Rig): Promise<void> {
  const target = await rig.capability(async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return {};
  });
  const [first] = await Promise.all([rig.worker(), rig.worker()]);
  const calls = load(rig, target);
  await eventually(() => calls.state.count > 30, { what: 'load' });
  const endings = await Promise.all([first.stop('SIGTERM'), rig.apis[0]!.stop('SIGTERM')]);
  for (const { code, afterMs } of endings) {
    expect(code).toBe(0);
    expect(afterMs).toBeLessThan(30_000);
  }
  await calls.stop();
  await rig.reviveApis();
  await allAtFirstAttempt(rig, target.appId);
}

/** New tables appear under running processes, then each process is replaced in turn; clients notice nothing. */
export async function rollingRestartAcrossAMigration(rig: Rig): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'breakwater-migrations-'));
  await cp(migrationsFolder(), folder, { recursive: true });
  const name = '99990101000000_next';
  await mkdir(join(folder, name));
  await writeFile(
    join(folder, name, 'migration.sql'),
    `ALTER TABLE deliveries ADD COLUMN next_release text NOT NULL DEFAULT '';
     ALTER TABLE endpoints ADD COLUMN next_release text;
     CREATE INDEX next_release_idx ON attempts (started_at);`,
  );
  await writeFile(
    join(folder, name, 'down.sql'),
    `DROP INDEX next_release_idx; ALTER TABLE endpoints DROP COLUMN next_release;
     ALTER TABLE deliveries DROP COLUMN next_release;`,
  );
  const target = await rig.capability();
  const workers = await Promise.all([rig.worker(), rig.worker()]);
  const calls = load(rig, target);
  try {
    await eventually(() => calls.state.count > 20, { what: 'load' });
    // Its locks conflict with those of the calls in progress: often enough that they meet.
    for (let n = 0; n < rounds(2, 5); n++) {
      expect(await migrate(rig.postgres.url, folder)).toEqual([name]);
      expect(await rollBack(rig.postgres.url, 1, folder)).toEqual([name]);
    }
    expect(await migrate(rig.postgres.url, folder)).toEqual([name]);
    for (const worker of workers) {
      expect((await worker.stop()).code).toBe(0);
      await rig.worker();
    }
    for (const n of [0, 1]) {
      const next = await rig.api();
      expect((await rig.apis[n]!.stop()).code).toBe(0);
      rig.apis = rig.apis.with(n, next);
    }
    const before = calls.state.count;
    await eventually(() => calls.state.count > before + 20, { what: 'load on the new processes' });
  } finally {
    await calls.stop();
  }
  await allAtFirstAttempt(rig, target.appId);
  expect(await rollBack(rig.postgres.url, 1, folder)).toEqual([name]);
  await rm(folder, { recursive: true });
}

/**
 * 1000 retries are due at one moment when an endpoint is available again: they are sent within its concurrency, each
 * once.
 */
export async function thousandDueWhenAnEndpointComesBack(rig: Rig): Promise<void> {
  const concurrency = 8;
  const retry = { maxAttempts: 2, initialDelayMs: 30_000, maxDelayMs: 30_000, jitter: 0 };
  const target = await rig.capability({}, { concurrency, retry });
  let sick = true;
  rig.platform.receiver.on(target.path, async () => {
    // Retried, and no failure for the breaker: all of them reach their retry.
    if (sick) return { status: 425 };
    await new Promise((resolve) => setTimeout(resolve, 5));
    return {};
  });
  await Promise.all([rig.worker(), rig.worker()]);
  const ids = await Promise.all(Array.from({ length: 1000 }, () => rig.accept(target)));
  const waiting = `SELECT count(*)::int AS count FROM deliveries
    WHERE app_id = $1 AND attempts = 1 AND status = 'pending' AND claim_token IS NULL`;
  const countWaiting = async (): Promise<number> =>
    (await rig.platform.rows<{ count: number }>(waiting, target.appId))[0]!.count;
  await eventually(async () => (await countWaiting()) === 1000, { limitMs: 60_000, what: '1000 retries' });
  sick = false;
  await rig.platform.rows('UPDATE deliveries SET next_attempt_at = now() WHERE app_id = $1', target.appId);
  await Promise.all(ids.map((id) => rig.ended(id, 60_000)));
  expect(rig.platform.receiver.callsTo(target.path)).toHaveLength(2000);
  expect(rig.platform.receiver.mostAtOnce(target.path)).toBeLessThanOrEqual(concurrency);
}

/** A mail server that accepts connections and does not answer delays no delivery. */
export async function smtpHangs(rig: Rig): Promise<void> {
  const sockets: { destroy(): unknown }[] = [];
  const silent = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const broken = await rig.capability(
    { status: 503 },
    { retry: { maxAttempts: 1 }, circuitBreaker: { failureThreshold: 1 } },
  );
  const target = await rig.capability();
  await rig.worker({}, { SMTP_URL: `smtp://127.0.0.1:${port}` });
  await rig.accept(broken);
  await eventually(() => sockets.length > 0, { limitMs: 20_000, what: 'a mail in progress' });
  const ids = await Promise.all(Array.from({ length: 20 }, () => rig.accept(target)));
  await Promise.all(ids.map((id) => rig.ended(id, 5_000)));
  await rig.noWorkers();
  for (const socket of sockets) socket.destroy();
  silent.close();
  await rig.worker();
}

async function allAtFirstAttempt(rig: Rig, appId: string): Promise<void> {
  const isIdle = async (): Promise<boolean> => !(await rig.platform.counts())['pending'];
  await eventually(isIdle, { limitMs: 30_000, everyMs: 100, what: 'end of all deliveries' });
  const rows = await rig.platform.rows(
    'SELECT attempts_counted AS counted, count(*) > 0 AS some FROM deliveries WHERE app_id = $1 GROUP BY 1',
    appId,
  );
  expect(rows).toEqual([{ counted: 1, some: true }]);
}
