import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caught } from '@breakwater/testing/caught.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { World } from '@breakwater/testing/world.js';
import { manifest, RECEIVER, startProcess, type Process } from '../process.fixture.js';
import { ManifestInvalidError, ManifestVersionNotFoundError, SsrfBlockedError } from './manifest.error.js';

let world: World;
let main: Process;
beforeAll(async () => {
  world = await World.start();
  main = await startProcess(world);
});
afterAll(() => world.stop());

const rows = async (sql: string, ...values: unknown[]) => (await world.db.query(sql, values)).rows;
const endpoint = async (appId: string, capability = 'quiz_answer') =>
  (await rows('SELECT * FROM endpoints WHERE app_id = $1 AND capability = $2', appId, capability))[0];
const register = (appId: string, document: unknown) => main.registry.register(appId, document, 'tester');

describe('a new app', () => {
  it('gets version 1 and a signing secret that is shown once', async () => {
    const first = await register('fresh', manifest({ quiz_answer: '/hook' }));
    expect(first).toEqual({
      version: 1,
      created: true,
      changed: true,
      warnings: [],
      signingSecret: expect.stringMatching(/^whsec_/),
    });
    const second = await register('fresh', manifest({ quiz_answer: '/other' }));
    expect(second).toEqual({ version: 2, created: false, changed: true, warnings: [] });
    const dump = JSON.stringify(await rows('SELECT * FROM signing_secrets'));
    expect(dump).not.toContain(first.signingSecret!.slice(6));
  });

  it('gets warnings for parts without effect and for a host that does not resolve', async () => {
    const { warnings } = await register(
      'warned',
      manifest({ a: { url: '/a', retry: 'standard' }, b: 'https://nowhere.example/' }),
    );
    expect(warnings.map(({ pointer, rule }) => [pointer, rule])).toEqual([
      ['/webhooks/a/retry', 'no_effect'],
      ['/webhooks/b/url', 'dns'],
    ]);
  });
});

describe('a refused manifest', () => {
  it.each([
    [
      'one that breaks the grammar',
      manifest({ a: { url: '/a', timeout: 999 } }),
      ManifestInvalidError,
      'MANIFEST_INVALID',
      '/webhooks/a/timeout',
    ],
    [
      'one that names a private address',
      manifest({ a: 'https://10.0.0.1/' }),
      SsrfBlockedError,
      'SSRF_BLOCKED',
      '/webhooks/a/url',
    ],
    [
      'one whose base URL is a metadata service',
      manifest({}, { baseUrl: 'http://169.254.169.254' }),
      SsrfBlockedError,
      'SSRF_BLOCKED',
      '/baseUrl',
    ],
    [
      'one with an unknown scheme',
      manifest({ a: 'file:///etc/passwd' }),
      SsrfBlockedError,
      'SSRF_BLOCKED',
      '/webhooks/a/url',
    ],
    [
      'one with a backslash',
      manifest({ a: 'https://a.example\\@127.0.0.1:7001/' }),
      SsrfBlockedError,
      'SSRF_BLOCKED',
      '/webhooks/a/url',
    ],
  ])('%s leaves no trace', async (_, document, type, code, pointer) => {
    const error = await caught(register('refused', document));
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ code, problems: [{ pointer }] });
    expect(await caught(main.registry.validate(document))).toMatchObject({ code });
    expect(await rows("SELECT 1 FROM apps WHERE id = 'refused'")).toEqual([]);
  });

  it('changes nothing of an app that exists', async () => {
    await register('steady', manifest({ quiz_answer: '/hook' }));
    await caught(register('steady', manifest({ quiz_answer: 'https://10.0.0.1/' })));
    expect(await main.apps.get('steady')).toMatchObject({ manifestVersion: 1 });
    expect(await endpoint('steady')).toMatchObject({ url: `${RECEIVER}/hook` });
  });

  it.each(['', '../x', 'a b', 'a\u0000', 'x'.repeat(256)])('is the result for the app id %j', async (id) =>
    expect(await caught(register(id, manifest({})))).toMatchObject({ problems: [{ rule: 'app_id' }] }),
  );
});

describe('a manifest that is only checked', () => {
  it('is not stored', async () => {
    const before = await rows('SELECT count(*) FROM apps');
    expect(await main.registry.validate(manifest({ a: '/a' }))).toEqual({ warnings: [] });
    expect(await rows('SELECT count(*) FROM apps')).toEqual(before);
  });
});

