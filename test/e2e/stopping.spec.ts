import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { freePort } from '@breakwater/testing/free-port.js';
import { Link } from '@breakwater/testing/link.js';
import { Platform } from '../support/platform.js';
import { spawnRole, type Role, type RoleName } from '../support/roles.js';

/** No wait of a stop may come near this time: it shows that a process ended by itself, also on a slow machine. */
const SHUTDOWN_TIMEOUT_MS = 60_000;
const PATIENT = { SHUTDOWN_TIMEOUT: String(SHUTDOWN_TIMEOUT_MS) };
const PROMPT_MS = 20_000;

describe('a stopping api', () => {
  let platform: Platform;
  let api: Role;
  let appId: string;
  const answers: (() => void)[] = [];

  beforeAll(async () => {
    platform = await Platform.start({ env: PATIENT });
    api = await platform.api();
    appId = await platform.register(api, { slow: { timeout: 30_000 } });
    const body = '{"success":true,"data":42}';
    platform.receiver.on('/slow', () => new Promise((resolve) => answers.push(() => resolve({ body }))));
  });
  afterAll(async () => platform?.stop());

  it('answers the requests in progress, says that the connection ends, and ends', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const port = Number(new URL(api.url).port);
    // Two connections without requests: one never sent any, one listens to a room.
    const silent = connect(port, '127.0.0.1');
    const listener = io(api.url, {
      path: '/ws',
      transports: ['websocket'],
      auth: { apiKey: platform.adminKey },
    });
    await new Promise<void>((resolve) => listener.once('ready', () => resolve()));
    const left = new Promise((resolve) => listener.once('disconnect', resolve));

    const answered = ask(api.url, appId, platform.adminKey, agent);
    await eventually(() => answers.length === 1, { what: 'a call in progress' });
    const ended = api.stop('SIGTERM', SHUTDOWN_TIMEOUT_MS);
    await eventually(async () => (await platform.client(api).get('/readyz')).status === 503);
    answers[0]!();
    const { status, headers } = await answered;
    expect({ status, connection: headers.connection }).toEqual({ status: 200, connection: 'close' });
    const { code, afterMs } = await ended;
    expect(code).toBe(0);
    expect(afterMs).toBeLessThan(PROMPT_MS);
    expect(await left).toBe('io server disconnect');
    expect(api.output).not.toMatch(/in progress are aborted|not everything was closed/);
    listener.disconnect();
    silent.destroy();
    agent.destroy();
  });

  it('aborts what takes longer than SHUTDOWN_TIMEOUT, and says so', async () => {
    const hasty = await platform.api({ SHUTDOWN_TIMEOUT: '100' });
    const answered = ask(hasty.url, appId, platform.adminKey, new Agent({ keepAlive: true }));
    const trouble = answered.then(
      () => 'none',
      (error: Error) => error.message,
    );
    await eventually(() => answers.length === 2, { what: 'a call in progress' });
    const { code, afterMs } = await hasty.stop('SIGTERM');
    expect(await trouble).toBe('socket hang up');
    expect({ code, isPrompt: afterMs < PROMPT_MS }).toEqual({ code: 0, isPrompt: true });
    expect(hasty.output).toContain('1 requests in progress are aborted');
  });
});

/** Invokes on a connection that the agent would keep. */
function ask(
  url: string,
  appId: string,
  key: string,
  agent: Agent,
): Promise<{ status: number | undefined; headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const path = `${url}/api/v1/apps/${appId}/capabilities/slow/invoke`;
    request(path, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve({ status: response.statusCode, headers: response.headers }));
    })
      .once('error', reject)
      .end('{"payload":{}}');
  });
}

const ALL: RoleName[] = ['api', 'worker', 'standalone'];

describe('api, worker and standalone without work in progress', { timeout: 120_000 }, () => {
  let platform: Platform;
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-stopping-'));
  beforeAll(async () => {
    platform = await Platform.start({ env: { ...PATIENT, BREAKWATER_DATA_DIR: folder } });
  });
  afterAll(async () => {
    await platform?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (name: RoleName, env: Record<string, string>): Promise<Role> => {
    const options = name === 'standalone' ? ['--no-demo'] : [];
    const role = spawnRole(name, { ...platform.env, API_PORT: String(await freePort()), ...env }, options);
    platform.roles.push(role);
    return role.ready();
  };
  /** Each in a process of its own, which sees the failure when it is ready. */
  const expectPromptEnds = async (
    names: RoleName[],
    env: Record<string, string>,
    fail: () => unknown = () => undefined,
  ): Promise<void> => {
    const roles = await Promise.all(names.map((name) => start(name, env)));
    await fail();
    for (const [index, ending] of (await Promise.all(roles.map((role) => role.stop('SIGINT')))).entries()) {
      const { name, output } = roles[index]!;
      const facts = { name, code: ending.code, isPrompt: ending.afterMs < PROMPT_MS };
      expect(facts, `after ${ending.afterMs} ms:\n${output}`).toEqual({ name, code: 0, isPrompt: true });
      expect(output).not.toContain('in progress are aborted');
    }
  };

  it('end promptly when their Redis never existed', async () => {
    // `npm start` would refuse to, and a worker reports what it waits for.
    const env = { ...platform.env, REDIS_URL: 'redis://127.0.0.1:9' };
    const worker = spawnRole('worker', env);
    platform.roles.push(worker);
    const isWaiting = (): boolean => worker.output.includes('not ready yet');
    await eventually(isWaiting, { limitMs: 60_000, what: 'the worker says that it waits' });
    const ended = worker.stop();
    await expectPromptEnds(['api'], env);
    const { code, afterMs } = await ended;
    expect({ code, isPrompt: afterMs < PROMPT_MS }).toEqual({ code: 0, isPrompt: true });
  });

  it.skipIf(!inject('redisUrl')).each([
    ['is lost', (link: Link) => link.cut()],
    ['hangs', (link: Link) => link.silence()],
  ])('end promptly when their Redis %s', async (_, fail) => {
    const link = await Link.to(inject('redisUrl')!);
    await expectPromptEnds(ALL, { REDIS_URL: link.url }, () => fail(link));
    await link.cut();
  });

  it.each([
    ['is lost', (link: Link) => link.cut()],
    ['hangs', (link: Link) => link.silence()],
  ])('end promptly when their database, with the queue in it, %s', async (_, fail) => {
    const link = await Link.to(platform.env['DATABASE_URL']!);
    await expectPromptEnds(ALL, { DATABASE_URL: link.url }, () => fail(link));
    await link.cut();
  });
});
