import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newId } from '@breakwater/platform';
import { eventually } from '@breakwater/testing/eventually.js';
import { newEncryptionKey, World } from '@breakwater/testing/world.js';
import { manifest, RECEIVER, startProcess, type Process } from '../process.fixture.js';

let world: World;
let main: Process;
beforeAll(async () => {
  world = await World.start();
  main = await startProcess(world);
});
afterAll(() => world.stop());

const register = (appId: string, webhooks: object) =>
  main.registry.register(appId, manifest(webhooks), 'tester');

describe('the directory', () => {
  it('finds a capability with all settings resolved', async () => {
    const headers = { authorization: 'Bearer x' };
    const { signingSecret } = await register('found', { quiz_answer: { url: '/a', headers } });
    const endpoint = await main.directory.find('found', 'quiz_answer');
    expect(endpoint).toEqual({
      id: expect.any(String),
      appId: 'found',
      appName: 'Quiz',
      appStatus: 'active',
      ownerEmail: 'owner@example.com',
      capability: 'quiz_answer',
      kind: 'capability',
      url: `${RECEIVER}/a`,
      async: false,
      timeoutMs: 2000,
      retry: null,
      fallback: { strategy: 'none' },
      breaker: null,
      rateLimitPerSecond: null,
      concurrency: 10,
      ordered: false,
      sourceId: null,
      status: 'active',
      disabledReason: null,
      isPaused: false,
      pausedReason: null,
      hold: null,
      headers,
      secrets: [signingSecret],
      clientCertificate: null,
      secretProblem: null,
      listenerId: null,
    });
    expect(await main.directory.byId(endpoint!.id)).toEqual(endpoint);
  });

  it.each([
    ['winner_selection', false, 5000, 'random_winner'],
    ['participant_registration', false, 3000, 'pending_approval'],
    ['other', false, 10_000, 'none'],
    ['report', true, 30_000, 'none'],
  ])('gives %s its defaults', async (capability, async, timeoutMs, strategy) => {
    await register('defaults', { [capability]: { url: '/a', async } });
    expect(await main.directory.find('defaults', capability)).toMatchObject({
      timeoutMs,
      fallback: { strategy },
    });
  });

  it('finds nothing for unknown apps and capabilities', async () => {
    await register('sparse', { a: '/a' });
    expect(await main.directory.find('sparse', 'b')).toBeNull();
    expect(await main.directory.find('nobody', 'a')).toBeNull();
    expect(await main.directory.find('a\u0000', 'a')).toBeNull();
    expect(await main.directory.byId(newId())).toBeNull();
    expect(await main.directory.byId('nonsense')).toBeNull();
  });

  it('finds a removed endpoint by its id only', async () => {
    await register('shrunk', { a: '/a', b: '/b' });
    const { id } = (await main.directory.find('shrunk', 'a'))!;
    await register('shrunk', { b: '/b' });
    expect(await main.directory.find('shrunk', 'a')).toBeNull();
    expect(await main.directory.byId(id)).toMatchObject({ status: 'removed', capability: 'a' });
  });

  it('finds many by id at once', async () => {
    await register('many', { a: '/a', b: '/b' });
    const a = (await main.directory.find('many', 'a'))!;
    const b = (await main.directory.find('many', 'b'))!;
    const fresh = await startProcess(world);
    const found = await fresh.directory.byIds([a.id, b.id, a.id, newId()]);
    expect([...found.keys()].sort()).toEqual([a.id, b.id].sort());
  });

  it('finds an app that registers right after a search without result', async () => {
    expect(await main.directory.find('late', 'a')).toBeNull();
    await register('late', { a: '/a' });
    expect(await main.directory.find('late', 'a')).toMatchObject({ url: `${RECEIVER}/a` });
  });
});

describe('another process', () => {
  it('sees a new manifest by a hint', async () => {
    await register('pushed', { a: '/a' });
    const other = await startProcess(world);
    expect(await other.directory.find('pushed', 'a')).toMatchObject({ url: `${RECEIVER}/a` });
    await register('pushed', { a: '/b' });
    expect(
      await eventually(async () => (await other.directory.find('pushed', 'a'))!.url.endsWith('/b'), {
        limitMs: 1000,
      }),
    ).toBe(true);
  });

  it('sees a disabled endpoint by a hint', async () => {
    await register('410', { a: '/a' });
    const other = await startProcess(world);
    const { id } = (await other.directory.find('410', 'a'))!;
    await main.directory.disableEndpoint(id, 'gone');
    expect(
      await eventually(async () => (await other.directory.byId(id))!.status === 'disabled', {
        limitMs: 1000,
      }),
    ).toBe(true);
  });

  it('sees a change within 5 s when the hint is lost', async () => {
    await register('silent', { a: '/a' });
    await main.directory.find('silent', 'a');
    await world.db.query("UPDATE endpoints SET url = 'http://127.0.0.1:7001/quiet' WHERE app_id = 'silent'");
    expect(
      await eventually(async () => (await main.directory.find('silent', 'a'))!.url.endsWith('/quiet'), {
        limitMs: 5500,
      }),
    ).toBe(true);
  });
});

