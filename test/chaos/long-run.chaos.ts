import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../support/roles.js';
import { pick, randomOf } from './random.js';
import { Rig, soon } from './rig.js';

/** `npm run chaos -- --minutes 10 --seed N`: random faults under load, then every promise is checked. */
const minutes = Number(process.env['CHAOS_MINUTES']);
const seed = Number(process.env['CHAOS_SEED']);
const random = randomOf(seed);
const roundMs = minutes * 60_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe(`${minutes} min of faults, seed ${seed}`, () => {
  let rig: Rig;
  let blockWhile: string;
  const workers: Role[] = [];
  const happened: Record<string, number> = {};
  const answers: Record<number, number> = {};

  beforeAll(async () => {
    rig = await Rig.start({ env: { LOG_LEVEL: 'warn' } });
    blockWhile = join(rig.folder, 'blocked');
    workers.push(...(await Promise.all([rig.worker({ blockWhile }), rig.worker({ blockWhile })])));
  });
  afterAll(async () => rig?.stop());

  const reviveWorkers = async (): Promise<void> => {
    for (const [n, worker] of workers.entries()) {
      if (!worker.isRunning) workers[n] = await rig.worker({ blockWhile });
    }
  };

  const faults: Record<string, () => Promise<void>> = {
    'kill -9 of a worker': async () => {
      await pick(workers, random).kill9();
      await pause(random() * 2_000);
      await reviveWorkers();
    },
    'kill -9 of an api': async () => {
      await pick(rig.apis, random).kill9();
      await pause(random() * 1_000);
      await rig.reviveApis();
    },
    'kill -9 of all processes': async () => {
      await Promise.all([...workers, ...rig.apis].map((role) => role.kill9()));
      await Promise.all([reviveWorkers(), rig.reviveApis()]);
    },
    'SIGTERM of a worker': async () => {
      expect((await pick(workers, random).stop()).code).toBe(0);
      await reviveWorkers();
    },
    'a stalled worker': async () => {
      const worker = pick(workers, random);
      worker.signal('SIGSTOP');
      await pause(500 + random() * 5_000);
      worker.signal('SIGCONT');
    },
    'a blocked event loop': async () => {
      writeFileSync(blockWhile, '');
      pick(workers, random).signal('SIGUSR2');
      await pause(500 + random() * 5_000);
      rmSync(blockWhile);
    },
    FLUSHALL: async () => rig.redis!.flush(),
    'a killed Redis': async () => {
      await rig.redis!.kill();
      await pause(random() * 3_000);
      await rig.redis!.startAgain();
    },
    'a crashed PostgreSQL': async () => {
      await rig.postgres.crash();
      await pause(random() * 3_000);
      await rig.postgres.startAgain();
    },
    'cut connections': async () => {
      await rig.platform.rows(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      );
      await rig.redis!.cutConnections();
    },
  };

  it('breaks no promise', { timeout: roundMs + 600_000, retry: 0 }, async () => {
    const circuitBreaker = { failureThreshold: 5, recoveryTimeoutMs: 1_000, successThreshold: 2 };
    const slow = async (): Promise<object> => (await pause(random() * 300), {});
    const targets = [
      await rig.capability(),
      await rig.capability(slow),
      await rig.capability(() => ({ status: random() < 0.3 ? 503 : 200 }), { circuitBreaker }),
      await rig.capability(() => (random() < 0.1 ? 'hang' : {}), { circuitBreaker }),
      await rig.capability({}, { ordered: true }),
      await rig.capability({}, { rateLimitPerSecond: 20 }),
      // Down for ten seconds of every twenty.
      await rig.capability(() => ({ status: Date.now() % 20_000 < 10_000 ? 500 : 200 }), {
        circuitBreaker,
        retry: { ...soon, initialDelayMs: 1_000, maxDelayMs: 5_000 },
      }),
    ];
    const state = { going: true };
    const lanes = Array.from({ length: 4 }, async () => {
      while (state.going) {
        const answer = await rig.invoke(pick(targets, random)).catch(() => null);
        const status = answer?.status ?? 0;
        answers[status] = (answers[status] ?? 0) + 1;
        await pause(20 + random() * 60);
      }
    });
    const endMs = performance.now() + roundMs;
    try {
      while (performance.now() < endMs) {
        await pause(1_000 + random() * 3_000);
        const name = pick(Object.keys(faults), random);
        happened[name] = (happened[name] ?? 0) + 1;
        await faults[name]!();
      }
    } finally {
      state.going = false;
      await Promise.all(lanes);
    }
    await rig.verify({ limitMs: 180_000 });
    const [row] = await rig.platform.rows<{ deliveries: number; attempts: number; unknown: number }>(
      `SELECT (SELECT count(*)::int FROM deliveries) AS deliveries, (SELECT count(*)::int FROM attempts) AS attempts,
         (SELECT count(*)::int FROM attempts WHERE outcome = 'unknown') AS unknown`,
    );
    // Answers by status; 0 is a lost connection, on which nothing was promised.
    expect(Object.keys(answers).filter((status) => !['0', '202', '503'].includes(status))).toEqual([]);
    expect(row!.deliveries).toBeGreaterThan(0);
    process.stdout.write(`seed ${seed}: ${JSON.stringify({ ...row, answers, happened })}\n`);
  });
});
