import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CannedApi } from '../canned-api.fixture.js';

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(24, 8).toString('base64')}`;

describe('a signature on the command line', () => {
  /** It is never called. */
  const api = new CannedApi();
  let folder: string;
  const at = (name: string): string => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'breakwater-sign-'));
    await Promise.all([
      writeFile(at('secret'), `${SECRET}\n`),
      writeFile(at('other'), OTHER),
      writeFile(at('body'), '{"a":1}'),
      writeFile(at('body-with-line-break'), '{"a":1}\n'),
    ]);
  });
  beforeEach(() => api.forget());
  afterEach(() => delete process.env['BREAKWATER_SIGNING_SECRET']);
  afterAll(() => rm(folder, { recursive: true }));

  async function headers(...options: string[]): Promise<string> {
    expect(await api.bare('sign', at('body'), '--secret-file', at('secret'), ...options)).toBe(0);
    await writeFile(at('headers'), api.out.join('\n'));
    api.forget();
    return at('headers');
  }

  it('is made, and verified', async () => {
    const file = await headers();
    expect(await api.bare('verify', at('body'), '--headers', file, '--secret-file', at('secret'))).toBe(0);
    expect(api.out).toEqual(['valid: v1 by key 1 of 1']);
  });

  it('is made as options of curl, or as JSON', async () => {
    const options = ['--secret-file', at('secret'), '--id', 'msg_1', '--at', '1790000000'];
    await api.bare('sign', at('body'), ...options, '--format', 'curl');
    expect(api.out).toEqual([
      "-H 'webhook-id: msg_1'",
      "-H 'webhook-timestamp: 1790000000'",
      expect.stringMatching(/^-H 'webhook-signature: v1,\S+'$/),
    ]);
    api.forget();
    await api.bare('sign', at('body'), ...options, '--json');
    expect(JSON.parse(api.out.join(''))).toMatchObject({ 'webhook-id': 'msg_1' });
  });

  it('is verified with a secret from the environment, and headers from the command line', async () => {
    process.env['BREAKWATER_SIGNING_SECRET'] = `${OTHER} ${SECRET}`;
    await api.bare('sign', at('body'), '--json');
    const made = JSON.parse(api.out[0]!) as Record<string, string>;
    expect(made['webhook-signature']!.split(' ')).toHaveLength(2);
    const options = Object.entries(made).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
    expect(await api.bare('verify', at('body'), ...options)).toBe(0);
  });

  it('that is wrong is told with its reason and its cause', async () => {
    const file = await headers();
    const secret = ['--secret-file', at('secret')];
    expect(await api.bare('verify', at('body-with-line-break'), '--headers', file, ...secret)).toBe(1);
    expect(api.out).toEqual([
      'NOT VALID',
      'signature_wrong: none of the 1 signature(s) fits the body and any of the 1 key(s)',
      expect.stringMatching(/^cause: the body has a line break at its end/),
    ]);
  });

  it('that is old is told, and that it fits', async () => {
    const file = await headers('--at', '2026-11-26T21:00:00Z');
    const options = ['--headers', file, '--secret-file', at('secret')];
    expect(await api.bare('verify', at('body'), ...options)).toBe(1);
    expect(api.out[1]).toBe('the signature fits: v1 by key 1 of 1');
    api.forget();
    expect(await api.bare('verify', at('body'), ...options, '--at', '2026-11-26T21:05:00Z', '--json')).toBe(
      0,
    );
    expect(JSON.parse(api.out[0]!)).toMatchObject({ ok: true });
  });

  it.each([
    ['no headers', ['verify', 'body', '--secret-file', 'secret'], 'name the headers'],
    ['no secret', ['verify', 'body', '--header', 'webhook-id: a'], 'name a secret'],
    ['a time that is none', ['sign', 'body', '--secret-file', 'secret', '--at', 'noon'], '--at takes'],
    ['another format', ['sign', 'body', '--secret-file', 'secret', '--format', 'x'], '--format takes'],
    ['a missing file', ['sign', 'nothing', '--secret-file', 'secret'], 'cannot read'],
    ['no secret in the file', ['sign', 'body', '--secret-file', 'body'], 'begins with whsec_'],
  ])('ends with 2 for %s', async (_, args, told) => {
    const files = ['body', 'secret', 'nothing'];
    expect(await api.bare(...args.map((arg) => (files.includes(arg) ? at(arg) : arg)))).toBe(2);
    expect(api.err.join('\n')).toContain(told);
    expect(api.err.join('\n')).not.toContain(SECRET);
  });

  it('takes headers from one place', async () => {
    await writeFile(at('json'), '{"webhook-id":"a"}');
    expect(await api.bare('verify', at('body'), '--headers', at('json'), '--header', 'a: b')).toBe(2);
  });
});
