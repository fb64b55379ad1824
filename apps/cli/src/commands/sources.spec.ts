import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CannedApi, page } from '../canned-api.fixture.js';

const SOURCES = '/api/v1/apps/shop/sources';
const GITHUB = `${SOURCES}/github`;
const secretFile = join(mkdtempSync(join(tmpdir(), 'sources-')), 'secret');
writeFileSync(secretFile, 'from github\n');

const setup = {
  title: 'GitHub',
  where: 'Settings, Webhooks',
  paste: 'the address',
  secretHint: 'The secret that you chose.',
  docs: 'https://docs.github.com',
  note: null,
};
const source = {
  name: 'github',
  url: 'https://hooks.example/in/ab',
  verification: { preset: 'github' },
  missing: [],
  secrets: [{}, {}],
  targets: [
    { name: 'main', url: 'https://app.example/x', status: 'active', hold: null, subscription: 'github.main' },
  ],
  previousUrls: [{ url: 'https://hooks.example/in/cd', expiresAt: 'tomorrow' }],
  setup,
  pausedAt: null,
};
const plain = { ...source, verification: {}, targets: [], previousUrls: [], setup: null };
const capture = {
  id: 'c-1',
  receivedAt: 'now',
  method: 'POST',
  path: '/x',
  result: 'rejected',
  detail: 'no header',
};

