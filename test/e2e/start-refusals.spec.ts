import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '@breakwater/testing/free-port.js';
import { spawnRole, startRole } from '../support/roles.js';

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
/** Root without the right to write files of other users. */
const RIGHTS = '-dac_override,-dac_read_search,-fowner';
const LIKE_ANY_USER = ['setpriv', `--bounding-set=${RIGHTS}`, `--inh-caps=${RIGHTS}`];
let home: string;
let taken: Server;
let takenPort: number;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'breakwater-refusals-'));
  await chmod(home, 0o755);
  taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  takenPort = (taken.address() as AddressInfo).port;
});
afterAll(async () => {
  taken.close();
  await rm(home, { recursive: true, force: true });
});

/** The message of `npm start` when it does not start, without the first words. */
async function refusal(
  env: Record<string, string>,
  args: string[] = ['--no-demo'],
  wrapper: readonly string[] = [],
): Promise<string> {
  const role = spawnRole(
    'standalone',
    { API_PORT: '0', BREAKWATER_DATA_DIR: join(home, 'unused'), ...env },
    args,
    wrapper,
  );
  expect(await role.end()).toMatchObject({ code: 1 });
  const [line, ...more] = role.output.trimEnd().split('\n');
  // Nothing before it, no stack after it.
  expect(more).toEqual([]);
  return line!.replace('breakwater cannot start: ', '');
}

const hasTmpfs = (): boolean => {
  const at = join(tmpdir(), `breakwater-mount-${process.pid}`);
  const script = `mkdir -p ${at} && mount -t tmpfs -o size=1m tmpfs ${at} && umount ${at}; rmdir ${at}`;
  return isRoot && spawnSync('sh', ['-ec', script]).status === 0;
};

