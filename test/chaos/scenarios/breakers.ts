import { expect } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { Reply } from '@breakwater/testing/receiver.js';
import type { Role } from '../../support/roles.js';
import { CALL_TIMEOUT_MS, type Rig } from '../rig.js';

const RECOVERY_MS = 1_000;
/** The lease of a probe is this much longer than its call's timeout. */
const PROBE_MARGIN_MS = 5_000;
const circuitBreaker = { failureThreshold: 3, recoveryTimeoutMs: RECOVERY_MS, successThreshold: 3 };

/**
 * 4 processes × 40 calls at once on a half-open breaker: one probe at a time, three of them, then closed; each change
 * once in the history and once in each mailbox.
 */
export async function fourProcessesOnAHalfOpenBreaker(rig: Rig): Promise<void> {
  let sick = true;
  const times: { startMs: number; endMs: number }[] = [];
  const target = await rig.capability(
    async () => {
      if (sick) return { status: 500 };
      const probe = { startMs: performance.now(), endMs: Infinity };
      times.push(probe);
      await new Promise((resolve) => setTimeout(resolve, 100));
      probe.endMs = performance.now();
      return {};
    },
    { sync: true, circuitBreaker },
  );
  const apis = [...rig.apis, ...(await Promise.all([rig.api(), rig.api()]))];
  const worker = await rig.worker();
  for (let n = 0; n < 3; n++) await rig.invoke(target);
  const transitions = (): Promise<{ to: string; at: Date }[]> =>
    rig.platform.rows(
      'SELECT to_state AS "to", at FROM circuit_breaker_transitions WHERE app_id = $1 ORDER BY id',
      target.appId,
    );
  await eventually(async () => (await transitions()).length === 1, { what: 'an open breaker' });
  sick = false;
  const isClosed = async (): Promise<boolean> => (await transitions()).at(-1)?.to === 'closed';
  await eventually(
    async () => {
      await Promise.all(
        apis.flatMap((api) => Array.from({ length: 40 }, () => rig.invoke(target, {}, { api }))),
      );
      return isClosed();
    },
    { limitMs: 30_000, what: 'a closed breaker' },
  );
  expect((await transitions()).map(({ to }) => to)).toEqual(['open', 'half_open', 'closed']);
  const closedAtMs = (await transitions()).at(-1)!.at.getTime() - performance.timeOrigin;
  const probes = times.filter(({ startMs }) => startMs < closedAtMs - 20);
  expect(probes).toHaveLength(3);
  for (const [n, { startMs }] of probes.slice(1).entries())
    expect(startMs).toBeGreaterThanOrEqual(probes[n]!.endMs - 5);
  expect(worker.isRunning).toBe(true);
  await Promise.all(apis.slice(2).map((api) => api.kill9()));
}

/** The process with the only probe dies during its call: another one probes when the lease expires. */
export async function proberKilledDuringItsCall(rig: Rig): Promise<void> {
  const doomed = await rig.api();
  await proberKilled(rig, doomed, async (): Promise<Reply> => {
    await doomed.kill9();
    return 'hang';
  });
}

/** As before, but it dies before the call is sent. */
export async function proberKilledBeforeItsCall(rig: Rig): Promise<void> {
  await proberKilled(rig, await rig.api({ kill: { during_probe: 1 } }), () => ({}));
}

async function proberKilled(rig: Rig, doomed: Role, probed: () => Reply | Promise<Reply>): Promise<void> {
  await rig.worker(); // Sends the mails.
  let sick = true;
  const target = await rig.capability(
    () => {
      if (sick) return { status: 500 };
      return doomed.isRunning ? probed() : {};
    },
    { sync: true, timeout: CALL_TIMEOUT_MS, circuitBreaker: { ...circuitBreaker, successThreshold: 1 } },
  );
  for (let n = 0; n < 3; n++) await rig.invoke(target, {}, { api: doomed });
  sick = false;
  const ask = async (api: Role): Promise<string | undefined> =>
    (await rig.invoke(target, {}, { api }).catch(() => null))?.json?.source as string | undefined;
  await eventually(async () => (await ask(doomed), !doomed.isRunning), {
    limitMs: 20_000,
    what: 'the death of the probing process',
  });
  const diedAtMs = performance.now();
  await eventually(async () => (await ask(rig.apis[0]!)) === 'primary', {
    limitMs: 20_000,
    what: 'another probe',
  });
  // Its call's timeout and 5 s, and as much again until the change is known without a hint.
  expect(performance.now() - diedAtMs).toBeLessThan(CALL_TIMEOUT_MS + 2 * PROBE_MARGIN_MS);
}
