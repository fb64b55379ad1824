import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceSecretAad } from '@breakwater/manifest';
import { HintBus, SecretBox } from '@breakwater/platform';
import { World } from '@breakwater/testing/world.js';
import type { Outcome, WebhookClient } from '@breakwater/webhook-client';
import type { HandshakeName } from '../handshakes/handshakes.js';
import { LearnedSecretStore } from '../handshakes/learned-secret.store.js';
import { SubscriptionConfirmations } from '../handshakes/subscription-confirmations.service.js';
import { ResolvedSourceStore } from '../sources/resolved-source.store.js';
import { SourceDirectory } from '../sources/source-directory.service.js';
import { DEFAULT_ANSWER, type ResolvedSource } from '../sources/source.js';
import type { InboundRequest } from '../verification/request.js';
import { Handshakes } from './handshakes.service.js';

let world: World;
let box: SecretBox;

beforeAll(async () => {
  world = await World.start();
  box = new SecretBox(world.config());
  await world.db.query(
    `INSERT INTO apps (id, name, owner_email, base_url, manifest_version)
     VALUES ('shop', 'Shop', 'a@shop.example', 'https://shop.example', 1)`,
  );
});
afterAll(() => world?.stop());

/** @param outcome of each call of a provider's URL */
function handshakes(outcome: Partial<Outcome> = { kind: 'delivered' }): Handshakes {
  const hints = new HintBus(world.database);
  const directory = new SourceDirectory(new ResolvedSourceStore(world.database, box), hints);
  const probe = async () => ({ durationMs: 1, ...outcome });
  const client = { probe } as unknown as WebhookClient;
  const secrets = new LearnedSecretStore(world.database, box);
  return new Handshakes(secrets, new SubscriptionConfirmations(client), directory);
}

async function sourceOf(handshake: HandshakeName): Promise<ResolvedSource> {
  const id = randomUUID();
  await world.db.query(`INSERT INTO sources (id, app_id, name, verification) VALUES ($1, 'shop', $2, '{}')`, [
    id,
    `s${id.slice(0, 8)}`,
  ]);
  return {
    id,
    appId: 'shop',
    name: 'code',
    eventType: 'inbound.code',
    preset: null,
    scheme: null,
    options: {},
    handshakes: [handshake],
    secrets: [],
    expiredSecrets: [],
    problem: null,
    dedupeId: null,
    answer: DEFAULT_ANSWER,
    isPaused: false,
    key: { state: 'current' },
  };
}

const requestOf = (method: string, headers: [string, string][], body = ''): InboundRequest => ({
  method,
  url: 'https://hooks.example.com/in/key?challenge=abc',
  headers,
  body: Buffer.from(body),
});
const asana = (secret: string): InboundRequest => requestOf('POST', [['X-Hook-Secret', secret]]);

const secretsOf = async ({ id }: ResolvedSource): Promise<string[]> => {
  const rows = await world.rows<{ id: string; sealed: string }>(
    'SELECT id, sealed FROM source_secrets WHERE source_id = $1',
    id,
  );
  return rows.map((row) => box.open(row.sealed, sourceSecretAad(row.id)));
};

describe('a secret in a challenge', () => {
  it('is sealed and stored before the answer', async () => {
    const source = await sourceOf('asana');
    expect(await handshakes().answer(source, asana('first'), null)).toMatchObject({
      name: 'asana',
      answer: { status: 200, headers: { 'x-hook-secret': 'first' } },
      refusal: null,
      mayKeep: false,
    });
    expect(await secretsOf(source)).toEqual(['first']);
  });

  it('is one, if several come at once', async () => {
    const source = await sourceOf('asana');
    const service = handshakes();
    const names = ['a', 'b', 'c', 'd'];
    const answers = await Promise.all(names.map((name) => service.answer(source, asana(name), null)));
    const taken = answers.filter((answer) => answer?.answer.status === 200);
    expect(taken).toHaveLength(1);
    expect(await secretsOf(source)).toEqual([taken[0]!.answer.headers['x-hook-secret']]);
    expect(answers.filter((answer) => answer?.answer.status === 403)).toHaveLength(3);
  });

  it('is not taken by a source that was deleted', async () => {
    const source = await sourceOf('asana');
    await world.db.query('UPDATE sources SET removed_at = now() WHERE id = $1', [source.id]);
    expect(await handshakes().answer(source, asana('first'), null)).toMatchObject({
      answer: { status: 403 },
    });
    expect(await secretsOf(source)).toEqual([]);
  });
});

describe('challenges of one source', () => {
  it('are answered 60 times in a minute, and do not use up those of others', async () => {
    const [source, other] = [await sourceOf('challenge'), await sourceOf('challenge')];
    const service = handshakes();
    const ask = async (of: ResolvedSource): Promise<number> =>
      (await service.answer(of, requestOf('GET', []), null))!.answer.status;
    const statuses = await Promise.all(Array.from({ length: 61 }, () => ask(source)));
    expect(statuses.filter((status) => status === 200)).toHaveLength(60);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    expect(await ask(other)).toBe(200);
  });

  it('are limited without regard to ordinary requests', async () => {
    const source = await sourceOf('challenge');
    const service = handshakes();
    for (let n = 0; n < 100; n++) {
      expect(await service.answer(source, requestOf('POST', []), null)).toBeNull();
    }
    expect(await service.answer(source, requestOf('GET', []), null)).toMatchObject({
      answer: { status: 200 },
    });
  });
});

describe('a subscription of Amazon SNS', () => {
  const url = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription';
  const asked = requestOf(
    'POST',
    [],
    JSON.stringify({ Type: 'SubscriptionConfirmation', SubscribeURL: url }),
  );

  it('is confirmed before the answer', async () => {
    const answer = await handshakes().answer(await sourceOf('sns'), asked, true);
    expect(answer).toMatchObject({ answer: { status: 200 }, refusal: null });
  });

  it('that could not be confirmed is answered with 503, so that it is asked for again', async () => {
    const timeout = { kind: 'timeout', message: 'no answer within 5000 ms' } as const;
    const answer = await handshakes(timeout).answer(await sourceOf('sns'), asked, true);
    expect(answer).toMatchObject({ answer: { status: 503, headers: { 'retry-after': '60' } } });
    expect(answer!.refusal).toContain('no answer within 5000 ms');
  });
});
