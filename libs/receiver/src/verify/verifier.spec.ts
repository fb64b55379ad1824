import { randomBytes } from 'node:crypto';
import { decodePrivateKey, generateKeyPair, jsonWebKey } from '@breakwater/webhook-client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KEY, SECRET, signed } from '../fixtures/signed.fixture.js';
import { createVerifier, type VerifyOptions } from './verifier.io.js';

const NOW_MS = 1_800_000_000_000;
const body = Buffer.from('{"n": 1.0}');
const [pair, other] = [generateKeyPair(randomBytes), generateKeyPair(randomBytes)];
const [privateKey, otherKey] = [decodePrivateKey(pair.privateKey)!, decodePrivateKey(other.privateKey)!];
const OLDER = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const olderKey = Buffer.alloc(24, 1);

type Headers = Record<string, string>;
type Sent = Parameters<typeof signed>[1];

async function verdict(options: VerifyOptions, headers: Headers, bytes: Uint8Array = body) {
  const result = await createVerifier({ now: () => NOW_MS, ...options })((name) => headers[name], bytes);
  return result.ok ? 'verified' : result.code;
}
const at = (sent: Sent = {}) => signed(body, { atMs: NOW_MS, ...sent });

describe('a verifier', () => {
  it.each<[string, VerifyOptions, Sent, string]>([
    ['its secret', { secrets: SECRET }, {}, 'verified'],
    ['its secret without the prefix', { secrets: SECRET.slice(6) }, {}, 'verified'],
    ['the second of its secrets', { secrets: [OLDER, SECRET] }, {}, 'verified'],
    ['a secret of a function', { secrets: async () => [SECRET] }, {}, 'verified'],
    ['its secret beside another', { secrets: SECRET }, { keys: [olderKey, KEY] }, 'verified'],
    ['another secret', { secrets: SECRET }, { keys: [olderKey] }, 'SIGNATURE_WRONG'],
    ['another secret than that of its function', { secrets: () => OLDER }, {}, 'SIGNATURE_WRONG'],
    ['its public key', { publicKeys: [pair.publicKey] }, { keys: [KEY, privateKey] }, 'verified'],
    [
      'its public key as JWK',
      { publicKeys: [jsonWebKey('k1', other.publicKey), jsonWebKey('k2', pair.publicKey)] },
      { keys: [privateKey] },
      'verified',
    ],
    ['another public key', { publicKeys: [pair.publicKey] }, { keys: [otherKey] }, 'SIGNATURE_WRONG'],
    ['a secret, where it has a public key', { publicKeys: [pair.publicKey] }, {}, 'SIGNATURE_WRONG'],
    ['a public key, where it has a secret', { secrets: SECRET }, { keys: [privateKey] }, 'SIGNATURE_WRONG'],
    ['300 s ago', { secrets: SECRET }, { atMs: NOW_MS - 300_000 }, 'verified'],
    ['301 s ago', { secrets: SECRET }, { atMs: NOW_MS - 301_000 }, 'TIMESTAMP_TOO_OLD'],
    ['300 s ahead', { secrets: SECRET }, { atMs: NOW_MS + 300_000 }, 'verified'],
    ['301 s ahead', { secrets: SECRET }, { atMs: NOW_MS + 301_000 }, 'TIMESTAMP_TOO_NEW'],
    ['11 s ago, of 10', { secrets: SECRET, toleranceS: 10 }, { atMs: NOW_MS - 11_000 }, 'TIMESTAMP_TOO_OLD'],
    ['its secret, forwarded', { secrets: SECRET }, { prefix: 'breakwater' }, 'verified'],
  ])('answers a call signed with %s', async (_, options, sent, expected) => {
    expect(await verdict(options, at(sent))).toBe(expected);
  });

  it.each<[string, Headers]>([
    ['no id', { 'webhook-id': '' }],
    ['an id with a space', { 'webhook-id': 'a b' }],
    ['an id of 256 characters', { 'webhook-id': 'a'.repeat(256) }],
    ['no timestamp', { 'webhook-timestamp': '' }],
    ['a timestamp that is no whole number', { 'webhook-timestamp': '1.5' }],
    ['no signature', { 'webhook-signature': '' }],
  ])('takes a call with %s for unsigned', async (_, change) => {
    expect(await verdict({ secrets: SECRET }, { ...at(), ...change })).toBe('SIGNATURE_MISSING');
  });

  const ours = () => at()['webhook-signature']!;
  it.each<[string, string, string]>([
    ['an unknown scheme', `v2,${ours().slice(3)}`, 'SIGNATURE_WRONG'],
    ['no base64', 'v1,%%%', 'SIGNATURE_WRONG'],
    ['no comma', 'v1', 'SIGNATURE_WRONG'],
    ['a shorter signature', 'v1,AAAA', 'SIGNATURE_WRONG'],
    ['a shorter ed25519 signature', 'v1a,AAAA', 'SIGNATURE_WRONG'],
  ])('refuses a signature with %s', async (_, signature, expected) => {
    const options = { secrets: SECRET, publicKeys: [pair.publicKey] };
    expect(await verdict(options, { ...at(), 'webhook-signature': signature })).toBe(expected);
  });

  it('looks at 20 signatures at most', async () => {
    const headers = at({ id: 'one' });
    const others = (n: number) => Array.from({ length: n }, () => 'v1,AAAA').join(' ');
    const signature = headers['webhook-signature'];
    const among = (n: number) => ({ ...headers, 'webhook-signature': `${others(n)} ${signature}` });
    expect(await verdict({ secrets: SECRET }, among(19))).toBe('verified');
    expect(await verdict({ secrets: SECRET }, among(20))).toBe('SIGNATURE_WRONG');
  });

  it('takes any bytes, and no others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), fc.nat(), async (bytes, place) => {
        const headers = signed(bytes, { atMs: NOW_MS });
        expect(await verdict({ secrets: SECRET }, headers, bytes)).toBe('verified');
        const changed =
          bytes.length === 0
            ? Uint8Array.of(0)
            : bytes.with(place % bytes.length, bytes[place % bytes.length]! ^ 1);
        expect(await verdict({ secrets: SECRET }, headers, changed)).toBe('SIGNATURE_WRONG');
      }),
      { numRuns: 50 },
    );
  });

  it.each<[string, VerifyOptions, RegExp]>([
    ['nothing', {}, /Is the environment variable of the secret set\?/],
    ['no secret', { secrets: [] }, /Is the environment variable/],
    ['an empty secret', { secrets: '' }, /It holds a text of 0 characters\./],
    ['a short secret', { secrets: 'whsec_AAAA' }, /It holds a text of 10 characters\./],
    ['a long secret', { secrets: Buffer.alloc(65).toString('base64') }, /24 to 64 bytes/],
    ['a private key as secret', { secrets: pair.privateKey }, /`secrets` must hold/],
    ['a number as secret', { secrets: [5 as never] }, /It holds number\./],
    ['null as secret', { secrets: [null as never] }, /It holds null\./],
    ['a secret as public key', { publicKeys: [SECRET] }, /`publicKeys` must hold ed25519 keys/],
    ['a short public key', { publicKeys: ['whpk_AAAA'] }, /`publicKeys` must hold/],
    ['a JWK of another kind', { publicKeys: [{ kty: 'RSA' }] }, /`publicKeys` must hold/],
  ])('is not made with %s', (_, options, message) => {
    expect(() => createVerifier(options)).toThrow(message);
  });

  it('never shows a secret', () => {
    expect(() => createVerifier({ secrets: 'whsec_c2VjcmV0' })).toThrow(/^(?!.*c2VjcmV0)/);
  });
});

