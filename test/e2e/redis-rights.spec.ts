import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { root } from '@breakwater/testing/build.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { freePort } from '@breakwater/testing/free-port.js';
import { RedisProcess } from '@breakwater/testing/redis-servers.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

const PAGE = 'docs/operations/redis-acl.md';
const fixtures = join(root, 'libs/webhook-client/src/fixtures');

/** Scripts of BullMQ that the product may run; some of what they call is rare, such as what ends a stalled job. */
const SCRIPTS = [
  'addStandardJob',
  'addDelayedJob',
  'moveToActive',
  'moveToFinished',
  'moveStalledJobsToWait',
  'extendLock',
  'extendLocks',
  'getCounts',
  'removeJob',
];

/** @param known names of commands; in the scripts they are literals, directly in a call or in a variable */
async function commandsInScripts(known: ReadonlySet<string>): Promise<string[]> {
  const files = SCRIPTS.map((name) => {
    const [file] = globSync(`node_modules/bullmq/dist/esm/scripts/${name}-*.js`, { cwd: root });
    if (file === undefined) throw new Error(`BullMQ has no script ${name} any more: correct SCRIPTS`);
    return join(root, file);
  });
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const literals = texts.flatMap((text) =>
    [...text.matchAll(/["']([A-Z]+)["']/g)].map(([, name]) => name!.toLowerCase()),
  );
  return literals.filter((name) => known.has(name));
}

/** With VALKEY_SERVER, the path of a valkey-server, it is tried too: without TLS, which it may not be built with. */
const valkey = process.env['VALKEY_SERVER'];
const SERVERS = [
  { program: 'redis-server', withTls: true },
  ...(valkey === undefined ? [] : [{ program: valkey, withTls: false }]),
];

describe.skipIf(!inject('redisUrl')).each(SERVERS)(
  `the user of ${PAGE} at $program, with TLS: $withTls`,
  { timeout: 90_000 },
  ({ program, withTls }) => {
    let redis: RedisProcess;
    let platform: Platform;
    let api: Role;
    let worker: Role;
    let appId: string;
    let page: string;
    let rights: string;

    const ask = (name: string, ...args: string[]): Promise<unknown> => redis.ask({}, name, ...args);
    const post = async (path: string, body?: unknown): Promise<void> => {
      const { status, text } = await platform.client(api).post(`/api/v1/${path}`, body);
      expect([200, 201, 202, 204], text).toContain(status);
    };
    const completed = (count: number): Promise<boolean> =>
      eventually(async () => (await platform.counts())['completed'] === count, {
        what: `${count} completed`,
      });

    beforeAll(async () => {
      page = await readFile(join(root, PAGE), 'utf8');
      rights = /^ACL SETUSER breakwater on >password (.*)$/m.exec(page)![1]!;
      const tlsPort = await freePort();
      const tls = [`tls-port ${tlsPort}`, 'tls-auth-clients no'];
      const certificate = [
        `tls-cert-file ${fixtures}/good.pem`,
        `tls-key-file ${fixtures}/key.pem`,
        `tls-ca-cert-file ${fixtures}/authority.pem`,
      ];
      redis = await RedisProcess.start(withTls ? [...tls, ...certificate] : [], [], program);
      platform = await Platform.start({
        env: {
          REDIS_HOST: '127.0.0.1',
          REDIS_PORT: String(withTls ? tlsPort : redis.port),
          REDIS_USER: 'breakwater',
          REDIS_PASSWORD: 'of the user',
          ...(withTls ? { REDIS_TLS: 'true', REDIS_TLS_CA_FILE: `${fixtures}/authority.pem` } : {}),
        },
      });
      const granted = rights.replace('~breakwater:*', `~${platform.env['QUEUE_PREFIX']!}:*`).split(' ');
      await ask('ACL', 'SETUSER', 'breakwater', 'reset', 'on', '>of the user', ...granted);
      await ask('CONFIG', 'RESETSTAT');
      [api, worker] = await Promise.all([platform.api(), platform.worker()]);
      const retry = { initialDelayMs: 300, maxAttempts: 2 };
      appId = await platform.register(api, { report: { async: true, retry }, ask: {} });
    });
    afterAll(async () => {
      await platform?.stop();
      await redis?.remove();
    });

    it('calls are delivered, retried, held by a pause, and sent again from the dead letters', async () => {
      const client = platform.client(api);
      const answers = [500, 200, 500, 500];
      platform.receiver.on('/report', () => ({ status: answers.shift() ?? 200 }));
      platform.receiver.on('/ask', { body: '{"success":true,"data":1}' });
      expect((await client.invoke(appId, 'report')).status).toBe(202);
      await completed(1);
      expect((await client.invoke(appId, 'report')).status).toBe(202);
      const letter = await eventually(
        async () => (await client.get('/api/v1/admin/dlq')).json.items[0] as { id: string } | undefined,
        { what: 'a dead letter' },
      );
      await post(`admin/dlq/${letter.id}/retry`);
      await completed(2);
      await post(`admin/apps/${appId}/pause`, { reason: 'inventory' });
      const held = await Promise.all(Array.from({ length: 20 }, () => client.invoke(appId, 'report')));
      expect(new Set(held.map(({ status }) => status))).toEqual(new Set([202]));
      await post(`admin/apps/${appId}/resume`);
      await completed(22);
      // Last, because it counts as completed, too.
      expect((await client.invoke(appId, 'ask')).status).toBe(200);
    });

    it('the queue’s figures, readyz and the doctor have nothing to complain about', async () => {
      const client = platform.client(api);
      expect((await client.get('/api/v1/admin/queue/statistics')).json).toMatchObject({ waiting: 0 });
      expect((await client.get('/api/v1/admin/overview')).status).toBe(200);
      expect((await client.get('/readyz')).json.details.queue).toEqual({ status: 'up' });
      const looksWell = async (): Promise<boolean> => {
        const { json } = await client.post('/api/v1/admin/doctor', undefined);
        const checks = json.checks as { name: string; state: string }[];
        const looked = checks.filter(({ name }) => ['clock', 'queue', 'workers'].includes(name));
        return looked.length === 3 && looked.every(({ state }) => state === 'ok');
      };
      // On a busy machine a worker may take its job too late.
      await eventually(looksWell, { what: 'the doctor finds clock, queue and workers well' });
    });

    it('no command is denied, the page’s line has what is needed, and nothing more', async () => {
      for (const role of [worker, api]) expect((await role.stop()).code).toBe(0);
      expect(await ask('ACL', 'LOG')).toEqual([]);
      const stats = String(await ask('INFO', 'commandstats'));
      const called = [...stats.matchAll(/^cmdstat_(\S+?):/gm)].map(([, name]) => name!);
      const ours = called.filter((name) => !/^(acl|config|command)\b/.test(name));
      const known = new Set((await ask('COMMAND', 'LIST')) as string[]);
      const needed = new Set([...ours, ...(await commandsInScripts(known))]);
      const sorted = [...needed].map((name) => `+${name}`).toSorted();
      expect(rights).toBe(['~breakwater:*', ...sorted].join(' '));
      expect(page).toContain('~{breakwater-*}:* +cluster|slots');
      for (const role of [api, worker]) expect(role.output).not.toMatch(/NOPERM|ECONN|degraded/);
    });
  },
);
