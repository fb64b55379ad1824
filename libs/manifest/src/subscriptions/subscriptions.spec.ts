import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SecretDamagedError } from '@breakwater/platform';
import { caught } from '@breakwater/testing/caught.js';
import { World } from '@breakwater/testing/world.js';
import type { HoldActor } from '../holds/hold.store.js';
import { manifest, startProcess, type Process } from '../process.fixture.js';

const owner: HoldActor = { name: 'owner', isPlatform: false };

let world: World;
let main: Process;
beforeAll(async () => {
  world = await World.start();
  main = await startProcess(world);
});
afterAll(() => world.stop());

async function subscribe(appId: string, ...names: string[]): Promise<void> {
  await main.registry.register(appId, manifest({}), 't');
  for (const name of names) {
    const document = { url: `/${name}`, events: ['order.*'], headers: { 'x-team': name } };
    await main.subscriptions.create(appId, { name, document, paused: false, ownSecret: false }, owner);
  }
}

describe('a subscription of REST', () => {
  it('that several requests change at once has all their changes', async () => {
    await subscribe('busy', 'ledger');
    const changes = { description: 'x', concurrency: 3, rateLimitPerSecond: 7, ordered: true, timeout: 9000 };
    await Promise.all(
      Object.entries(changes).map(([member, value]) =>
        main.subscriptions.update('busy', 'ledger', { [member]: value }),
      ),
    );
    const { timeout, ...others } = changes;
    expect(await main.subscriptions.get('busy', 'ledger')).toMatchObject({ ...others, timeoutMs: timeout });
  });

  it('whose headers cannot be decrypted says so beside the others, until it gets new ones', async () => {
    await subscribe('damaged', 'broken', 'fine');
    await world.rows(
      `UPDATE endpoints SET headers_sealed = headers_sealed || 'AAAA' WHERE app_id = 'damaged' AND url LIKE '%/broken'`,
    );
    expect(await main.subscriptions.list('damaged')).toMatchObject([
      { name: 'broken', headerNames: [], problem: expect.stringMatching(/./) },
      { name: 'fine', headerNames: ['x-team'], problem: null },
    ]);
    const update = (changes: object) => main.subscriptions.update('damaged', 'broken', { ...changes });
    expect(await caught(update({ description: 'x' }))).toBeInstanceOf(SecretDamagedError);
    expect(await update({ headers: { 'x-key': 'k' } })).toMatchObject({
      headerNames: ['x-key'],
      problem: null,
    });
  });
});

describe('the own secret of a subscription that a manifest declares', () => {
  const declare = (appId: string, subscriptions: object) =>
    main.registry.register(appId, manifest({}, { subscriptions }), 't');
  const ledger = { url: '/ledger', events: ['order.*'] };
  const secretsOf = async (id: string): Promise<string[]> => (await main.directory.byId(id))!.secrets;

  it('stays when the manifest changes, and goes with the subscription', async () => {
    const { signingSecret: ofApp } = await declare('declares', { ledger });
    const { id } = await main.subscriptions.get('declares', 'ledger');
    expect(await secretsOf(id)).toEqual([ofApp]);
    const { signingSecret } = await main.subscriptions.rotateSecret('declares', 'ledger', { overlapMs: 0 });
    await declare('declares', { ledger: { ...ledger, description: 'x' } });
    expect(await secretsOf(id)).toEqual([signingSecret]);
    await declare('declares', {});
    expect(await world.rows('SELECT 1 FROM signing_secrets WHERE endpoint_id = $1', id)).toEqual([]);
    await declare('declares', { ledger });
    const again = await main.subscriptions.get('declares', 'ledger');
    expect(await secretsOf(again.id)).toEqual([ofApp]);
  });
});
