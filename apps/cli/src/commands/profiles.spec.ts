import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CannedApi, page } from '../canned-api.fixture.js';

const SECRET = 'bw_1234567890abcdef';

describe('a profile', () => {
  const api = new CannedApi();
  let home: string;
  let file: string;
  beforeAll(() => api.start());
  afterAll(() => api.stop());
  beforeEach(async () => {
    api.forget();
    home = await mkdtemp(join(tmpdir(), 'breakwater-profiles-'));
    file = join(home, 'breakwater', 'profiles.json');
    process.env['XDG_CONFIG_HOME'] = home;
  });
  afterEach(async () => {
    for (const name of ['XDG_CONFIG_HOME', 'BREAKWATER_URL', 'BREAKWATER_API_KEY', 'BREAKWATER_PROFILE'])
      delete process.env[name];
    await rm(home, { recursive: true });
  });

  const session = { kind: 'key', name: 'ci', scopes: ['read'], appId: null, expiresAt: null };
  const login = async (...args: string[]): Promise<number> => {
    api.answerWith(session);
    const code = await api.bare('--url', api.url, '--key', SECRET, 'login', ...args);
    api.answerWith(page());
    return code;
  };

  it('is made by login, for its owner only', async () => {
    expect(await login()).toBe(0);
    expect(api.requests).toMatchObject([
      { path: '/api/v1/session', headers: { authorization: `Bearer ${SECRET}` } },
    ]);
    expect(api.out.join('\n')).toContain('ci');
    expect(api.out.join('\n')).not.toContain(SECRET);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      current: 'default',
      profiles: { default: { url: api.url, key: SECRET } },
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(home, 'breakwater'))).mode & 0o777).toBe(0o700);
  });

  it('is not made of a key that is refused', async () => {
    api.refuseWith({ code: 'UNAUTHENTICATED' }, 401);
    expect(await api.bare('--url', api.url, '--key', SECRET, 'login')).toBe(4);
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  it('is made of a key in a file', async () => {
    const keyFile = join(home, 'key');
    await writeFile(keyFile, `${SECRET}\n`);
    api.answerWith(session);
    expect(await api.bare('--url', api.url, 'login', '--key-file', keyFile)).toBe(0);
    expect(await readFile(file, 'utf8')).toContain(`"key": "${SECRET}"`);
    await writeFile(keyFile, '\n');
    expect(await api.bare('--url', api.url, 'login', '--key-file', keyFile)).toBe(2);
  });

  it('gives URL and key where nothing else does', async () => {
    await login();
    api.forget();
    expect(await api.bare('apps')).toBe(0);
    expect(api.requests).toMatchObject([{ headers: { authorization: `Bearer ${SECRET}` } }]);
  });

  it.each([
    ['the environment', { BREAKWATER_API_KEY: 'bw_env' }, []],
    ['an option', {}, ['--key', 'bw_env']],
  ])('is less than %s', async (_, variables, options) => {
    await login();
    api.forget();
    Object.assign(process.env, variables);
    await api.bare(...options, 'apps');
    expect(api.requests).toMatchObject([{ headers: { authorization: 'Bearer bw_env' } }]);
  });

  it('does not give its key to another installation', async () => {
    await login();
    api.forget();
    process.env['BREAKWATER_URL'] = `${api.url}/other`;
    await api.bare('apps');
    expect(api.requests[0]!.headers.authorization).toBeUndefined();
    process.env['BREAKWATER_URL'] = `${api.url}/`;
    await api.bare('apps');
    expect(api.requests[1]!.headers.authorization).toBe(`Bearer ${SECRET}`);
  });

  it.each([
    ['an option', {}, ['--profile', 'other']],
    ['the environment', { BREAKWATER_PROFILE: 'other' }, []],
  ])('is chosen by %s', async (_, variables, options) => {
    await login();
    api.answerWith(session);
    await api.bare('--url', api.url, '--key', 'bw_other', '--profile', 'other', 'login');
    await api.bare('profile', 'use', 'default');
    api.forget();
    api.answerWith(page());
    Object.assign(process.env, variables);
    await api.bare('apps', ...options);
    expect(api.requests).toMatchObject([{ headers: { authorization: 'Bearer bw_other' } }]);
  });

  it.each([0o640, 0o604, 0o622])('is refused in a file of mode %o', async (mode) => {
    await login();
    api.forget();
    await chmod(file, mode);
    for (const args of [['apps'], ['profile', 'list'], ['--key', SECRET, 'login']])
      expect(await api.bare(...args)).toBe(2);
    expect(api.err[0]).toBe(
      `${file} contains keys, and other users of this computer may read or change it: run chmod 600 ${file}`,
    );
    expect(api.requests).toEqual([]);
  });

  it.each(['{', '[]', '{}', '{"profiles":{"a":{}}}'])('is refused in a damaged file: %s', async (text) => {
    await login();
    await writeFile(file, text);
    expect(await api.bare('apps')).toBe(2);
    expect(api.err.at(-1)).toContain('is damaged');
  });

  it('is listed and shown with the beginning of its key only', async () => {
    await login();
    api.forget();
    expect(await api.bare('profile', 'list')).toBe(0);
    expect(api.out[1]).toMatch(/^\* +default +http:\S+ +bw_12345…$/);
    expect(await api.bare('profile', 'show')).toBe(0);
    expect(await api.bare('profile', 'show', 'default', '--json')).toBe(0);
    expect(api.out.join('\n')).toContain(file);
    expect(api.out.join('\n')).not.toContain(SECRET);
  });

  it('is forgotten', async () => {
    await login();
    expect(await api.bare('profile', 'delete', 'default')).toBe(0);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ current: null, profiles: {} });
    expect(await api.bare('profile', 'show')).toBe(2);
  });

  it.each([
    ['unknown', ['profile', 'use', 'nobody'], 'there is no profile "nobody"; breakwater login makes one'],
    ['unknown, for a command', ['--profile', 'nobody', 'apps'], 'there is no profile "nobody"'],
    ['no name', ['--key', 'k', '--profile', '../x', 'login'], 'the name of a profile is'],
  ])('that is %s is refused', async (_, args, told) => {
    expect(await api.bare(...args)).toBe(2);
    expect(api.err.join('\n')).toContain(told);
    expect(api.requests).toEqual([]);
  });

  it('is not there on a new computer', async () => {
    expect(await api.bare('profile', 'list')).toBe(0);
    expect(api.out).toEqual(['none: breakwater login makes one']);
    api.answerWith(page());
    expect(await api.bare('--url', api.url, 'apps')).toBe(0);
  });
});
