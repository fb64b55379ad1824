import { sign } from '@octokit/webhooks-methods';
import { encodeSignatureHeader, isValidSignature } from '@sanity/webhook';
import { EventWebhook } from '@sendgrid/eventwebhook';
import { verifyKey } from 'discord-interactions';
import { importJWK, SignJWT, type CryptoKey, type KeyObject } from 'jose';
import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import type { InboundRequest } from '../verification/request.js';
import type { Verification } from '../verification/verification.js';
import { verify } from '../verification/verify.js';
import { PRESETS } from './index.js';
import { SENDERS } from './senders.spec-data.js';
import { NOW, SOURCE_URL, vectorsOf } from './vectors.spec-data.js';

interface LibraryVector {
  preset: string;
  library: string;
  call: string;
  at: string;
  url: string;
  headers: [string, string][];
  body: string;
  secret: string;
  keys?: Record<string, string>;
}

const recorded = JSON.parse(
  readFileSync(new URL('fixtures/library-vectors.json', import.meta.url), 'utf8'),
) as LibraryVector[];

const BODY = '{"id":"evt_1","name":"Zoë"}';
const check = (
  preset: string,
  headers: [string, string][],
  secret: string,
  part: Partial<InboundRequest> = {},
): Verification =>
  verify(
    PRESETS.get(preset)!.scheme,
    { method: 'POST', url: SOURCE_URL, headers, body: Buffer.from(BODY), ...part },
    [secret],
    { now: NOW, configuredUrl: SOURCE_URL, options: { values: SENDERS[preset]!.options ?? {} } },
  );
const VERIFIED = { kind: 'verified', secretIndex: 0 };
const sha256 = (encoding: 'hex' | 'base64'): string => createHash('sha256').update(BODY).digest(encoding);

describe('a request that a library of a provider signed or accepted', () => {
  const at = (
    { preset, at: time, url, headers, body, secret, keys }: LibraryVector,
    changed = Buffer.from(body, 'base64'),
  ): Verification =>
    verify(
      PRESETS.get(preset)!.scheme,
      { method: 'POST', url, headers, body: changed },
      secret === '' ? [] : [secret],
      {
        now: new Date(time),
        configuredUrl: url,
        ...(keys ? { keys: new Map(Object.entries(keys)) } : {}),
      },
    );

  it.each(recorded.map((vector) => [vector.preset, vector.library, vector.call, vector] as const))(
    '%s: %s, %s',
    (_, __, ___, vector) => {
      expect(at(vector)).toEqual(VERIFIED);
      const changed = Buffer.from(
        Buffer.from(vector.body, 'base64').toString('latin1').replace(/[0-9]/g, '7'),
        'latin1',
      );
      expect(at(vector, changed).kind).toBe('refused');
    },
  );

  it('is there for each preset that says so', () => {
    const now = [
      'breakwater',
      'discord',
      'fusionauth',
      'github',
      'gitlab',
      'google-pubsub',
      'netlify',
      'plaid',
      'sanity',
      'sendgrid',
      'standard-webhooks',
    ];
    const said = [...PRESETS.values()]
      .filter(({ checkedWith }) => checkedWith !== 'vectors')
      .map(({ name }) => name);
    expect(said.toSorted()).toEqual(
      [...new Set([...recorded.map(({ preset }) => preset), ...now])].toSorted(),
    );
    for (const { preset, library } of recorded) {
      expect(PRESETS.get(preset)!.checkedWith).toEqual({
        library: library.slice(0, library.lastIndexOf(' ')),
      });
    }
  });
});