describe('the command', () => {
  const api = new CannedApi();
  beforeAll(() => api.start());
  beforeEach(() => api.forget());
  afterAll(() => api.stop());

  it.each<[title: string, args: string[], answered: unknown, request: object, printed: string]>([
    [
      'sources list',
      ['list', 'shop'],
      page(source),
      { method: 'GET', path: SOURCES },
      'github  github    2        main     https://hooks.example/in/ab',
    ],
    ['sources list with a scheme', ['list', 'shop'], page(plain), { path: SOURCES }, 'a scheme of its own'],
    [
      'sources show',
      ['show', 'shop', 'github'],
      source,
      { method: 'GET', path: GITHUB },
      'at GitHub:  Settings, Webhooks',
    ],
    ['sources show of a plain one', ['show', 'shop', 'github'], plain, { path: GITHUB }, 'secrets:       2'],
    [
      'sources create',
      [
        'create',
        'shop',
        'github',
        '--preset',
        'github',
        '--generate-secret',
        '--to',
        '/hooks',
        '--retry',
        'patient',
      ],
      { ...source, secret: 'whsec_x' },
      {
        method: 'POST',
        path: SOURCES,
        body: '{"name":"github","verification":{"preset":"github"},"generateSecret":true,"targets":[{"name":"main","url":"/hooks","retry":"patient"}]}',
      },
      'secret:        whsec_x',
    ],
    [
      'sources create with everything',
      [
        ...'create shop paypal --preset paypal --tolerance 60 --option webhookId=a=b'.split(' '),
        '--secret-file',
        secretFile,
        ...'--answer {"status":204} --dedupe-id none --description Money --paused --to /hooks'.split(' '),
        ...'--target ledger --filter {} --rate 5 --concurrency 2 --headers {"x":"1"} --ordered'.split(' '),
        ...'--timeout 5000 --retry {"maxAttempts":2}'.split(' '),
      ],
      source,
      {
        body: '{"name":"paypal","verification":{"preset":"paypal","toleranceSeconds":60,"webhookId":"a=b"},"secret":"from github","answer":{"status":204},"dedupeId":"none","description":"Money","targets":[{"name":"ledger","url":"/hooks","filter":{},"retry":{"maxAttempts":2},"rateLimitPerSecond":5,"concurrency":2,"headers":{"x":"1"},"ordered":true,"timeout":5000}],"paused":true}',
      },
      'github',
    ],
    [
      'sources create with a scheme',
      ['create', 'shop', 'own', '--scheme', '{"kind":"shared"}', '--dedupe-id', '{"query":"id"}'],
      source,
      { body: '{"name":"own","verification":{"scheme":{"kind":"shared"}},"dedupeId":{"query":"id"}}' },
      'github',
    ],
    [
      'sources update',
      ['update', 'shop', 'github', '--description', 'Builds', '--clear', 'answer'],
      source,
      { method: 'PATCH', path: GITHUB, body: '{"answer":null,"description":"Builds"}' },
      'github',
    ],
    [
      'sources delete',
      ['delete', 'shop', 'github'],
      undefined,
      { method: 'DELETE', path: GITHUB },
      'deleted',
    ],
    [
      'sources rotate-key',
      ['rotate-key', 'shop', 'github', '--overlap', '0'],
      source,
      { method: 'POST', path: `${GITHUB}/rotate-key`, body: '{"overlapMs":0}' },
      'https://hooks.example/in/cd  tomorrow',
    ],
    [
      'sources add-secret',
      ['add-secret', 'shop', 'github', '--secret-file', secretFile],
      source,
      { method: 'POST', path: `${GITHUB}/secrets`, body: '{"secret":"from github"}' },
      'github',
    ],
    [
      'sources pause',
      ['pause', 'shop', 'github', '--reason', 'moves'],
      source,
      { method: 'POST', path: `${GITHUB}/pause`, body: '{"reason":"moves"}' },
      'github',
    ],
    [
      'sources resume',
      ['resume', 'shop', 'github'],
      source,
      { method: 'POST', path: `${GITHUB}/resume` },
      'github',
    ],
    [
      'sources put-target',
      'put-target shop github audit --to /audit --description Log --signatures v1 v1a'.split(' '),
      source,
      {
        method: 'PUT',
        path: `${GITHUB}/targets/audit`,
        body: '{"url":"/audit","description":"Log","signatures":["v1","v1a"]}',
      },
      'github.main',
    ],
    [
      'sources delete-target',
      ['delete-target', 'shop', 'github', 'audit'],
      undefined,
      { method: 'DELETE', path: `${GITHUB}/targets/audit` },
      'deleted',
    ],
    [
      'sources captures',
      ['captures', 'shop', 'github', '--result', 'rejected', '--limit', '5'],
      page(capture),
      { method: 'GET', path: `${GITHUB}/captures?result=rejected&limit=5` },
      'no header',
    ],
    [
      'sources captures of one',
      ['captures', 'shop', 'github', 'c-1'],
      {
        ...capture,
        headers: [{ name: 'X-Event', value: 'push' }],
        bodyText: '{"a":1}',
        bodyBase64: 'eyJhIjoxfQ==',
        duplicates: [{ id: 'c-2', receivedAt: 'later' }],
      },
      { method: 'GET', path: `${GITHUB}/captures/c-1` },
      'X-Event: push',
    ],
    [
      'sources captures of one whose bytes are no text',
      ['captures', 'shop', 'github', 'c-1'],
      { ...capture, headers: [], bodyText: null, bodyBase64: '//4=', duplicates: [] },
      {},
      'base64: //4=',
    ],
    [
      'sources captures of one that is no longer stored',
      ['captures', 'shop', 'github', 'c-1'],
      { ...capture, headers: null, bodyText: null, bodyBase64: null, duplicates: [] },
      {},
      'rejected',
    ],
    [
      'sources presets',
      ['presets'],
      { items: [{ name: 'paypal', title: 'PayPal', secretHint: 'None', options: [{ name: 'webhookId' }] }] },
      { method: 'GET', path: '/api/v1/source-presets' },
      'paypal  PayPal    None    webhookId',
    ],
  ])('%s', async (_, args, answered, request, printed) => {
    api.answerWith(answered);
    const code = await api.breakwater('sources', ...args);
    expect([code, api.err]).toEqual([0, []]);
    expect(api.requests).toMatchObject([request]);
    expect(api.out.join('\n')).toContain(printed);
  });

  it.each(['foo', '=foo'])('sends nothing with the option %s', async (option) => {
    expect(await api.breakwater('sources', 'create', 'shop', 'a', '--option', option)).toBe(2);
    expect(api.err).toEqual([`--option takes name=value, not "${option}"`]);
    expect(api.requests).toEqual([]);
  });
});