describe('a verifier with the address of a key set', () => {
  /** An address with these key sets, one after another; a number is a status. */
  function addressWith(...answers: (string[] | number | Error)[]) {
    const asked: string[] = [];
    let nowMs = NOW_MS;
    const fetch = async (url: unknown): Promise<Response> => {
      asked.push(String(url));
      const answer = answers[Math.min(asked.length, answers.length) - 1]!;
      if (answer instanceof Error) throw answer;
      if (typeof answer === 'number') return new Response('', { status: answer });
      const keys = [{ kty: 'RSA' }, null, ...answer.map((key) => jsonWebKey('k', key))];
      return Response.json({ keys }, { headers: { 'cache-control': 'public, max-age=300' } });
    };
    const verify = createVerifier({ jwks: 'https://bw.example/keys', fetch, now: () => nowMs });
    const sends = async (key = privateKey) => {
      const headers = signed(body, { atMs: nowMs, keys: [key] });
      return (await verify((name) => headers[name], body)).ok;
    };
    return { asked, sends, passS: (s: number) => void (nowMs += s * 1000) };
  }

  it('asks once while the answer is fresh', async () => {
    const { asked, sends, passS } = addressWith([pair.publicKey]);
    expect([await sends(), await sends()]).toEqual([true, true]);
    passS(300);
    expect(await sends()).toBe(true);
    expect(asked).toEqual(['https://bw.example/keys']);
    passS(1);
    expect(await sends()).toBe(true);
    expect(asked).toHaveLength(2);
  });

  it('asks once for calls that come together', async () => {
    const { asked, sends } = addressWith([pair.publicKey]);
    expect(await Promise.all([sends(), sends(), sends()])).toEqual([true, true, true]);
    expect(asked).toHaveLength(1);
  });

  it('asks again when no key fits, at most each 30 s', async () => {
    const { asked, sends, passS } = addressWith([pair.publicKey], [pair.publicKey], [other.publicKey]);
    expect(await sends()).toBe(true);
    expect([await sends(otherKey), await sends(otherKey)]).toEqual([false, false]);
    expect(asked).toHaveLength(1);
    passS(30);
    expect([await sends(otherKey), await sends(otherKey)]).toEqual([false, false]);
    expect(asked).toHaveLength(2);
    passS(30);
    expect([await sends(otherKey), await sends()]).toEqual([true, false]);
    expect(asked).toHaveLength(3);
  });

  it('uses the keys it has for an hour while the address does not answer', async () => {
    const { sends, passS } = addressWith([pair.publicKey], 500, new Error('down'));
    expect(await sends()).toBe(true);
    passS(301);
    expect(await sends()).toBe(true);
    passS(3000);
    expect(await sends()).toBe(true);
    passS(400);
    await expect(sends()).rejects.toThrow('down');
    await expect(sends()).rejects.toThrow('down');
  });

  it('fails when there are no keys yet, and asks again at most each second', async () => {
    const { asked, sends, passS } = addressWith(503, [pair.publicKey]);
    await expect(sends()).rejects.toThrow('https://bw.example/keys answered 503');
    await expect(sends()).rejects.toThrow('https://bw.example/keys answered 503');
    expect(asked).toHaveLength(1);
    passS(1);
    expect(await sends()).toBe(true);
  });

  it('is not asked for a call that only a secret signed', async () => {
    const { asked, sends } = addressWith([pair.publicKey]);
    expect(await sends(KEY as never)).toBe(false);
    expect(asked).toEqual([]);
  });

  it('keeps keys for 300 s when the answer does not say how long', async () => {
    let asked = 0;
    let nowMs = NOW_MS;
    const fetch = async () => Response.json({ keys: (asked += 1) && [jsonWebKey('k', pair.publicKey)] });
    const verify = createVerifier({ jwks: 'https://bw.example/keys', fetch, now: () => nowMs });
    for (const [passMs, expected] of [
      [0, 1],
      [300_000, 1],
      [1000, 2],
    ] as const) {
      nowMs += passMs;
      const headers = signed(body, { atMs: nowMs, keys: [privateKey] });
      expect((await verify((name) => headers[name], body)).ok).toBe(true);
      expect(asked).toBe(expected);
    }
  });
});