describe('a request that a library signs in this spec', () => {
  it('github: @octokit/webhooks-methods', async () => {
    expect(check('github', [['X-Hub-Signature-256', await sign('secret', BODY)]], 'secret')).toEqual(
      VERIFIED,
    );
  });

  it.each(['standard-webhooks', 'breakwater', 'gitlab'])('%s: standardwebhooks', (preset) => {
    const { secret } = SENDERS['standard-webhooks']!.keys.now;
    const headers: [string, string][] = [
      ['webhook-id', 'msg_1'],
      ['webhook-timestamp', String(NOW.getTime() / 1000)],
      ['webhook-signature', new Webhook(secret).sign('msg_1', NOW, BODY)],
    ];
    expect(check(preset, headers, secret)).toEqual(VERIFIED);
  });

  it('sanity: @sanity/webhook', async () => {
    const signature = await encodeSignatureHeader(BODY, NOW.getTime(), 'secret');
    expect(check('sanity', [['sanity-webhook-signature', signature]], 'secret')).toEqual(VERIFIED);
  });

  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = ec.publicKey.export({ format: 'pem', type: 'spki' }).toString();
  const jwk = JSON.stringify(ec.publicKey.export({ format: 'jwk' }));
  const shared = new TextEncoder().encode('secret');
  it.each([
    ['plaid', 'Plaid-Verification', 'ES256', ec.privateKey, jwk, { request_body_sha256: sha256('hex') }],
    ['netlify', 'X-Webhook-Signature', 'HS256', shared, 'secret', { iss: 'netlify', sha256: sha256('hex') }],
    [
      'fusionauth',
      'X-FusionAuth-Signature-JWT',
      'ES256',
      ec.privateKey,
      pem,
      { request_body_sha256: sha256('base64') },
    ],
    [
      'fusionauth',
      'X-FusionAuth-Signature-JWT',
      'HS512',
      shared,
      'secret',
      { request_body_sha256: sha256('base64') },
    ],
  ] as [string, string, string, KeyObject | CryptoKey | Uint8Array, string, Record<string, string>][])(
    '%s: jose, %s, %s',
    async (preset, header, alg, key, secret, claims) => {
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg, kid: 'k' })
        .setIssuedAt(NOW)
        .sign(key);
      expect(check(preset, [[header, token]], secret)).toEqual(VERIFIED);
      expect(check(preset, [[header, token]], secret, { body: Buffer.from('{}') })).toMatchObject({
        step: 'body_differs',
      });
    },
  );

  it('google-pubsub: jose', async () => {
    const { private: key, fetched } = SENDERS['google-pubsub']!.keys.now;
    const jwks = {
      keys: [{ ...createPublicKey(fetched!).export({ format: 'jwk' }), kid: 'g', alg: 'RS256' }],
    };
    await expect(importJWK(jwks.keys[0]!)).resolves.toBeDefined();
    const token = await new SignJWT({ email_verified: true })
      .setProtectedHeader({ alg: 'RS256', kid: 'g' })
      .setIssuer('https://accounts.google.com')
      .setAudience('https://hooks.example.com/in/key')
      .setExpirationTime(new Date(NOW.getTime() + 3_600_000))
      .sign(key!);
    const { scheme } = PRESETS.get('google-pubsub')!;
    const request = {
      method: 'POST',
      url: SOURCE_URL,
      headers: [['Authorization', `Bearer ${token}`]] as const,
      body: Buffer.from(BODY),
    };
    const context = {
      now: NOW,
      configuredUrl: SOURCE_URL,
      options: { values: { audience: 'https://hooks.example.com/in/key' } },
      keys: new Map([['https://www.googleapis.com/oauth2/v3/certs', JSON.stringify(jwks)]]),
    };
    expect(verify(scheme, request, [], context)).toEqual(VERIFIED);
  });
});

describe('what the presets accept, the library accepts, and what they refuse for its bytes or key, it refuses', () => {
  const titles = ['good', 'wrong key', 'tampered'];
  const vectors = (preset: string) => vectorsOf(preset).filter(({ title }) => titles.includes(title));
  const header = (request: InboundRequest, name: string): string =>
    request.headers.find(([each]) => each === name)![1];

  it.each(vectors('discord').map((vector) => [vector.title, vector] as const))(
    'discord-interactions: %s',
    async (title, { request, secrets }) => {
      const signature = header(request, 'X-Signature-Ed25519');
      const timestamp = header(request, 'X-Signature-Timestamp');
      await expect(verifyKey(request.body, signature, timestamp, secrets[0]!)).resolves.toBe(
        title === 'good',
      );
    },
  );

  it.each(vectors('sendgrid').map((vector) => [vector.title, vector] as const))(
    '@sendgrid/eventwebhook: %s',
    (title, { request, secrets }) => {
      const library = new EventWebhook();
      const signature = header(request, 'X-Twilio-Email-Event-Webhook-Signature');
      const timestamp = header(request, 'X-Twilio-Email-Event-Webhook-Timestamp');
      const key = library.convertPublicKeyToECDSA(secrets[0]!);
      expect(library.verifySignature(key, request.body, signature, timestamp)).toBe(title === 'good');
    },
  );

  it.each(vectors('sanity').map((vector) => [vector.title, vector] as const))(
    '@sanity/webhook: %s',
    async (title, { request, secrets }) => {
      const signature = header(request, 'sanity-webhook-signature');
      await expect(isValidSignature(request.body.toString(), signature, secrets[0]!)).resolves.toBe(
        title === 'good',
      );
    },
  );
});
