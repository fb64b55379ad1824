import { randomBytes } from 'node:crypto';
import { generateKeyPair, decodePrivateKey } from '@breakwater/webhook-client';
import fc from 'fast-check';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it } from 'vitest';
import { KEY, SECRET, signed } from '../fixtures/signed.fixture.js';
import { createVerifier } from './verifier.io.js';

const OTHER = `whsec_${Buffer.alloc(24, 5).toString('base64')}`;

/** Texts as receivers get them: any, and JSON. */
const texts = fc.oneof(fc.string({ unit: 'grapheme' }), fc.json());
const ids = fc.stringMatching(/^[\x21-\x7e]{1,60}$/);

/** What another package signs, as headers. */
const headersOf = (
  judge: { sign: StandardWebhook['sign'] },
  id: string,
  text: string,
): Record<string, string> => {
  const now = new Date();
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': judge.sign(id, now, text),
  };
};

describe.each([
  ['standardwebhooks', StandardWebhook],
  ['svix', SvixWebhook],
])('the package %s', (_, Judge) => {
  it('verifies what Breakwater signs, also beside an older secret and a private key', () => {
    const privateKey = decodePrivateKey(generateKeyPair(randomBytes).privateKey)!;
    fc.assert(
      fc.property(texts, ids, (text, id) => {
        const headers = signed(Buffer.from(text), { id, keys: [randomBytes(32), KEY, privateKey] });
        expect(() => new Judge(SECRET).verify(text, headers, { jsonParse: false })).not.toThrow();
        expect(() => new Judge(OTHER).verify(text, headers, { jsonParse: false })).toThrow(/signature/);
      }),
    );
  });

  it('signs what the receiver verifies', async () => {
    const [ours, others] = [createVerifier({ secrets: SECRET }), createVerifier({ secrets: OTHER })];
    await fc.assert(
      fc.asyncProperty(texts, ids, async (text, id) => {
        const headers = headersOf(new Judge(SECRET), id, text);
        const header = (name: string) => headers[name];
        expect(await ours(header, Buffer.from(text))).toMatchObject({ ok: true, id });
        expect(await others(header, Buffer.from(text))).toMatchObject({ code: 'SIGNATURE_WRONG' });
      }),
    );
  });

  it('agrees about the window in both directions', async () => {
    const verify = createVerifier({ secrets: SECRET });
    for (const [shiftS, expected] of [
      [-310, false],
      [-290, true],
      [290, true],
      [310, false],
    ] as const) {
      const headers = signed(Buffer.from('{}'), { atMs: Date.now() + shiftS * 1000 });
      const theirs = () => new Judge(SECRET).verify('{}', headers);
      if (expected) expect(theirs).not.toThrow();
      else expect(theirs).toThrow(/timestamp/);
      expect((await verify((name) => headers[name], Buffer.from('{}'))).ok).toBe(expected);
    }
  });
});

/** Of the tests of Standard Webhooks' Go library, and the example of its specification. */
describe('the vectors of Standard Webhooks', () => {
  const body = Buffer.from('{"test": 2432232314}');
  const verified = (options: object, signature: string) => {
    const headers: Record<string, string> = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': signature,
    };
    return createVerifier({ ...options, now: () => 1_614_265_330_000 })((name) => headers[name], body);
  };

  it('are verified: v1', async () => {
    const options = { secrets: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
    expect(await verified(options, 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')).toMatchObject({
      ok: true,
    });
  });

  it('are verified: v1a', async () => {
    const seed = Buffer.from('VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=', 'base64');
    const { publicKey } = generateKeyPair(() => seed);
    const signature =
      'v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==';
    expect(await verified({ publicKeys: [publicKey] }, signature)).toMatchObject({ ok: true });
  });
});
