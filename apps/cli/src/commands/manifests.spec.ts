import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CannedApi, KEY } from '../canned-api.fixture.js';

describe('a command with a file', () => {
  const api = new CannedApi();
  let folder: string;
  beforeAll(async () => {
    await api.start();
    folder = await mkdtemp(join(tmpdir(), 'breakwater-cli-'));
  });
  beforeEach(() => api.forget());
  afterAll(async () => {
    api.stop();
    await rm(folder, { recursive: true });
  });
  async function file(content: string): Promise<string> {
    const path = join(folder, 'manifest.json');
    await writeFile(path, content);
    return path;
  }
  const problems = [
    { pointer: '/name', rule: 'required', message: 'name is missing' },
    { pointer: '', rule: 'unknown_key', message: 'nmae is no key; did you mean name?' },
  ];

  describe('validate', () => {
    it('sends the file unchanged and reports that it is valid', async () => {
      api.answerWith({ valid: true, warnings: [] });
      const content = '{ "name":  "Quiz", "timeout": 2000.0 }\n';
      expect(await api.breakwater('validate', await file(content))).toBe(0);
      expect(api.requests).toMatchObject([
        { method: 'POST', path: '/api/v1/admin/manifests/validate', body: content },
      ]);
      expect(api.requests[0]!.headers).toMatchObject({
        authorization: `Bearer ${KEY}`,
        'content-type': 'application/json',
      });
      expect(api.out).toEqual(['valid']);
    });

    it('prints each problem as pointer, rule and message, and ends with 1', async () => {
      api.refuseWith({ title: 'Manifest is not valid', code: 'MANIFEST_INVALID', problems }, 400);
      expect(await api.breakwater('validate', await file('{}'))).toBe(1);
      expect(api.out).toEqual([
        '/name  required     name is missing',
        '""     unknown_key  nmae is no key; did you mean name?',
      ]);
      expect(api.err).toEqual([]);
    });

    it('reports a refusal without problems like any other error', async () => {
      api.refuseWith({ title: 'Unauthenticated', detail: 'no key', code: 'UNAUTHENTICATED' }, 401);
      expect(await api.breakwater('validate', await file('{}'))).toBe(4);
      expect([api.out, api.err]).toEqual([
        [],
        [
          'Unauthenticated: no key (UNAUTHENTICATED)',
          'Give a key: breakwater login, the option --key, or BREAKWATER_API_KEY.',
        ],
      ]);
    });

    it('ends with 2 for a file that cannot be read, and sends no request', async () => {
      expect(await api.breakwater('validate', join(folder, 'nowhere.json'))).toBe(2);
      expect(api.err[0]).toContain('cannot read');
      expect(api.requests).toEqual([]);
    });
  });

  it('apply prints the registration with the secret, and warnings', async () => {
    const warning = {
      pointer: '/webhooks/a/retry',
      rule: 'ignored',
      message: 'sync calls are never retried',
    };
    api.answerWith({
      appId: 'quiz',
      version: 1,
      created: true,
      signingSecret: 'whsec_x',
      warnings: [warning],
    });
    expect(await api.breakwater('apply', 'quiz', await file('{}'))).toBe(0);
    expect(api.requests).toMatchObject([
      { method: 'PUT', path: '/api/v1/admin/apps/quiz/manifest', body: '{}' },
    ]);
    expect(api.out).toContain('signingSecret:  whsec_x');
    expect(api.out.at(-1)).toBe('warning: /webhooks/a/retry  ignored  sync calls are never retried');
  });

  describe('event-types put', () => {
    it('sends the file unchanged', async () => {
      api.answerWith({ type: 'order.created', mode: 'enforce' });
      const content = '{ "mode": "enforce", "schema": {"minimum": 1.0} }\n';
      expect(await api.breakwater('event-types', 'put', 'order.created', await file(content))).toBe(0);
      expect(api.requests).toMatchObject([
        { method: 'PUT', path: '/api/v1/event-types/order.created', body: content },
      ]);
      expect(api.out.join('\n')).toContain('enforce');
    });
  });

  it('refuses a filter that is not JSON, and sends no request', async () => {
    expect(await api.breakwater('subscriptions', 'test-filter', 'quiz', 'ledger', '--filter', '{')).not.toBe(
      0,
    );
    expect([api.requests, api.err[0]]).toEqual([[], expect.stringContaining('--filter is not JSON')]);
  });
});
