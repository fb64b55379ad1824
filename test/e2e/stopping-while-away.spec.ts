import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { freePort } from '@breakwater/testing/free-port.js';
import { Link } from '@breakwater/testing/link.js';
import { PrivatePostgres, PrivateRedis } from '@breakwater/testing/private-servers.js';
import { Platform } from '../support/platform.js';
import { spawnRole, type Role, type RoleName } from '../support/roles.js';

const ALL: RoleName[] = ['api', 'worker', 'standalone'];
/** Three times the promised time, for a busy machine, and much shorter than SHUTDOWN_TIMEOUT. */
const PROMPT_MS = 15_000;
const PATIENT = { SHUTDOWN_TIMEOUT: '60000' };

async function spawnOn(platform: Platform, name: RoleName, env: Record<string, string> = {}): Promise<Role> {
  const options = name === 'standalone' ? ['--no-demo'] : [];
  const role = spawnRole(name, { ...platform.env, API_PORT: String(await freePort()), ...env }, options);
  platform.roles.push(role);
  return role;
}

async function expectPromptEnds(roles: Role[]): Promise<void> {
  const endings = await Promise.all(
    roles.map(async (role) => ({ role, ending: await role.stop('SIGTERM', 60_000) })),
  );
  for (const { role, ending } of endings) {
    const { name, output } = role;
    const facts = { name, code: ending.code, isPrompt: ending.afterMs < PROMPT_MS };
    expect(facts, `after ${ending.afterMs} ms:\n${output.slice(-3000)}`).toEqual({
      name,
      code: 0,
      isPrompt: true,
    });
    expect(output).not.toContain('in progress are aborted');
  }
}

describe.skipIf(!inject('redisUrl'))(
  'processes without work in progress end promptly',
  { timeout: 180_000 },
  () => {
    let postgres: PrivatePostgres;
    let redis: PrivateRedis;
    let platform: Platform;
    let roles: Role[];
    const folder = mkdtempSync(join(tmpdir(), 'breakwater-frozen-'));

    beforeAll(async () => {
      [postgres, redis] = await Promise.all([PrivatePostgres.start(), PrivateRedis.start()]);
      platform = await Platform.start({
        backend: 'Redis',
        redisUrl: redis.url,
        databaseUrl: postgres.url,
        env: { ...PATIENT, BREAKWATER_DATA_DIR: folder },
      });
    });
    afterEach(() => {
      postgres.signal('SIGCONT');
      redis.signal('SIGCONT');
    });
    afterAll(async () => {
      await platform?.stop();
      await postgres?.remove();
      await redis?.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    it.each([
      ['PostgreSQL is frozen', ['postgres']],
      ['Redis is frozen', ['redis']],
      ['both are frozen', ['postgres', 'redis']],
    ])('when %s', async (_, frozen) => {
      roles = await Promise.all(ALL.map((name) => spawnOn(platform, name)));
      await Promise.all(roles.map((role) => role.ready()));
      if (frozen.includes('postgres')) postgres.signal('SIGSTOP');
      if (frozen.includes('redis')) redis.signal('SIGSTOP');
      await expectPromptEnds(roles);
    });
  },
);

describe('a process that is still starting', { timeout: 120_000 }, () => {
  let platform: Platform;
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-starting-'));
  beforeAll(async () => {
    platform = await Platform.start({ env: { ...PATIENT, BREAKWATER_DATA_DIR: folder } });
  });
  afterAll(async () => {
    await platform?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(ALL)('ends with 0 at a signal while its database does not answer: %s', async (name) => {
    const link = await Link.to(platform.env['DATABASE_URL']!);
    link.silence();
    const role = await spawnOn(platform, name, { DATABASE_URL: link.url });
    await eventually(() => link.connections > 0, { limitMs: 60_000, what: 'it waits for its database' });
    const { code, signal } = await role.stop('SIGTERM', 60_000);
    expect({ code, signal, output: role.output }).toEqual({
      code: 0,
      signal: null,
      output: expect.stringContaining('SIGTERM before the start was over'),
    });
    await link.cut();
  });
});

describe('an api under constant traffic on kept connections, with listeners', { timeout: 120_000 }, () => {
  const CONNECTIONS = 20;
  let platform: Platform;
  const listeners: Socket[] = [];
  beforeAll(async () => {
    platform = await Platform.start({ env: PATIENT });
  });
  afterAll(async () => {
    for (const listener of listeners) listener.disconnect();
    await platform?.stop();
  });

  it('serves for DRAIN_NOTICE while it reports that it is not ready, answers every request, and ends', async () => {
    const api = await platform.api({ DRAIN_NOTICE: '2s' });
    for (let index = 0; index < 5; index++) {
      const auth = { apiKey: platform.adminKey };
      const listener = io(api.url, { path: '/ws', transports: ['websocket'], reconnection: false, auth });
      await new Promise<void>((resolve) => listener.once('ready', () => resolve()));
      listeners.push(listener);
    }
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const statuses: number[] = [];
    const stopped = new AbortController();
    const lanes = Array.from({ length: CONNECTIONS }, async () => {
      while (!stopped.signal.aborted) {
        const status = await ask(`${api.url}/healthz`, agent).catch(() => null);
        if (status !== null) statuses.push(status);
      }
    });
    await eventually(() => statuses.length > 500, { what: 'traffic' });
    const ended = api.stop('SIGTERM', 60_000);
    const isNotReady = async (): Promise<boolean> =>
      (await platform.client(api).get('/readyz')).status === 503;
    await eventually(isNotReady, { what: 'it says that it is not ready' });
    const answeredBefore = statuses.length;
    const { code, afterMs } = await ended;
    stopped.abort();
    await Promise.all(lanes);
    expect({ code, isPrompt: afterMs < PROMPT_MS }, api.output.slice(-3000)).toEqual({
      code: 0,
      isPrompt: true,
    });
    expect(afterMs).toBeGreaterThanOrEqual(2_000);
    expect(statuses.length).toBeGreaterThan(answeredBefore);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(api.output).not.toMatch(/in progress are aborted|not everything was closed/);
    agent.destroy();
  });
});

function ask(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode!));
    })
      .once('error', reject)
      .end();
  });
}
