import { Resealer } from '@breakwater/manifest';
import { startWorld, type Engine, type EngineWorld } from '@breakwater/testing/engine.js';
import { newEncryptionKey } from '@breakwater/testing/world.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SourceDirectory } from './source-directory.service.js';
import { Sources } from './sources.service.js';

const keyText = (): string => newEncryptionKey().split(':')[1]!;
const OLD = `old:${keyText()}`;
const NEW = `new:${keyText()}`;
const owner = { name: 'owner', isPlatform: false };

describe('the key and the secret of a source', () => {
  let world: EngineWorld;
  beforeAll(async () => {
    world = await startWorld({ redisUrl: null, consume: false, sweep: false, env: { ENCRYPTION_KEYS: OLD } });
  });
  afterAll(() => world.stop());

  const engineWith = (keys: string): Promise<Engine> =>
    world.startEngine({ consume: false, sweep: false, env: { ENCRYPTION_KEYS: keys } });

  it('are sealed with a new encryption key, and open without the old one', async () => {
    const { appId } = await world.register({});
    const request = {
      name: 'github',
      verification: { preset: 'github' },
      secret: 'of github',
      generateSecret: false,
      paused: false,
    };
    const { source } = await world.engine.get(Sources).create(appId, request, owner);
    const both = await engineWith(`${NEW},${OLD}`);
    const resealer = both.get(Resealer);
    // The app's and the source's; the platform's and the source's.
    expect((await resealer.uses()).find(({ keyId }) => keyId === 'old')).toMatchObject({
      secrets: 2,
      keys: 2,
    });
    await resealer.run();
    expect((await resealer.uses()).find(({ keyId }) => keyId === 'old')).toMatchObject({ removable: true });
    const after = await engineWith(NEW);
    expect(await after.get(Sources).get(appId, 'github')).toMatchObject({ url: source.url });
    const key = source.url!.slice(source.url!.lastIndexOf('/') + 1);
    expect(await after.get(SourceDirectory).byKey(key)).toMatchObject({
      secrets: ['of github'],
      problem: null,
    });
  });

  it('that cannot be opened are a problem, not an unverified source', async () => {
    const { appId } = await world.register({});
    const request = {
      name: 'damaged',
      verification: { preset: 'github' },
      secret: 'of github',
      generateSecret: false,
      paused: false,
    };
    const { source } = await world.engine.get(Sources).create(appId, request, owner);
    const key = source.url!.slice(source.url!.lastIndexOf('/') + 1);
    await world.rows(`UPDATE source_secrets SET sealed = 'v1.old.AAAA' WHERE source_id = $1`, source.id);
    await world.rows(`UPDATE source_keys SET sealed = 'v1.old.AAAA' WHERE source_id = $1`, source.id);
    expect(await world.engine.get(SourceDirectory).byKey(key)).toMatchObject({
      secrets: [],
      problem: 'a sealed secret is malformed',
    });
    expect(await world.engine.get(Sources).get(appId, 'damaged')).toMatchObject({ url: null });
  });
});
