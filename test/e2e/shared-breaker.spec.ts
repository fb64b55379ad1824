import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

const RECOVERY_MS = 10_000;

let platform: Platform;
let apis: Role[];
let appId: string;
const fallback = { strategy: 'static', value: 'by the fallback' };

const startFour = (): Promise<Role[]> => Promise.all(Array.from({ length: 4 }, () => platform.api()));

beforeAll(async () => {
  platform = await Platform.start({ env: { DATABASE_POOL_MAX: '3' } });
  apis = await startFour();
  const circuitBreaker = { recoveryTimeoutMs: RECOVERY_MS };
  appId = await platform.register(apis[0]!, {
    quiz_answer: { fallback, circuitBreaker },
    sick: { fallback, circuitBreaker: { recoveryTimeoutMs: 500 } },
  });
});

afterAll(async () => platform?.stop());

const invoke = async (api: Role, capability: string): Promise<{ source: string; reason?: string }> => {
  const { status, json, text } = await platform.client(api).invoke(appId, capability);
  expect(status, text).toBe(200);
  return json as { source: string; reason?: string };
};
const breaker = async (capability: string) =>
  (await platform.client(apis[0]!).get(`/api/v1/admin/circuit-breaker/${appId}/${capability}`)).json as {
    state: string;
    failureCount: number;
    retryAt: string;
    history: { from: string; to: string; cause: string }[];
  };
/** All processes call all the time until `isOver`. */
async function hammer(capability: string, isOver: () => boolean | Promise<boolean>): Promise<void> {
  const state = { going: true };
  const asking = apis.flatMap((api) =>
    Array.from({ length: 3 }, async () => {
      while (state.going) await invoke(api, capability);
    }),
  );
  await eventually(isOver, { limitMs: 40_000, what: `end of ${capability}` }).finally(
    () => (state.going = false),
  );
  await Promise.all(asking);
}
/** A receiver's answer that takes a while, and whether two overlapped. */
function probed(path: string, answer: (number: number) => number, upTo = Infinity) {
  const probes = { number: 0, overlapping: 0, startsMs: [] as number[], endsMs: [] as number[] };
  let out = 0;
  platform.receiver.on(path, async () => {
    const number = ++probes.number;
    if (number > upTo) return {};
    probes.startsMs.push(performance.now());
    if (out++ > 0) probes.overlapping++;
    await new Promise((resolve) => setTimeout(resolve, 100));
    out--;
    probes.endsMs.push(performance.now());
    return { status: answer(number) };
  });
  return probes;
}

describe('a breaker shared by four processes', () => {
  it('stays closed at the 4th failure, is open at the 5th, in whichever process each was seen', async () => {
    platform.receiver.on('/quiz_answer', { status: 500 });
    for (const api of apis) expect(await invoke(api, 'quiz_answer')).toMatchObject({ reason: 'http_error' });
    await eventually(async () => (await breaker('quiz_answer')).failureCount === 4);
    expect(await breaker('quiz_answer')).toMatchObject({ state: 'closed' });
    expect(await invoke(apis[0]!, 'quiz_answer')).toMatchObject({ reason: 'http_error' });
    await eventually(async () => (await breaker('quiz_answer')).state === 'open', { limitMs: 2_000 });
  });

  it('refuses in all of them within 1 s, without a call', async () => {
    for (const api of apis) {
      const isRefused = async (): Promise<boolean> =>
        (await invoke(api, 'quiz_answer')).reason === 'circuit_open';
      await eventually(isRefused, { limitMs: 1_000 });
    }
    const before = platform.receiver.callsTo('/quiz_answer').length;
    for (const api of apis)
      expect(await invoke(api, 'quiz_answer')).toMatchObject({ reason: 'circuit_open' });
    expect(platform.receiver.callsTo('/quiz_answer').length).toBe(before);
  });

  it('is still open after kill -9 of all four, then lets one probe pass at a time, and closes after three', async () => {
    await Promise.all(apis.map((api) => api.kill9()));
    apis = await startFour();
    const { state, retryAt } = await breaker('quiz_answer');
    expect(state).toBe('open');
    const probes = probed('/quiz_answer', () => 200, 3);
    const [first] = await Promise.all([
      eventually(() => probes.number > 0 && Date.now(), { limitMs: 2 * RECOVERY_MS }),
      hammer(
        'quiz_answer',
        async () => probes.number > 3 && (await breaker('quiz_answer')).state === 'closed',
      ),
    ]);
    expect(first).toBeGreaterThanOrEqual(new Date(retryAt).getTime() - 50);
    expect(probes.overlapping).toBe(0);
    const causes = (await breaker('quiz_answer')).history.map(
      ({ from, to, cause }) => `${from} > ${to}: ${cause}`,
    );
    expect(causes).toEqual([
      'half_open > closed: probes_succeeded',
      'open > half_open: probe_due',
      'closed > open: failures',
    ]);
  });

  it('sends no second probe during one, and none before its time after one that failed', async () => {
    platform.receiver.on('/sick', { status: 500 });
    for (let n = 0; n < 5; n++) await invoke(apis[0]!, 'sick');
    await eventually(async () => (await breaker('sick')).state !== 'closed');
    const probes = probed('/sick', () => 503);
    await hammer('sick', () => probes.endsMs.length >= 4);
    expect(probes.overlapping).toBe(0);
    for (const [n, startMs] of probes.startsMs.slice(1).entries()) {
      expect(startMs - probes.endsMs[n]!).toBeGreaterThanOrEqual(490);
    }
  });
});
