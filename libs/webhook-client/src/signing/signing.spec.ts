import { spawnSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { decodeSecret } from '@breakwater/platform';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { requestTo, SECRET } from '../fixtures/client.fixture.js';
import { generateKeyPair } from './key-pair.js';
import { buildHeaders } from './request-headers.js';
import { sign, signBody } from './sign.js';

const key = decodeSecret(SECRET)!;

describe('a signature', () => {
  it('is the one of the specification’s example', () => {
    const example = decodeSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')!;
    const body = Buffer.from('{"test": 2432232314}');
    expect(sign('msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, body, [example])).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  it('equals the standardwebhooks package for every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat({ max: 4e9 }), (text, timestampS) => {
        const theirs = new Webhook(SECRET).sign('msg_1', new Date(timestampS * 1000), text);
        expect(sign('msg_1', timestampS, Buffer.from(text), [key])).toBe(theirs);
      }),
    );
  });

  it('covers the raw bytes also when they are no text', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const signed = Buffer.concat([Buffer.from('msg_1.1.'), bytes]);
        const expected = createHmac('sha256', key).update(signed).digest('base64');
        expect(sign('msg_1', 1, bytes, [key])).toBe(`v1,${expected}`);
      }),
    );
  });

  it('is never made without a key', () => {
    expect(() => sign('msg_1', 1, Buffer.alloc(0), [])).toThrowError(RangeError);
  });

  it('of the legacy kind is the hex HMAC of the body alone', () => {
    expect(signBody(Buffer.from('what do ya want for nothing?'), Buffer.from('Jefe'))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843', // RFC 4231, test case 2
    );
  });
});

describe('the headers of a call', () => {
  const settings = { userAgent: 'Breakwater/test', legacySignatureHeaders: true };
  const build = (more: object, now = new Date(1614265330_999)) => {
    const built = buildHeaders(requestTo('https://example.com/', more), settings, now);
    if (!built.ok) throw new Error(built.code);
    const pairs: [string, string][] = [];
    for (let i = 0; i < built.headers.length; i += 2) pairs.push([built.headers[i]!, built.headers[i + 1]!]);
    return Object.fromEntries(pairs);
  };

  it('keep id and body signature over attempts and renew the timestamp', () => {
    const first = build({ attempt: 1 });
    const second = build({ attempt: 2 }, new Date(1614265390_000));
    expect(first['webhook-timestamp']).toBe('1614265330');
    expect(second['webhook-timestamp']).toBe('1614265390');
    expect(second['webhook-id']).toBe(first['webhook-id']);
    expect(second['X-Webhook-Signature']).toBe(first['X-Webhook-Signature']);
    expect(second['webhook-signature']).not.toBe(first['webhook-signature']);
    expect([first['X-Webhook-Attempt'], second['X-Webhook-Attempt']]).toEqual(['1', '2']);
  });

  const body = Buffer.from('{"n": 1.0, "text": "Z\u00fcrich"}');
  const legacy = [
    ['capability', 'X-Platform-Signature'],
    ['event', 'X-Webhook-Signature'],
  ] as const;

  it.each(legacy)('of kind %s carry %s, keyed with the text of the newest secret', (kind, name) => {
    const older = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
    const expected = createHmac('sha256', SECRET).update(body).digest('hex');
    expect(build({ kind, body, secrets: [SECRET, older] })[name]).toBe(expected);
  });

  // CI has python3, and fails without it.
  it.skipIf(!process.env['CI'] && spawnSync('python3', ['--version']).status !== 0)(
    'verify with the lines of Python that receivers have (needs python3)',
    () => {
      const lines = [
        'import hashlib, hmac, sys',
        'secret, signature = sys.argv[1:3]',
        'body = sys.stdin.buffer.read()',
        'expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()',
        'sys.exit(0 if hmac.compare_digest(expected, signature) else 1)',
      ];
      for (const [kind, name] of legacy) {
        const signature = build({ kind, body })[name]!;
        const run = (...args: string[]) =>
          spawnSync('python3', ['-c', lines.join('\n'), ...args], { input: body }).status;
        expect(run(SECRET, signature)).toBe(0);
        expect(run(SECRET.slice('whsec_'.length), signature)).toBe(1);
      }
    },
  );

  it('carry a signature of the secret and one of the private key, which the standardwebhooks package looks past', () => {
    const { privateKey } = generateKeyPair(randomBytes);
    const now = new Date();
    const headers = build({ secrets: [SECRET, privateKey] }, now);
    expect(headers['webhook-signature']).toMatch(/^v1,\S{44} v1a,\S{88}$/);
    expect(() => new Webhook(SECRET).verify('{"hello":"world"}', headers)).not.toThrow();
    expect(headers['X-Webhook-Signature']).toBe(build({}, now)['X-Webhook-Signature']);
  });

  it('of a test say so, and the signature stays', () => {
    const { 'breakwater-test': test, ...others } = build({ test: { name: 'conformance' } });
    expect([test, others]).toEqual(['conformance', build({})]);
  });

  it('of a test without a signature have neither signature nor timestamp, but all others', () => {
    const all = build({ test: { name: 'conformance' }, customHeaders: { 'x-team': 'blue' } });
    const without = build({
      test: { name: 'conformance', signature: 'none' },
      customHeaders: { 'x-team': 'blue' },
    });
    const missing = Object.keys(all).filter((name) => !(name in without));
    expect(missing).toEqual(['webhook-timestamp', 'webhook-signature', 'X-Webhook-Signature']);
  });

  it('of a test with a cut signature have its first half only', () => {
    const whole = build({})['webhook-signature']!;
    const cut = build({ test: { name: 'conformance', signature: 'cut' } });
    expect(cut['webhook-signature']).toBe(whole.slice(0, 'v1,'.length + 22));
    expect(cut).not.toHaveProperty('X-Webhook-Signature');
  });

  it('of a test may have entries before the signature', () => {
    const { 'webhook-signature': signature } = build({
      test: { name: 'conformance', otherSignatures: 'v9,AAAA' },
    });
    expect(signature).toBe(`v9,AAAA ${build({})['webhook-signature']}`);
  });

  it.each([
    ['a damaged private key', [SECRET, 'whsk_AAAA'], 'SECRET_DAMAGED'],
    ['a damaged secret', ['whsec_AAAA'], 'SECRET_DAMAGED'],
    ['a private key alone', [generateKeyPair(randomBytes).privateKey], 'SECRET_MISSING'],
    ['no secret', [], 'SECRET_MISSING'],
  ])('are not made with %s', (_, secrets, code) => expect(() => build({ secrets })).toThrowError(code));

  it('judge one set of custom headers once and remember the verdict', () => {
    const customHeaders = { 'x-team': 'blue' };
    expect(build({ customHeaders })).toMatchObject(customHeaders);
    expect(build({ customHeaders })).toMatchObject(customHeaders);
    const refused = { host: 'x' };
    for (let i = 0; i < 2; i++)
      expect(() => build({ customHeaders: refused })).toThrowError('HEADER_REFUSED');
  });
});