describe('a start that is refused says in one line why, and the remedy:', () => {
  it('API_PORT is taken', async () => {
    expect(await refusal({ API_PORT: String(takenPort) })).toBe(
      `port ${takenPort} is taken; set API_PORT to another`,
    );
  });

  it('METRICS_PORT is taken', async () => {
    expect(await refusal({ METRICS_PORT: String(takenPort) })).toBe(
      `port ${takenPort} is taken; set METRICS_PORT to another`,
    );
  });

  it('no server listens at DATABASE_URL', async () => {
    const port = await freePort();
    expect(await refusal({ DATABASE_URL: `postgresql://me:very-secret@127.0.0.1:${port}/bw` })).toBe(
      `PostgreSQL at 127.0.0.1:${port} cannot be reached (connection refused); check DATABASE_URL, and that the server runs`,
    );
  });

  it('no server listens at REDIS_URL', async () => {
    const port = await freePort();
    expect(await refusal({ REDIS_URL: `redis://:very-secret@127.0.0.1:${port}` })).toMatch(
      `Redis at 127.0.0.1:${port} cannot be reached (connection refused); check REDIS_URL`,
    );
  });

  it('the data folder is a file', async () => {
    const file = join(home, 'file');
    await writeFile(file, '');
    expect(await refusal({ BREAKWATER_DATA_DIR: file })).toBe(
      `${file} is not a folder; set BREAKWATER_DATA_DIR to a folder`,
    );
  });

  it('the data folder cannot be written', async () => {
    const folder = join(home, 'read-only');
    await mkdir(folder, { mode: 0o555 });
    if (isRoot) await chown(folder, NOBODY, NOBODY);
    expect(
      await refusal({ BREAKWATER_DATA_DIR: folder }, ['--no-demo'], isRoot ? LIKE_ANY_USER : []),
    ).toMatch(`${folder} cannot be written by this user`);
  });

  it.runIf(isRoot)('PostgreSQL’s user cannot reach the data folder of root', async () => {
    const closed = join(home, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const folder = join(closed, 'data');
    expect(await refusal({ BREAKWATER_DATA_DIR: folder })).toMatch(
      `that user cannot reach ${folder}, because ${closed} is closed to others; start as another user than root, or set BREAKWATER_DATA_DIR`,
    );
  });

  it.runIf(hasTmpfs())('the disk is full', async () => {
    const folder = join(home, 'small');
    await mkdir(folder);
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=755', 'tmpfs', folder]);
    try {
      expect(await refusal({ BREAKWATER_DATA_DIR: folder })).toMatch(
        `there is no space left for ${folder}; free some`,
      );
    } finally {
      spawnSync('umount', [folder]);
    }
  });

  it.runIf(hasTmpfs())('the file system is read-only', async () => {
    const folder = join(home, 'read-only-disk');
    await mkdir(folder);
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', folder]);
    try {
      expect(await refusal({ BREAKWATER_DATA_DIR: folder })).toMatch(
        `${folder} is on a read-only file system`,
      );
    } finally {
      spawnSync('umount', [folder]);
    }
  });

  it('this machine’s ports may be called, and the API can be reached from outside', async () => {
    expect(await refusal({ API_HOST: '0.0.0.0' }, ['--allow-localhost'])).toMatch(
      /^--allow-localhost is for development/,
    );
  });
});

describe('a data folder that was used before', () => {
  const folder = () => join(home, 'used');
  const env = () => ({ BREAKWATER_DATA_DIR: folder(), API_PORT: '0' });
  const other = `k1:${Buffer.alloc(32, 7).toString('base64')}`;
  const manifest = {
    name: 'Quiz',
    ownerEmail: 'o@example.com',
    baseUrl: 'http://localhost:4000',
    webhooks: { quiz: '/quiz' },
  };

  it('is refused to a second process while a first one runs on it', async () => {
    const first = await startRole('standalone', env(), ['--no-demo', '--allow-localhost']);
    expect(await refusal(env())).toBe(
      `another Breakwater runs on ${folder()}; stop it first, or set BREAKWATER_DATA_DIR and API_PORT to others`,
    );
    const key = (await readFile(join(folder(), 'admin-key'), 'utf8')).trim();
    const answer = await fetch(`${first.url}/api/v1/admin/apps/quiz/manifest`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(manifest),
    });
    expect(answer.status).toBe(200);
    expect(first.output).toContain('WARNING: --allow-localhost is on');
    await first.stop();
  });

  it('is refused with a key that cannot open what is stored, and the line says where the right one is', async () => {
    expect(await refusal({ ...env(), ENCRYPTION_KEYS: other })).toMatch(
      `ENCRYPTION_KEYS lacks the key "local" (2 stored secrets) that this database was sealed with; it is in ${join(folder(), 'encryption-keys')}: take ENCRYPTION_KEYS out of .env`,
    );
  });

  it('is refused with another key under the same id', async () => {
    expect(await refusal({ ...env(), ENCRYPTION_KEYS: other.replace('k1', 'local') })).toMatch(
      `the first one is in ${join(folder(), 'encryption-keys')}`,
    );
  });

  it('is accepted with both keys', async () => {
    const kept = (await readFile(join(folder(), 'encryption-keys'), 'utf8')).trim();
    const role = await startRole('standalone', { ...env(), ENCRYPTION_KEYS: `${kept},${other}` }, [
      '--no-demo',
    ]);
    expect(await role.stop()).toMatchObject({ code: 0 });
  });

  it('is accepted with the key given up by its id, and the health reports what cannot be opened', async () => {
    const lost = { ...env(), ENCRYPTION_KEYS: other, ENCRYPTION_KEYS_LOST: 'local' };
    const role = await startRole('standalone', lost, ['--no-demo']);
    const key = (await readFile(join(folder(), 'admin-key'), 'utf8')).trim();
    const health = await fetch(`${role.url}/api/v1/admin/webhook-health`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const { status, reasons } = (await health.json()) as { status: string; reasons: { code: string }[] };
    expect([status, reasons.map(({ code }) => code)]).toEqual(['unhealthy', ['ENCRYPTION_KEY_MISSING']]);
    const ready = await (await fetch(`${role.url}/readyz`)).json();
    expect(ready).toMatchObject({ info: { keys: { status: 'degraded' } } });
    await role.stop();
  });

  it('is refused when the password kept beside the database is not its own', async () => {
    await writeFile(join(folder(), 'postgres-password'), 'another\n');
    expect(await refusal(env())).toMatch(`the password in ${folder()}/postgres-password is not the one`);
  });
});
