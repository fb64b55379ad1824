import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { EndpointDirectory, Subscriptions } from '@breakwater/manifest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SourceDirectory } from './source-directory.service.js';
import type { SourceView } from './source-view.js';
import { Sources, type SourceToCreate } from './sources.service.js';

const owner = { name: 'owner', isPlatform: false };
const admin = { name: 'admin', isPlatform: true };

describe('a source', () => {
  let world: EngineWorld;
  let sources: Sources;
  let directory: SourceDirectory;
  let appId: string;
  beforeAll(async () => {
    world = await startWorld({ redisUrl: null, consume: false, sweep: false });
    sources = world.engine.get(Sources);
    directory = world.engine.get(SourceDirectory);
    ({ appId } = await world.register({}));
  });
  afterAll(() => world.stop());

  const create = async (name: string, more: Partial<SourceToCreate> = {}): Promise<SourceView> => {
    const request = {
      name,
      verification: { preset: 'github' },
      generateSecret: false,
      paused: false,
      ...more,
    };
    return (await sources.create(appId, request, owner)).source;
  };
  const keyOf = ({ url }: SourceView): string => url!.slice(url!.lastIndexOf('/') + 1);

  it('is found by the key in its address', async () => {
    const source = await create('found', { secret: 'from github' });
    expect(source.url).toMatch(/^https:\/\/breakwater\.example\/in\/[0-9a-f]{40}$/);
    expect(await directory.byKey(keyOf(source))).toMatchObject({
      appId,
      name: 'found',
      eventType: 'inbound.found',
      preset: { name: 'github' },
      scheme: { kind: 'hmac' },
      secrets: ['from github'],
      problem: null,
      dedupeId: { header: 'X-GitHub-Delivery' },
      answer: { status: 200, contentType: null, body: '' },
      isPaused: false,
      key: { state: 'current' },
    });
    expect(await directory.byKey('ab'.repeat(20))).toBeNull();
    expect(await directory.byKey('no key')).toBeNull();
  });

  it('stores neither its key nor its secret in plain text', async () => {
    const source = await create('sealed', { secret: 'a secret of github' });
    const stored = JSON.stringify([
      await world.rows('SELECT * FROM sources WHERE id = $1', source.id),
      await world.rows('SELECT * FROM source_keys WHERE source_id = $1', source.id),
      await world.rows('SELECT * FROM source_secrets WHERE source_id = $1', source.id),
    ]);
    expect(stored).not.toContain(keyOf(source));
    expect(stored).not.toContain('a secret of github');
    expect(JSON.stringify(source)).not.toContain('a secret of github');
  });

  it('gets a new address, and the old one works for the overlap only', async () => {
    const before = await create('rotated');
    const after = await sources.rotateKey(appId, 'rotated', { overlapMs: 3_600_000 });
    expect(after.url).not.toBe(before.url);
    expect(after.previousUrls).toMatchObject([{ url: before.url }]);
    expect(await directory.byKey(keyOf(after))).toMatchObject({ key: { state: 'current' } });
    expect(await directory.byKey(keyOf(before))).toMatchObject({ key: { state: 'old' } });
    const last = await sources.rotateKey(appId, 'rotated', { overlapMs: 0 });
    expect(last.previousUrls).toEqual([]);
    expect(await directory.byKey(keyOf(before))).toBeNull();
    expect(await directory.byKey(keyOf(after))).toBeNull();
    expect(await directory.byKey(keyOf(last))).not.toBeNull();
  });

  it('accepts the old secret for the overlap, and explains refusals with an expired one', async () => {
    const source = await create('secrets', { secret: 'first' });
    await sources.rotateSecret(appId, 'secrets', { secret: 'second', overlapMs: 3_600_000 });
    expect(await directory.byKey(keyOf(source))).toMatchObject({ secrets: ['second', 'first'] });
    const { source: after, secret } = await sources.rotateSecret(appId, 'secrets', { overlapMs: 0 });
    expect(secret).toMatch(/^whsec_/);
    expect(after.secrets).toHaveLength(1);
    const found = await directory.byKey(keyOf(source));
    expect(found?.secrets).toEqual([secret]);
    expect(found?.expiredSecrets).toEqual(['second', 'first']);
  });

  it('refuses a sixth key and a sixth secret', async () => {
    await create('full', { secret: 's0' });
    for (let count = 1; count < 5; count++) {
      await sources.rotateKey(appId, 'full', {});
      await sources.rotateSecret(appId, 'full', { secret: `s${count}` });
    }
    await expect(sources.rotateKey(appId, 'full', {})).rejects.toMatchObject({
      code: 'SOURCE_ROTATION_FULL',
    });
    await expect(sources.rotateSecret(appId, 'full', {})).rejects.toMatchObject({
      code: 'SOURCE_ROTATION_FULL',
    });
    expect((await sources.rotateKey(appId, 'full', { overlapMs: 0 })).previousUrls).toEqual([]);
  });

  it('is verified by the change from the next request on', async () => {
    const source = await create('changed', { secret: 'of github', description: 'Builds' });
    expect(await directory.byKey(keyOf(source))).toMatchObject({ preset: { name: 'github' } });
    const after = await sources.update(appId, 'changed', {
      verification: { preset: 'stripe', toleranceSeconds: 60 },
      secret: 'whsec_of_stripe',
      answer: { status: 204 },
      dedupeId: 'none',
    });
    expect(after).toMatchObject({
      description: 'Builds',
      verification: { preset: 'stripe' },
      dedupeId: 'none',
    });
    expect(await directory.byKey(keyOf(source))).toMatchObject({
      preset: { name: 'stripe' },
      options: { toleranceS: 60 },
      secrets: ['whsec_of_stripe'],
      answer: { status: 204 },
      dedupeId: null,
    });
    const cleared = await sources.update(appId, 'changed', {
      answer: null,
      dedupeId: null,
      description: null,
    });
    expect(cleared).toMatchObject({ description: null, dedupeId: null, answer: null });
  });

  it('changes in another process within moments', async () => {
    const other = await world.startEngine({ consume: false, sweep: false });
    const source = await create('elsewhere');
    const elsewhere = other.get(SourceDirectory);
    expect(await elsewhere.byKey(keyOf(source))).toMatchObject({ isPaused: false });
    await sources.pause(appId, 'elsewhere', null, owner);
    await eventually(async () =>
      expect(await elsewhere.byKey(keyOf(source))).toMatchObject({ isPaused: true }),
    );
    await sources.remove(appId, 'elsewhere');
    await eventually(async () => expect(await elsewhere.byKey(keyOf(source))).toBeNull());
  });

  it('is answered for from memory while the database cannot be read, if it was asked for before', async () => {
    const source = await create('remembered', { secret: 'first' });
    const other = await create('never-asked-for');
    expect(directory.lastKnown(keyOf(source))).toBeNull();
    await directory.byKey(keyOf(source));
    await world.rows('ALTER TABLE source_keys RENAME TO source_keys_elsewhere');
    await directory.announce(source.id);
    await expect(directory.byKey(keyOf(source))).rejects.toThrow('source_keys');
    expect(directory.lastKnown(keyOf(source))).toMatchObject({ name: 'remembered', secrets: ['first'] });
    expect(directory.lastKnown(keyOf(other))).toBeNull();
    expect(directory.lastKnown('no key')).toBeNull();
    await world.rows('ALTER TABLE source_keys_elsewhere RENAME TO source_keys');
    await sources.remove(appId, 'remembered');
    expect(await directory.byKey(keyOf(source))).toBeNull();
    expect(directory.lastKnown(keyOf(source))).toBeNull();
  });

  it('has its targets as subscriptions to its events', async () => {
    const target = { name: 'main', url: '/github', headers: { 'x-key': 'secret' } };
    const source = await create('forwarded', { targets: [target] });
    expect(source.targets).toMatchObject([
      {
        name: 'forwarded.main',
        events: ['inbound.forwarded'],
        managedBy: 'source',
        url: `${world.receiver.url}/github`,
        retry: { profile: 'forward' },
        headerNames: ['x-key'],
      },
    ]);
    const endpoint = await world.engine.get(EndpointDirectory).byId(source.targets[0]!.id);
    expect(endpoint).toMatchObject({
      sourceId: source.id,
      kind: 'subscription',
      headers: { 'x-key': 'secret' },
    });
    const changed = await sources.putTarget(appId, 'forwarded', 'main', {
      url: '/elsewhere',
      retry: 'standard',
    });
    expect(changed.targets).toMatchObject([
      {
        id: source.targets[0]!.id,
        url: `${world.receiver.url}/elsewhere`,
        retry: { profile: 'standard' },
        headerNames: [],
      },
    ]);
    const added = await sources.putTarget(appId, 'forwarded', 'audit', { url: '/audit' });
    expect(added.targets.map(({ name }) => name)).toEqual(['forwarded.audit', 'forwarded.main']);
    await sources.removeTarget(appId, 'forwarded', 'audit');
    expect((await sources.get(appId, 'forwarded')).targets).toHaveLength(1);
    await expect(sources.removeTarget(appId, 'forwarded', 'audit')).rejects.toMatchObject({
      code: 'TARGET_NOT_FOUND',
    });
  });

  it('is where its targets are changed; they are paused as any subscription', async () => {
    await create('owned', { targets: [{ name: 'main', url: '/github' }] });
    const subscriptions = world.engine.get(Subscriptions);
    const asSubscription = 'owned.main';
    await expect(subscriptions.update(appId, asSubscription, { url: '/x' })).rejects.toMatchObject({
      code: 'SUBSCRIPTION_OF_SOURCE',
      message: expect.stringContaining('target "main" of source "owned"') as string,
    });
    await expect(subscriptions.remove(appId, asSubscription)).rejects.toMatchObject({
      code: 'SUBSCRIPTION_OF_SOURCE',
    });
    await subscriptions.pause(appId, asSubscription, 'moves', owner);
    expect((await sources.get(appId, 'owned')).targets).toMatchObject([
      { hold: 'paused', pausedReason: 'moves' },
    ]);
  });

  it('that was deleted is unknown, with its targets; its name can be used again', async () => {
    const source = await create('gone', { secret: 'first', targets: [{ name: 'main', url: '/github' }] });
    await sources.remove(appId, 'gone');
    expect(await directory.byKey(keyOf(source))).toBeNull();
    await expect(sources.get(appId, 'gone')).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    const [endpoint] = await world.rows('SELECT status FROM endpoints WHERE id = $1', source.targets[0]!.id);
    expect(endpoint).toEqual({ status: 'removed' });
    const again = await create('gone', { targets: [{ name: 'main', url: '/github' }] });
    expect(again.id).not.toBe(source.id);
    expect(again.secrets).toEqual([]);
  });

  it('that an admin paused is not resumed by its owner', async () => {
    await create('held');
    expect(await sources.pause(appId, 'held', 'abuse', admin)).toMatchObject({
      pausedBy: 'admin',
      pausedReason: 'abuse',
      pausedByPlatform: true,
    });
    await expect(sources.resume(appId, 'held', owner)).rejects.toMatchObject({ code: 'HELD_BY_PLATFORM' });
    expect(await sources.resume(appId, 'held', admin)).toMatchObject({ pausedAt: null });
  });

  it('can be created as paused', async () => {
    const source = await create('waiting', { paused: true });
    expect(source).toMatchObject({ pausedBy: 'owner', pausedByPlatform: false });
    expect(await directory.byKey(keyOf(source))).toMatchObject({ isPaused: true });
  });

  it('is created once with a name', async () => {
    await create('twice');
    await expect(create('twice')).rejects.toMatchObject({ code: 'SOURCE_EXISTS' });
  });

  it('is created by one of two requests at once', async () => {
    const both = await Promise.allSettled([create('race'), create('race')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('takes both of two changes at once', async () => {
    await create('changes');
    await Promise.all([
      sources.update(appId, 'changes', { description: 'one' }),
      sources.update(appId, 'changes', { answer: { status: 201 } }),
    ]);
    expect(await sources.get(appId, 'changes')).toMatchObject({
      description: 'one',
      answer: { status: 201 },
    });
  });

  it('is not created with a target that must not be called', async () => {
    const { appId: other } = await world.register({});
    const request = {
      name: 'inside',
      verification: { preset: 'none' },
      generateSecret: false,
      paused: false,
      targets: [
        { name: 'ok', url: '/ok' },
        { name: 'metadata', url: 'http://169.254.169.254/latest' },
      ],
    };
    await expect(sources.create(other, request, owner)).rejects.toMatchObject({
      code: 'SSRF_BLOCKED',
      problems: [{ pointer: '/targets/1/url' }],
    });
    expect(await sources.list(other)).toEqual([]);
  });

  it('is one of 100 of its app at most, with 20 targets at most', async () => {
    const { appId: other } = await world.register({});
    const verification = { preset: 'none' };
    await world.rows(
      `INSERT INTO sources (id, app_id, name, verification)
       SELECT gen_random_uuid(), $1, 's' || n, '{"preset":"none"}' FROM generate_series(1, 99) n`,
      other,
    );
    const targets = Array.from({ length: 20 }, (_, at) => ({ name: `t${at}`, url: '/t' }));
    const request = { name: 'last', verification, generateSecret: false, paused: false };
    await sources.create(other, { ...request, targets }, owner);
    const full = { code: 'SOURCES_FULL' };
    await expect(sources.create(other, { ...request, name: 'more' }, owner)).rejects.toMatchObject(full);
    await expect(sources.putTarget(other, 'last', 'more', { url: '/t' })).rejects.toMatchObject(full);
    const replaced = await sources.putTarget(other, 'last', 't3', { url: '/other' });
    expect(replaced.targets).toHaveLength(20);
  });

  it('does not take wrong values later, either', async () => {
    await create('later', { secret: 'first' });
    const pointersOf = async (change: Promise<unknown>): Promise<string[]> => {
      const error = (await change.catch((thrown: unknown) => thrown)) as { problems: { pointer: string }[] };
      return error.problems.map(({ pointer }) => pointer);
    };
    const asked = sources.update(appId, 'later', {
      verification: { preset: 'none' },
      secret: 'x',
      answer: 7,
    });
    expect(await pointersOf(asked)).toEqual(['/secret', '/answer']);
    expect(await pointersOf(sources.rotateSecret(appId, 'later', { secret: '' }))).toEqual(['/secret']);
    expect(await pointersOf(sources.rotateKey(appId, 'later', { overlapMs: 1.5 }))).toEqual(['/overlapMs']);
    expect(await pointersOf(sources.putTarget(appId, 'later', 'A', { url: 'x' }))).toEqual(['/name', '/url']);
    await sources.update(appId, 'later', { verification: { preset: 'discord' } });
    expect(await pointersOf(sources.rotateSecret(appId, 'later', {}))).toEqual(['/secret']);
  });

  it('is of its app only', async () => {
    await create('mine');
    const { appId: other } = await world.register({});
    expect(await sources.list(other)).toEqual([]);
    await expect(sources.get(other, 'mine')).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    await expect(sources.remove(other, 'mine')).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    await expect(sources.list('no-such-app')).rejects.toMatchObject({ code: 'APP_NOT_FOUND' });
  });

  it.each([
    [
      'several wrong members',
      { name: 'Git Hub', verification: undefined, answer: { status: 500 } },
      ['/name', '/verification', '/answer/status'],
    ],
    ['a secret without verification', { verification: { preset: 'none' }, secret: 'x' }, ['/secret']],
    ['a secret twice', { secret: 'x', generateSecret: true }, ['/generateSecret']],
    [
      'a secret of the provider that is made here',
      { verification: { preset: 'discord' }, generateSecret: true },
      ['/generateSecret'],
    ],
    [
      'a wrong target',
      { targets: [{ name: 'A', url: 'x' }, 7] },
      ['/targets/0/name', '/targets/0/url', '/targets/1'],
    ],
  ])('with %s is refused with every problem', async (_, more, pointers) => {
    const error = (await create('refused', more).catch((thrown: unknown) => thrown)) as {
      problems: { pointer: string }[];
    };
    expect(error).toMatchObject({ code: 'SOURCE_INVALID' });
    expect(error.problems.map(({ pointer }) => pointer)).toEqual(pointers);
  });
});
