import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeSecret } from '@breakwater/platform';
import { caught } from '@breakwater/testing/caught.js';
import { World } from '@breakwater/testing/world.js';
import { manifest, startProcess, type Process } from '../process.fixture.js';
import { AppUpdateInvalidError, SigningSecretsFullError } from '../registry/app.error.js';

let world: World;
let main: Process;
beforeAll(async () => {
  world = await World.start();
  main = await startProcess(world);
});
afterAll(() => world.stop());

const kids = async (process = main): Promise<string[]> =>
  (await process.keys.published()).map(({ kid }) => kid);
const secretsOf = async (appId: string): Promise<string[]> => {
  main.directory['apps'].clear();
  return (await main.directory.find(appId, 'a'))!.secrets;
};
const prefixes = (secrets: string[]): string[] => secrets.map((secret) => secret.split('_')[0]!);

describe("the platform's key pair", () => {
  it('is made once, however many processes start, and opens in each', async () => {
    await world.db.query('DELETE FROM platform_keys');
    const others = await Promise.all(Array.from({ length: 5 }, () => startProcess(world)));
    const seen = await Promise.all([main, ...others].map((process) => kids(process)));
    expect(new Set(seen.flat()).size).toBe(1);
    const { rows } = await world.db.query<{ sealed: string }>('SELECT sealed FROM platform_keys');
    expect(rows).toHaveLength(1);
    expect(rows[0]!.sealed).not.toContain('whsk_');
  });

  it('is published as a JSON Web Key, and as Standard Webhooks writes it', async () => {
    const [key] = await main.keys.published();
    expect(key).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', retiresAt: null });
    expect(Buffer.from(key!.x, 'base64url')).toEqual(Buffer.from(key!.whpk.slice('whpk_'.length), 'base64'));
    expect(JSON.stringify(key)).not.toContain('whsk_');
  });

  it('signs for the apps that ask for it, behind their secrets, and for no other', async () => {
    const { signingSecret } = await main.registry.register('asks', manifest({ a: '/a' }), 't');
    await main.registry.register('other', manifest({ a: '/a' }), 't');
    expect(await main.apps.update('asks', { signatures: ['v1a', 'v1'] })).toMatchObject({
      signatures: ['v1', 'v1a'],
    });
    const [secret, key, ...more] = await secretsOf('asks');
    expect([secret, more]).toEqual([signingSecret, []]);
    expect(decodeSecret(secret!)).not.toBeNull();
    expect(key).toMatch(/^whsk_/);
    expect(prefixes(await secretsOf('other'))).toEqual(['whsec']);
    await main.apps.update('asks', { signatures: ['v1'] });
    expect(prefixes(await secretsOf('asks'))).toEqual(['whsec']);
  });

  it('signs for a subscription as that says, and otherwise as its app says', async () => {
    const [url, events] = ['/s', ['order.*']];
    const subscriptions = {
      asks: { url, events, signatures: ['v1a', 'v1'] },
      refuses: { url, events, signatures: ['v1'] },
      silent: { url, events },
    };
    await main.registry.register('hears', manifest({ a: '/a' }, { subscriptions }), 't');
    const signing = async (): Promise<Record<string, string[]>> => {
      await main.directory.announce('hears');
      const rows = await world.rows<{ name: string; id: string }>(
        `SELECT name, endpoint_id AS id FROM subscriptions WHERE app_id = 'hears' ORDER BY name`,
      );
      const found = await main.directory.byIds(rows.map(({ id }) => id));
      return Object.fromEntries(rows.map(({ name, id }) => [name, prefixes(found.get(id)!.secrets)]));
    };
    expect(await signing()).toEqual({ asks: ['whsec', 'whsk'], refuses: ['whsec'], silent: ['whsec'] });
    expect(prefixes(await secretsOf('hears'))).toEqual(['whsec']);
    await main.apps.update('hears', { signatures: ['v1', 'v1a'] });
    expect(await signing()).toEqual({
      asks: ['whsec', 'whsk'],
      refuses: ['whsec'],
      silent: ['whsec', 'whsk'],
    });
  });

  it('that cannot be decrypted prevents only the calls that it would sign', async () => {
    const subscriptions = { asks: { url: '/s', events: ['order.*'], signatures: ['v1', 'v1a'] } };
    await main.registry.register('partly', manifest({ a: '/a' }, { subscriptions }), 't');
    await world.rows(`UPDATE platform_keys SET sealed = sealed || 'AAAA'`);
    main.directory['apps'].clear();
    expect(await main.directory.find('partly', 'a')).toMatchObject({ secretProblem: null });
    const [row] = await world.rows<{ id: string }>(
      `SELECT endpoint_id AS id FROM subscriptions WHERE app_id = 'partly'`,
    );
    expect(await main.directory.byId(row!.id)).toMatchObject({
      secretProblem: expect.any(String),
      secrets: [],
    });
    await world.rows(`UPDATE platform_keys SET sealed = left(sealed, -4)`);
  });
});

describe("a rotation of the platform's key pair", () => {
  it('has both sign, and publishes both, as long as the overlap lasts', async () => {
    await main.registry.register('rotated', manifest({ a: '/a' }), 't');
    await main.apps.update('rotated', { signatures: ['v1', 'v1a'] });
    const [before] = await kids();
    const keys = await main.keys.rotate();
    expect(keys.map(({ kid }) => kid)).toEqual([expect.not.stringMatching(before!), before]);
    expect(keys[0]!.retiresAt).toBeNull();
    expect(keys[1]!.retiresAt!.getTime() - keys[0]!.createdAt.getTime()).toBe(86_400_000);
    expect(prefixes(await secretsOf('rotated'))).toEqual(['whsec', 'whsk', 'whsk']);
    await world.db.query(`UPDATE platform_keys SET retires_at = now() WHERE id = $1`, [before]);
    expect(await kids()).toEqual([keys[0]!.kid]);
    expect(prefixes(await secretsOf('rotated'))).toEqual(['whsec', 'whsk']);
  });

  it('ends all older ones at once with an overlap of 0', async () => {
    await main.keys.rotate(60_000);
    expect(await main.keys.rotate(0)).toHaveLength(1);
    const { rows } = await world.db.query('SELECT 1 FROM platform_keys');
    expect(rows).toHaveLength(1);
  });

  it('to a sixth live pair is refused', async () => {
    await main.keys.rotate(0);
    for (let n = 0; n < 4; n++) await main.keys.rotate();
    expect(await caught(main.keys.rotate())).toBeInstanceOf(SigningSecretsFullError);
    expect(await kids()).toHaveLength(5);
    expect(await main.keys.rotate(0)).toHaveLength(1);
  });

  it('has one current pair, however many rotate at once', async () => {
    await main.keys.rotate(0);
    await Promise.all([main.keys.rotate(), main.keys.rotate(), main.keys.rotate()]);
    const keys = await main.keys.published();
    expect(keys.map(({ retiresAt }) => retiresAt === null)).toEqual([true, false, false, false]);
  });

  it.each([-1, 0.5, 2_592_000_001, NaN])('with an overlap of %d ms is refused', async (overlapMs) => {
    const error = (await caught(main.keys.rotate(overlapMs))) as AppUpdateInvalidError;
    expect(error.problems).toEqual([expect.objectContaining({ pointer: '/overlapMs', rule: 'range' })]);
  });
});
