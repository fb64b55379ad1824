import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

const CALLS = 100;
const TIMEOUT_MS = 1_000;
const BUDGET_MS = TIMEOUT_MS + 500;
const FALLBACK = { strategy: 'static', value: 'instead' };

let platform: Platform;
let api: Role;

beforeAll(async () => {
  platform = await Platform.start();
  api = await platform.api();
});

afterAll(async () => platform?.stop());

let tries = 0;

it('100 calls at once to a receiver that hangs are all answered within 500 ms of the timeout, in addition to the time for as many quick answers, and its sockets are closed', async () => {
  const path = `/hang-${++tries}`;
  const appId = await platform.register(
    api,
    {
      warm: { timeout: TIMEOUT_MS },
      hang: { url: platform.receiver.on(path, 'hang'), timeout: TIMEOUT_MS, fallback: FALLBACK },
    },
    `hanging-${tries}`,
  );
  const client = platform.client(api);
  const ask = (capability: string) =>
    Promise.all(Array.from({ length: CALLS }, () => client.invoke(appId, capability)));
  const before = await ask('warm');
  const answers = await ask('hang');
  expect(platform.receiver.callsTo(path)).toHaveLength(CALLS);
  const isLetGo = async (): Promise<boolean> => (await platform.receiver.connections()) === 0;
  await eventually(isLetGo, { limitMs: 6_000, what: 'no socket left' });
  const after = await ask('warm');
  // The time that this machine needs for as many calls that do not hang, before and after: it may have other work.
  const usualMs = Math.max(...[...before, ...after].map(({ afterMs }) => afterMs));
  for (const { status, json, afterMs } of answers) {
    expect({ status, ...json }).toMatchObject({
      status: 200,
      source: 'fallback',
      reason: 'timeout',
      data: 'instead',
    });
    expect(json.durationMs).toBeGreaterThanOrEqual(TIMEOUT_MS - 5);
    expect(afterMs).toBeLessThan(usualMs + BUDGET_MS);
  }
});