describe('an app that did not change', () => {
  it('is not read again when it is renewed', async () => {
    await register('steady', { a: '/a' });
    // In a process that started later: the hint about the registration makes the one above read it twice.
    const { directory, endpoints } = await startProcess(world);
    const reads = vi.spyOn(endpoints, 'ofApp');
    const renewals = vi.spyOn(endpoints, 'stateOf');
    const before = await directory.find('steady', 'a');
    const isRenewed = async () => {
      await directory.find('steady', 'a');
      return renewals.mock.results.length > 1;
    };
    expect(await eventually(isRenewed, { limitMs: 30_000 })).toBe(true);
    await renewals.mock.results[1]!.value;
    expect(await directory.find('steady', 'a')).toBe(before);
    expect(reads).toHaveBeenCalledOnce();
  });

  const fingerprintAfter = async (appId: string, change: string): Promise<[unknown, unknown]> => {
    await register(appId, { a: { url: '/a', headers: { 'x-a': 'b' } } });
    const before = (await main.endpoints.stateOf(appId))?.fingerprint;
    expect(before).toMatch(/^[0-9a-f]{32}$/);
    await world.db.query(change.replaceAll('$1', `'${appId}'`));
    return [(await main.endpoints.stateOf(appId))?.fingerprint, before];
  };

  it.each([
    ['its name', "UPDATE apps SET name = 'Other' WHERE id = $1"],
    ['its timeouts', `UPDATE apps SET webhook_timeouts = '{"a": 7}' WHERE id = $1`],
    ['its pause', 'UPDATE apps SET paused_at = now() WHERE id = $1'],
    ['a URL', "UPDATE endpoints SET url = url || 'x' WHERE app_id = $1"],
    ['a pause', 'UPDATE endpoints SET paused_at = now() WHERE app_id = $1'],
    ['custom headers', "UPDATE endpoints SET headers_sealed = headers_sealed || 'x' WHERE app_id = $1"],
    ['an endpoint that is gone', 'DELETE FROM endpoints WHERE app_id = $1'],
    ['a secret', "UPDATE signing_secrets SET sealed = sealed || 'x' WHERE app_id = $1"],
    ['a secret that expired', 'UPDATE signing_secrets SET expires_at = now() WHERE app_id = $1'],
  ])('is distinguished from a changed one: %s', async (what, change) => {
    const [after, before] = await fingerprintAfter(`changed_${what.replaceAll(' ', '_')}`, change);
    expect(after).not.toBe(before);
  });

  it.each(['width = 1', 'next_start_at = now()', 'narrowed_at = now()', 'age_stopped_ms = 5'])(
    'counts as unchanged when calls change %s',
    async (change) => {
      const appId = `called_${change.split(' ')[0]!}`;
      const [after, before] = await fingerprintAfter(
        appId,
        `UPDATE endpoints SET ${change} WHERE app_id = $1`,
      );
      expect(after).toBe(before);
    },
  );

  it('has no state where there is no such app', async () => {
    expect(await main.endpoints.stateOf('nobody')).toBeNull();
  });
});

describe('a secret', () => {
  it('that is damaged leaves the endpoint without secrets and reports it', async () => {
    await register('damaged', { a: { url: '/a', headers: { 'x-a': 'b' } } });
    await world.db.query("UPDATE signing_secrets SET sealed = sealed || 'x' WHERE app_id = 'damaged'");
    const other = await startProcess(world);
    expect(await other.directory.find('damaged', 'a')).toMatchObject({
      secrets: [],
      headers: {},
      secretProblem: expect.stringMatching(/./),
    });
  });

  it('sealed with another key does the same', async () => {
    await register('foreign', { a: '/a' });
    const other = await startProcess(world, { ENCRYPTION_KEYS: newEncryptionKey() });
    expect(await other.directory.find('foreign', 'a')).toMatchObject({
      secrets: [],
      secretProblem: expect.stringMatching(/./),
    });
  });

  it('that expired is not used by a process with a slow clock', async () => {
    await register('slow', { a: '/a' });
    await world.db.query(
      "UPDATE signing_secrets SET expires_at = now() - interval '1 min' WHERE app_id = 'slow'",
    );
    const other = await startProcess(world);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 600_000 });
    try {
      expect(await other.directory.find('slow', 'a')).toMatchObject({ secrets: [] });
    } finally {
      vi.useRealTimers();
    }
  });

  it('that is missing or expired is a problem too', async () => {
    await register('expired', { a: '/a' });
    await world.db.query(
      "UPDATE signing_secrets SET expires_at = now() - interval '1 s' WHERE app_id = 'expired'",
    );
    const other = await startProcess(world);
    expect(await other.directory.find('expired', 'a')).toMatchObject({
      secrets: [],
      secretProblem: 'the app has no signing secret',
    });
  });
});
