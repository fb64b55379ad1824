import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodePrivateKey, generateKeyPair, isPrivateKey, jsonWebKey } from './key-pair.js';
import { sign } from './sign.js';

/** Of the tests of Standard Webhooks' Go library. */
const VECTOR = {
  key: 'whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestampS: 1614265330,
  body: Buffer.from('{"test": 2432232314}'),
  signature: 'v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==',
};

describe('a signature with a private key', () => {
  it('is the one of the reference library', () => {
    const key = decodePrivateKey(VECTOR.key)!;
    expect(sign(VECTOR.id, VECTOR.timestampS, VECTOR.body, [key])).toBe(VECTOR.signature);
  });

  it('stands beside those of secrets, and verifies with the public key as JWK', () => {
    const { privateKey, publicKey } = generateKeyPair(randomBytes);
    const body = Buffer.from([0, 255, 10]);
    const entries = sign('msg_1', 1, body, [Buffer.alloc(32, 7), decodePrivateKey(privateKey)!]).split(' ');
    expect(entries.map((entry) => entry.split(',')[0])).toEqual(['v1', 'v1a']);
    const { kty, crv, x } = jsonWebKey('k1', publicKey);
    const key = createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
    const signature = Buffer.from(entries[1]!.slice('v1a,'.length), 'base64');
    expect(verify(null, Buffer.concat([Buffer.from('msg_1.1.'), body]), key, signature)).toBe(true);
    expect(verify(null, Buffer.concat([Buffer.from('msg_1.2.'), body]), key, signature)).toBe(false);
  });
});

describe('a key pair', () => {
  it('is written as Standard Webhooks writes it', () => {
    const { privateKey, publicKey } = generateKeyPair((n) => Buffer.alloc(n, 1));
    expect(privateKey).toBe(`whsk_${Buffer.alloc(32, 1).toString('base64')}`);
    expect(publicKey).toBe('whpk_iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=');
  });

  it('is named for programs', () => {
    const { publicKey } = generateKeyPair((n) => Buffer.alloc(n, 1));
    expect(jsonWebKey('k1', publicKey)).toEqual({
      kty: 'OKP',
      crv: 'Ed25519',
      alg: 'EdDSA',
      use: 'sig',
      kid: 'k1',
      x: 'iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w',
    });
  });

  it.each([
    ['another prefix', VECTOR.key.replace('whsk', 'whsec')],
    ['no prefix', VECTOR.key.slice('whsk_'.length)],
    ['too few bytes', `whsk_${Buffer.alloc(31).toString('base64')}`],
    ['too many bytes', `whsk_${Buffer.alloc(33).toString('base64')}`],
    ['missing padding', VECTOR.key.replace('=', '')],
    ['nothing behind the prefix', 'whsk_'],
  ])('with %s is damaged', (_, text) => expect(decodePrivateKey(text)).toBeNull());

  it('is told from a secret by its prefix', () => {
    expect(isPrivateKey(VECTOR.key)).toBe(true);
    expect(isPrivateKey('whsec_AAAA')).toBe(false);
  });
});
