import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '@breakwater/testing/database.js';
import { freePort } from '@breakwater/testing/free-port.js';
import { Platform } from '../support/platform.js';
import { spawnRole, type RoleName } from '../support/roles.js';

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
  // The first start stores the checks by which its keys are recognised.
  await (await platform.api()).stop();
});
afterAll(async () => platform?.stop());

/** Runs a role to its end. */
async function run(name: RoleName, env: Record<string, string | undefined>, args: string[] = []) {
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const role = spawnRole(name, Object.fromEntries(set), args);
  const timer = setTimeout(() => void role.kill9(), 60_000);
  const { code } = await role.end();
  clearTimeout(timer);
  return { code, output: role.output };
}

describe.each(['api', 'worker'] as const)('a wrong configuration of the %s', (name) => {
  it('stops the start and lists every problem', async () => {
    const { code, output } = await run(name, {
      ...platform.env,
      DATABASE_URL: undefined,
      API_PORT: '70000',
      QUEUE_CONCURRENCY: 'many',
      CIRCUIT_BREAKER_MODE: 'maybe',
      CIRCUIT_BREAKER_FAILURE_TRESHOLD: '5',
      ENCRYPTION_KEYS: 'k1:c2hvcnQ=',
    });
    expect(code).toBe(1);
    const lines = output.split('\n').filter((line) => line.startsWith('  - '));
    const named = [
      'DATABASE_URL',
      'API_PORT',
      'QUEUE_CONCURRENCY',
      'CIRCUIT_BREAKER_MODE',
      'ENCRYPTION_KEYS',
    ];
    for (const setting of named) expect(lines.filter((line) => line.includes(setting))).toHaveLength(1);
    expect(output).toContain('did you mean CIRCUIT_BREAKER_FAILURE_THRESHOLD?');
    expect(output).not.toContain('c2hvcnQ=');
  });

  it('is a key under the id of another, and no part of it is shown', async () => {
    const other = Buffer.alloc(32, 7).toString('base64');
    const { code, output } = await run(name, {
      ...platform.env,
      ENCRYPTION_KEYS: `k1:${other}`,
      API_PORT: '0',
    });
    expect(code).toBe(1);
    expect(output).toMatch(/cannot start.*k1/s);
    expect(output).not.toContain(other);
  });

  it('is a database that does not exist', async () => {
    const DATABASE_URL = `postgresql://breakwater:very-secret@127.0.0.1:${await freePort()}/none`;
    const { code, output } = await run(name, { ...platform.env, DATABASE_URL, API_PORT: '0' });
    expect(code).toBe(1);
    expect(output).toMatch(/cannot start: .*(database|ECONNREFUSED)/i);
    expect(output).not.toContain('very-secret');
  });

  it('is a database without the migrations', async () => {
    const database = await createTestDatabase({ empty: true });
    const { code, output } = await run(name, { ...platform.env, DATABASE_URL: database.url, API_PORT: '0' });
    await database.drop();
    expect(code).toBe(1);
    expect(output).toMatch(/cannot start: .*migrat/i);
  });
});

describe('a start', () => {
  it('on a port that is taken says so', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, output } = await run('api', { ...platform.env, API_PORT: String(port) });
    server.close();
    expect(code).toBe(1);
    expect(output).toContain(`port ${port} is taken; set API_PORT to another`);
  });

  it('on port 0 names the port that it got', async () => {
    const api = await platform.api({ API_PORT: '0' });
    expect(new URL(api.url).port).not.toBe('0');
    expect(api.output).toContain('BREAKWATER_ADMIN_KEY: is already an admin key, nothing to do');
    expect((await platform.client(api).get('/healthz')).json).toEqual({ status: 'ok' });
  });

  it.each(['api', 'worker', 'standalone'] as const)(
    'of the %s with --print-config shows all settings and no secret',
    async (name) => {
      const secrets = {
        SMTP_PASSWORD: 'mail-secret',
        SMTP_HOST: 'mail.example',
        SMTP_USER: 'me',
        REDIS_URL: 'redis://:red-secret@r.example',
      };
      const DATABASE_URL = 'postgresql://me:db-secret@db.example/bw';
      const { code, output } = await run(name, { ...platform.env, ...secrets, DATABASE_URL }, [
        '--print-config',
      ]);
      expect(code).toBe(0);
      for (const setting of ['API_PORT', 'DATABASE_URL', 'QUEUE_CONCURRENCY', 'CIRCUIT_BREAKER_MODE'])
        expect(output).toContain(setting);
      for (const secret of [
        'mail-secret',
        'red-secret',
        'db-secret',
        platform.adminKey,
        platform.env['ENCRYPTION_KEYS']!.slice(3),
      ]) {
        expect(output).not.toContain(secret);
      }
    },
  );
});