describe('an identical manifest', () => {
  it('creates no version, whatever the order of its keys', async () => {
    await register('same', manifest({ a: '/a', b: { url: '/b', async: true } }));
    const again = {
      webhooks: { b: { async: true, url: '/b' }, a: '/a' },
      baseUrl: RECEIVER,
      ownerEmail: 'owner@example.com',
      name: 'Quiz',
    };
    expect(await register('same', again)).toEqual({
      version: 1,
      created: false,
      changed: false,
      warnings: [],
    });
  });

  it('that was read and is sent back keeps the values of its headers, which nobody can read', async () => {
    const withKey = (value: string) => manifest({ a: { url: '/a', headers: { 'X-Key': value } } });
    await register('masked', withKey('very-secret'));
    expect(await register('masked', withKey('***'))).toMatchObject({ version: 1, changed: false });
    const [before] = await rows('SELECT headers_sealed FROM endpoints WHERE app_id = $1', 'masked');
    expect(before.headers_sealed).not.toBeNull();
    const refused = await caught(register('new-masked', withKey('***')));
    expect(refused).toBeInstanceOf(ManifestInvalidError);
  });

  it('is no longer identical once a header’s value differs', async () => {
    const withHeader = (value: string) => manifest({ a: { url: '/a', headers: { 'x-key': value } } });
    await register('rekeyed', withHeader('one'));
    expect(await register('rekeyed', withHeader('two'))).toMatchObject({ version: 2 });
  });
});

describe('registrations of one app at the same time', () => {
  it('get versions one after the other, with one new app and one secret among them', async () => {
    const documents = Array.from({ length: 12 }, (_, n) => manifest({ a: `/${n}`, [`c${n}`]: '/c' }));
    const done = await Promise.all(documents.map((document) => register('raced', document)));
    expect(done.map(({ version }) => version).sort((a, b) => a - b)).toEqual(documents.map((_, n) => n + 1));
    expect(done.filter(({ created }) => created)).toHaveLength(1);
    expect(await rows("SELECT 1 FROM signing_secrets WHERE app_id = 'raced'")).toHaveLength(1);
    const last = done.findIndex(({ version }) => version === 12);
    const active = await rows(
      "SELECT capability FROM endpoints WHERE app_id = 'raced' AND status = 'active' ORDER BY 1",
    );
    expect(active.map(({ capability }) => capability)).toEqual(['a', `c${last}`]);
  });

  it('that lose a deadlock are repeated', async () => {
    await register('locked', manifest({ a: '/a' }));
    const rival = await world.db.connect();
    // The registration loses the deadlock: the other session waits for longer before it checks.
    await rival.query("BEGIN; SET LOCAL deadlock_timeout = '60s'");
    await rival.query("SELECT 1 FROM endpoints WHERE app_id = 'locked' FOR UPDATE");
    const registered = register('locked', manifest({ a: '/b' }));
    await eventually(async () => {
      const waiting =
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
      return (await rows(waiting)).length > 0;
    });
    await rival.query("SELECT 1 FROM apps WHERE id = 'locked' FOR UPDATE");
    await rival.query('COMMIT');
    rival.release();
    expect(await registered).toMatchObject({ version: 2 });
  });

  it('of the same manifest create one version', async () => {
    const done = await Promise.all(
      Array.from({ length: 8 }, () => register('echoed', manifest({ a: '/a' }))),
    );
    expect(done.filter(({ changed }) => changed)).toHaveLength(1);
  });
});

