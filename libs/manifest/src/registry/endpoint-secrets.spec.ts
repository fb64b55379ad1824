import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSecret, newId } from '@breakwater/platform';
import { caught } from '@breakwater/testing/caught.js';
import { World } from '@breakwater/testing/world.js';
import { manifest, startProcess, type Process } from '../process.fixture.js';
import { SubscriptionInvalidError } from '../subscriptions/subscription.error.js';
import { EndpointNotFoundError, SigningSecretsFullError } from './app.error.js';

let world: World;
let main: Process;
beforeAll(async () => {
  world = await World.start();
  main = await startProcess(world);
});
afterAll(() => world.stop());

/** An app with two endpoints; the first is to have secrets of its own. */
async function register(appId: string): Promise<{ appSecret: string; endpointId: string }> {
  const { signingSecret } = await main.registry.register(appId, manifest({ own: '/o', other: '/p' }), 't');
  const { id } = (await main.directory.find(appId, 'own'))!;
  return { appSecret: signingSecret!, endpointId: id };
}
const secretsOf = async (appId: string, capability = 'own'): Promise<string[]> =>
  (await main.directory.find(appId, capability))!.secrets;

describe('a signing secret of an endpoint', () => {
  it("takes the place of the app's, which signs beside it as long as the overlap lasts", async () => {
    const { appSecret, endpointId } = await register('first');
    expect(await secretsOf('first')).toEqual([appSecret]);
    const { signingSecret, olderSecrets } = await main.apps.rotateSigningSecret('first', {}, endpointId);
    expect(await secretsOf('first')).toEqual([signingSecret, appSecret]);
    expect(await secretsOf('first', 'other')).toEqual([appSecret]);
    expect(olderSecrets).toHaveLength(1);
    const leftMs = olderSecrets[0]!.validUntil.getTime() - Date.now();
    expect(Math.abs(leftMs - 86_400_000)).toBeLessThan(60_000);
    await world.db.query(
      'UPDATE signing_secrets SET expires_at = now() WHERE endpoint_id = $1 AND expires_at IS NOT NULL',
      [endpointId],
    );
    await main.directory.announce('first');
    expect(await secretsOf('first')).toEqual([signingSecret]);
    expect(await secretsOf('first', 'other')).toEqual([appSecret]);
  });

  it('is alone at once with an overlap of 0', async () => {
    const { appSecret, endpointId } = await register('alone');
    const { signingSecret } = await main.apps.rotateSigningSecret('alone', { overlapMs: 0 }, endpointId);
    expect(await secretsOf('alone')).toEqual([signingSecret]);
    expect(await secretsOf('alone', 'other')).toEqual([appSecret]);
  });

  it("is rotated by itself: the app's and the endpoint's rotations do not touch each other", async () => {
    const { appSecret, endpointId } = await register('apart');
    const first = await main.apps.rotateSigningSecret('apart', { overlapMs: 0 }, endpointId);
    const ofApp = await main.apps.rotateSigningSecret('apart');
    const second = await main.apps.rotateSigningSecret('apart', {}, endpointId);
    expect(await secretsOf('apart')).toEqual([second.signingSecret, first.signingSecret]);
    expect(await secretsOf('apart', 'other')).toEqual([ofApp.signingSecret, appSecret]);
    await main.apps.rotateSigningSecret('apart', { overlapMs: 0 });
    expect(await secretsOf('apart')).toEqual([second.signingSecret, first.signingSecret]);
  });

  it('may be brought along, but not twice', async () => {
    const { endpointId } = await register('brought');
    const signingSecret = generateSecret(randomBytes);
    await main.apps.rotateSigningSecret('brought', { signingSecret }, endpointId);
    expect((await secretsOf('brought'))[0]).toBe(signingSecret);
    const again = main.apps.rotateSigningSecret('brought', { signingSecret }, endpointId);
    expect(await caught(again)).toBeInstanceOf(SubscriptionInvalidError);
  });

  it('that is too short is refused with the field, the rule and the length found, not with its text', async () => {
    const { endpointId } = await register('short');
    const signingSecret = `whsec_${Buffer.alloc(16, 7).toString('base64')}`;
    const refused = main.apps.rotateSigningSecret('short', { signingSecret }, endpointId);
    const { problems } = (await caught(refused)) as SubscriptionInvalidError;
    expect(problems).toEqual([
      {
        pointer: '/signingSecret',
        rule: 'signing_secret',
        message: expect.stringMatching(/24 to 64 bytes.*it has 16 bytes$/),
        bounds: { minBytes: 24, maxBytes: 64 },
      },
    ]);
    expect(JSON.stringify(problems)).not.toContain(signingSecret);
  });

  it('is one of five at most', async () => {
    const { endpointId } = await register('many');
    for (let n = 0; n < 4; n++) await main.apps.rotateSigningSecret('many', {}, endpointId);
    expect(await secretsOf('many')).toHaveLength(5);
    const sixth = main.apps.rotateSigningSecret('many', {}, endpointId);
    expect(await caught(sixth)).toBeInstanceOf(SigningSecretsFullError);
  });

  it('that does not open keeps calls from that endpoint only', async () => {
    const { appSecret, endpointId } = await register('damaged');
    await main.apps.rotateSigningSecret('damaged', { overlapMs: 0 }, endpointId);
    await world.db.query(`UPDATE signing_secrets SET sealed = sealed || 'AAAA' WHERE endpoint_id = $1`, [
      endpointId,
    ]);
    await main.directory.announce('damaged');
    expect(await main.directory.find('damaged', 'own')).toMatchObject({
      secrets: [],
      secretProblem: expect.any(String),
    });
    expect(await main.directory.find('damaged', 'other')).toMatchObject({
      secrets: [appSecret],
      secretProblem: null,
    });
  });

  it('is for endpoints that the app has', async () => {
    const { endpointId } = await register('mine');
    await register('theirs');
    const strangers = [
      ['theirs', endpointId],
      ['mine', newId()],
      ['mine', 'nonsense'],
    ] as const;
    for (const [appId, id] of strangers) {
      const refused = main.apps.rotateSigningSecret(appId, {}, id);
      expect(await caught(refused)).toBeInstanceOf(EndpointNotFoundError);
    }
    await main.registry.register('mine', manifest({ other: '/p' }), 't');
    const removed = main.apps.rotateSigningSecret('mine', {}, endpointId);
    expect(await caught(removed)).toBeInstanceOf(EndpointNotFoundError);
  });
});
