import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PRESETS } from '../presets/index.js';
import type { Scheme } from './scheme.js';
import { secretProblem } from './secret-problem.js';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const pem = ec.publicKey.export({ format: 'pem', type: 'spki' }).toString();
const privatePem = ec.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const spki = (key: typeof ec.publicKey): string =>
  key.export({ format: 'der', type: 'spki' }).toString('base64');
const inPem: Scheme = {
  kind: 'public-key',
  algorithm: 'ecdsa-p256-sha256',
  signature: { header: 'a' },
  encoding: 'hex',
  over: '{body}',
  key: { form: 'pem' },
};
const chosen: Scheme = { ...inPem, algorithm: { by: { header: 'alg' }, when: { a: 'ed25519' } } };

describe('a secret that cannot work', () => {
  it.each([
    ['stripe', '', 'The secret is empty.'],
    ['stripe', 'whsec_a ', 'The secret has a blank or line break at its start or end: paste it without.'],
    ['stripe', 'x'.repeat(10_001), 'The secret is longer than 10000 characters.'],
    ['standard-webhooks', 'whsec_not base64', 'The secret must be base64 after whsec_.'],
    ['standard-webhooks', 'whsec_', 'The secret must be base64 after whsec_.'],
    ['adyen', '44782DEF547AAA06C910C43932B1EB0', 'The secret must be hex.'],
    ['discord', 'abcd', 'The secret must be a public key of 32 bytes: 64 hexadecimal digits.'],
    [
      'standard-webhooks-ed25519',
      'whpk_AAAA',
      'The secret must be a public key of 32 bytes in base64 after whpk_.',
    ],
    ['sendgrid', pem, 'The secret must be a public key in base64 (DER), without the lines of PEM.'],
    ['sendgrid', spki(ed.publicKey), 'The key must be for ecdsa-p256-sha256, but it is of another kind.'],
    ['postmark', 'password', 'The secret must be user:password, with a colon between.'],
    ['postmark', ':password', 'The secret must be user:password, with a colon between.'],
    ['netlify', pem, 'The secret must be the shared secret, not a public key.'],
    ['plaid', 'secret', 'The secret must be a public key for ES256, in PEM or as a JWK.'],
    ['plaid', privatePem, 'The secret is a private key: paste the public key.'],
    [
      'fusionauth',
      '{"kty":"broken"}',
      'The secret must be a public key for HS256, HS384, HS512, RS256, RS384, RS512, ES256, ES384, ES512, EdDSA, in PEM or as a JWK.',
    ],
    ['paypal', 'anything', 'The secret must be left out: the keys of this provider are fetched.'],
    ['google-pubsub', 'anything', 'The secret must be left out: the keys of this provider are fetched.'],
  ])('%s: it is reported, without the secret', (name, secret, problem) => {
    expect(secretProblem(PRESETS.get(name)!, secret)).toBe(problem);
  });

  it('is reported for declared schemes', () => {
    expect(secretProblem({ scheme: inPem }, 'nonsense')).toBe(
      'The secret must be a public key in PEM, with its BEGIN and END lines.',
    );
    const prefixed: Scheme = {
      ...(PRESETS.get('github')!.scheme as Scheme & { kind: 'hmac' }),
      secret: { encoding: 'utf8', prefix: 'sec_' },
    };
    expect(secretProblem({ scheme: prefixed }, 'sec_')).toBe('The secret has nothing after sec_.');
  });
});

describe('a secret that can work', () => {
  it.each([
    ['stripe', 'whsec_anything'],
    ['standard-webhooks', 'AAAA'],
    ['telegram', 'token'],
    ['postmark', 'user:'],
    ['sendgrid', spki(ec.publicKey)],
    ['plaid', pem],
    ['plaid', JSON.stringify(ec.publicKey.export({ format: 'jwk' }))],
    ['fusionauth', 'a shared one'],
    ['fusionauth', ed.publicKey.export({ format: 'pem', type: 'spki' }).toString()],
  ])('%s', (name, secret) => {
    expect(secretProblem(PRESETS.get(name)!, secret)).toBeNull();
  });

  it('is a PEM, also with its last line break', () => {
    expect(secretProblem({ scheme: inPem }, pem)).toBeNull();
    expect(secretProblem({ scheme: chosen }, pem)).toBeNull();
  });
});