describe('an endpoint', () => {
  it('keeps its id over versions, removal and return', async () => {
    await register('kept', manifest({ quiz_answer: '/a', other: '/o' }));
    const { id } = await endpoint('kept');
    await register('kept', manifest({ other: '/o' }));
    expect(await endpoint('kept')).toMatchObject({ id, status: 'removed' });
    await register('kept', manifest({ quiz_answer: '/b', other: '/o' }));
    expect(await endpoint('kept')).toMatchObject({ id, status: 'active', url: `${RECEIVER}/b` });
  });

  it('that was disabled is enabled only by a new URL', async () => {
    await register('gone', manifest({ quiz_answer: '/a' }));
    const { id } = await endpoint('gone');
    expect(await main.directory.disableEndpoint(id, 'the receiver answered 410')).toBe(true);
    expect(await main.directory.disableEndpoint(id, 'again')).toBe(false);
    await register('gone', manifest({ quiz_answer: { url: '/a', timeout: 2000 } }));
    expect(await endpoint('gone')).toMatchObject({
      status: 'disabled',
      disabled_reason: 'the receiver answered 410',
    });
    await register('gone', manifest({ quiz_answer: '/b' }));
    expect(await endpoint('gone')).toMatchObject({ status: 'active', disabled_reason: null });
  });

  it('keeps its width until its concurrency changes', async () => {
    const hook = (part: object) =>
      manifest({ quiz_answer: { url: '/a', async: true, concurrency: 20, ...part } });
    await register('narrow', hook({}));
    await rows("UPDATE endpoints SET width = 3, narrowed_at = now() WHERE app_id = 'narrow'");
    await register('narrow', hook({ timeout: 2000 }));
    expect(await endpoint('narrow')).toMatchObject({ width: 3, narrowed_at: expect.any(Date) });
    await register('narrow', hook({ concurrency: 2 }));
    expect(await endpoint('narrow')).toMatchObject({ width: 2, concurrency: 2, narrowed_at: null });
  });

  it('stores all values of the manifest', async () => {
    const fallback = { strategy: 'static', value: { $type: 'Raw', toJSON: 1, list: [null] } };
    const retry = { profile: 'patient', maxAttempts: 3 };
    const circuitBreaker = { failureThreshold: 2 };
    const limits = { async: true, timeout: 5000, rateLimitPerSecond: 7, concurrency: 4, ordered: true };
    await register(
      'whole',
      manifest({ quiz_answer: { url: '/a', ...limits, fallback, retry, circuitBreaker } }),
    );
    expect(await endpoint('whole')).toMatchObject({
      kind: 'capability',
      url: `${RECEIVER}/a`,
      async: true,
      timeout_ms: 5000,
      rate_limit_per_second: 7,
      concurrency: 4,
      width: 4,
      ordered: true,
      fallback,
      retry,
      breaker: circuitBreaker,
      headers_sealed: null,
    });
    expect((await main.apps.version('whole', 1)).document).toMatchObject({
      webhooks: { quiz_answer: { fallback } },
    });
  });

  it('stores a static value as it was written, also after a rollback, and counts another spelling as a change', async () => {
    const document = (value: string): Buffer =>
      Buffer.from(
        `{"name":"n","ownerEmail":"o@example.com","baseUrl":"${RECEIVER}","webhooks":{"quiz_answer":{"url":"/a","fallback":{"strategy":"static","value":${value}}}}}`,
      );
    const put = async (value: string) => {
      const text = document(value);
      return main.registry.register('spelt', JSON.parse(text.toString()), 'tester', text);
    };
    const answered = async () => (await main.directory.find('spelt', 'quiz_answer'))!.fallback.text;
    const first = '{ "b": 616581622363398142, "a": 1.0 }';
    expect(await put(first)).toMatchObject({ version: 1, changed: true });
    expect(await answered()).toBe(first);
    expect(await put('{"b":616581622363398142,"a":1.0}')).toMatchObject({ changed: false });
    expect(await put('{"b":616581622363398143,"a":1.0}')).toMatchObject({ version: 2, changed: true });
    expect(await put('{"a":1.0,"b":616581622363398143}')).toMatchObject({ version: 3, changed: true });
    expect(await main.registry.rollback('spelt', 1, 'tester')).toMatchObject({ version: 4, changed: true });
    expect(await answered()).toBe(first);
    expect(await main.apps.version('spelt', 4)).toMatchObject({ staticValues: { quiz_answer: first } });
  });

  it('has NULL, not JSON null, for what the manifest does not set', async () => {
    await register('bare', manifest({ quiz_answer: '/a' }));
    expect(
      await rows(
        "SELECT 1 FROM endpoints WHERE app_id = 'bare' AND retry IS NULL AND fallback IS NULL AND breaker IS NULL",
      ),
    ).toHaveLength(1);
  });
});

describe('custom headers', () => {
  const secret = 'Bearer hush-hush-8f3a';
  const document = manifest({ quiz_answer: { url: '/a', headers: { authorization: secret } }, plain: '/p' });

  it('are stored in no table in plain text', async () => {
    await register('hushed', document);
    const dump = [
      ...(await rows('SELECT * FROM endpoints')),
      ...(await rows('SELECT * FROM manifest_versions')),
    ];
    expect(JSON.stringify(dump)).not.toContain('hush-hush');
  });

  it('are masked when a version is read', async () => {
    expect((await main.apps.version('hushed', 1)).document).toEqual(
      manifest({ quiz_answer: { url: '/a', headers: { authorization: '***' } }, plain: '/p' }),
    );
  });

  it('have their real values again after a rollback', async () => {
    await register('hushed', manifest({ quiz_answer: '/b' }));
    expect(await main.registry.rollback('hushed', 1, 'tester')).toMatchObject({ version: 3, changed: true });
    expect((await main.directory.find('hushed', 'quiz_answer'))!.headers).toEqual({ authorization: secret });
    expect(await main.registry.rollback('hushed', 3, 'tester')).toMatchObject({
      version: 3,
      changed: false,
    });
  });

  it('of another app’s version cannot be opened', async () => {
    await register('thief', manifest({ quiz_answer: '/b' }));
    await rows(
      "UPDATE manifest_versions SET document = (SELECT document FROM manifest_versions WHERE app_id = 'hushed' AND version = 1) WHERE app_id = 'thief'",
    );
    expect(await caught(main.registry.rollback('thief', 1, 'tester'))).toMatchObject({
      code: 'SECRET_DAMAGED',
    });
  });
});

describe('a rollback', () => {
  it.each([0, 2, 1.5, -1, 2 ** 40])('to the missing version %d is refused', async (version) => {
    await register('backed', manifest({ a: '/a' }));
    expect(await caught(main.registry.rollback('backed', version, 'tester'))).toBeInstanceOf(
      ManifestVersionNotFoundError,
    );
  });
});

describe('a plug-in strategy', () => {
  it('may be named when it is known', async () => {
    const document = manifest({ a: { url: '/a', fallback: 'coin_flip' } });
    expect(await caught(main.registry.validate(document))).toMatchObject({ code: 'MANIFEST_INVALID' });
    main.strategies.add('coin_flip');
    expect(await main.registry.validate(document)).toEqual({ warnings: [] });
  });
});
