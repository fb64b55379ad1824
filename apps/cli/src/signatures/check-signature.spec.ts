import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { checkSignature, type SignatureVerdict } from './check-signature.js';
import { signatureBy, signingKey, type SigningKey } from './signing-key.js';

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const PRIVATE = `whsk_${Buffer.alloc(32, 1).toString('base64')}`;
const PUBLIC = 'whpk_iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=';
const NOW = 1_790_000_000;
const BODY = Buffer.from('{"a":1,"b":[1,2]}');
const key = signingKey(SECRET);

const signed = (body: Uint8Array, keys: SigningKey[] = [key], timestamp = String(NOW)) => ({
  'webhook-id': 'msg_1',
  'webhook-timestamp': timestamp,
  'webhook-signature': keys.map((each) => signatureBy(each, { id: 'msg_1', timestamp, body })).join(' '),
});
const check = (
  headers: Record<string, string>,
  body: Uint8Array = BODY,
  { keys = [key], nowS = NOW } = {},
): SignatureVerdict => checkSignature({ headers, body }, { keys, nowS, toleranceS: 300 });

describe('a signature', () => {
  it('fits its body and secret', () =>
    expect(check(signed(BODY))).toEqual({
      ok: true,
      verified: ['v1 by key 1 of 1'],
      reasons: [],
      hints: [],
    }));

  it('is the one of other people’s verifier, both ways', () => {
    const headers = signed(BODY);
    const now = String(Math.floor(Date.now() / 1000));
    expect(new Webhook(SECRET).verify(BODY.toString(), signed(BODY, [key], now))).toEqual({
      a: 1,
      b: [1, 2],
    });
    const theirs = new Webhook(SECRET).sign('msg_1', new Date(NOW * 1000), BODY.toString());
    expect(check({ ...headers, 'webhook-signature': theirs }).ok).toBe(true);
  });

  it('v1a fits a public key, and the private one', () => {
    const headers = signed(BODY, [signingKey(PRIVATE)]);
    expect(check(headers, BODY, { keys: [signingKey(PUBLIC)] }).verified).toEqual(['v1a by key 1 of 1']);
    expect(check(headers, BODY, { keys: [signingKey(PRIVATE)] }).ok).toBe(true);
  });

  it('of a rotated secret fits while it overlaps', () => {
    const older = signingKey(`whsec_${Buffer.alloc(24, 9).toString('base64')}`);
    expect(check(signed(BODY, [key, older]), BODY, { keys: [older] }).ok).toBe(true);
    expect(check(signed(BODY), BODY, { keys: [older, key] }).verified).toEqual(['v1 by key 2 of 2']);
  });

  it('of any body and id fits, and that of no other', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.integer({ min: 0, max: 255 }), (body, changed) => {
        const headers = signed(body);
        expect(check(headers, body).ok).toBe(true);
        const other = Uint8Array.from([...body, changed]);
        expect(check(headers, other).ok).toBe(false);
        expect(check({ ...headers, 'webhook-id': 'msg_2' }, body).ok).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});

describe('why not', () => {
  const reasons = (verdict: SignatureVerdict): string[] => verdict.reasons.map(({ rule }) => rule);
  const hints = (verdict: SignatureVerdict): string[] => verdict.hints.map(({ rule }) => rule);

  it.each([
    ['webhook-id', 'the header webhook-id is missing'],
    ['webhook-timestamp', 'the header webhook-timestamp is missing'],
    ['webhook-signature', 'the header webhook-signature is missing'],
  ])('no %s', (name, told) => {
    const verdict = check({ ...signed(BODY), [name]: '' });
    expect(reasons(verdict)).toEqual(['header_missing']);
    expect(verdict.reasons[0]!.message).toContain(told);
  });

  it.each([
    ['too old', String(NOW - 301), 'timestamp_old', '301 s ago'],
    ['of the future', String(NOW + 301), 'timestamp_early', '301 s in the future'],
    ['in milliseconds', `${NOW}000`, 'timestamp_invalid', 'in milliseconds'],
    ['no number', 'noon', 'timestamp_invalid', '"noon"'],
  ])('a time that is %s, though the signature fits', (_, timestamp, rule, told) => {
    const verdict = check(signed(BODY, [key], timestamp));
    expect([verdict.ok, reasons(verdict), verdict.verified]).toEqual([false, [rule], ['v1 by key 1 of 1']]);
    expect(verdict.reasons[0]!.message).toContain(told);
  });

  it.each([String(NOW - 300), String(NOW + 300)])('not at the edge of the window: %s', (timestamp) =>
    expect(check(signed(BODY, [key], timestamp)).ok).toBe(true),
  );

  it.each([
    ['another version only', 'v2,abc', [key], 'no_signature'],
    ['an empty list', ' ', [key], 'no_signature'],
    ['a wrong signature', 'v1,abc', [key], 'signature_wrong'],
    ['v1a without its public key', 'v1a,abc', [key], 'key_missing'],
    ['v1 without a secret', 'v1,abc', [signingKey(PUBLIC)], 'key_missing'],
  ])('%s', (_, signature, keys, rule) =>
    expect(reasons(check({ ...signed(BODY), 'webhook-signature': signature }, BODY, { keys }))).toEqual([
      rule,
    ]),
  );

  const text = BODY.toString();
  it.each([
    ['a line break at the end of the file', text, `${text}\n`, 'write the file without one'],
    ['a line break that is missing', `${text}\n`, text, 'is missing here'],
    ['line breaks that became CR LF', '{\n}', '{\r\n}', 'changed to CR LF'],
    ['line breaks that became LF', '{\r\n}', '{\n}', 'changed to LF'],
    ['a byte order mark', text, `\ufeff${text}`, 'byte order mark'],
    ['JSON that was printed again', '{"a":1, "b": [1,2]}', text, undefined],
    ['JSON that was printed with spaces', text, '{ "a": 1, "b": [1, 2] }', 'parsed and printed again'],
    [
      'JSON that was made compact, from Python',
      '{"a": 1, "b": [1, 2], "c": null}',
      '{"a":1,"b":[1,2],"c":null}',
      'parsed and printed again',
    ],
    ['JSON that was made compact', '{\n  "a": 1\n}', '{"a":1}', 'parsed and printed again'],
  ])('%s', (_, sent, received, told) => {
    const verdict = check(signed(Buffer.from(sent)), Buffer.from(received));
    expect(reasons(verdict)).toEqual(['signature_wrong']);
    expect(verdict.hints[0]?.message).toEqual(told === undefined ? undefined : expect.stringContaining(told));
  });

  it('an empty body', () => expect(hints(check(signed(BODY), Buffer.alloc(0)))).toEqual(['body_empty']));

  it('a body that is no JSON', () => expect(hints(check(signed(BODY), Buffer.from('nothing')))).toEqual([]));

  it.each([SECRET, SECRET.slice(6)])('a secret that was not decoded: %s', (used) => {
    const content = Buffer.concat([Buffer.from(`msg_1.${NOW}.`), BODY]);
    const signature = `v1,${createHmac('sha256', used).update(content).digest('base64')}`;
    expect(hints(check({ ...signed(BODY), 'webhook-signature': signature }))).toEqual(['secret_not_decoded']);
  });

  it.each([
    ['x-platform-signature', BODY, 'headers_changed'],
    ['x-webhook-signature', Buffer.from('other'), 'body_or_secret'],
  ])('tells by %s which part is another one', (name, body, rule) => {
    const legacy = createHmac('sha256', SECRET).update(BODY).digest('hex');
    const headers = { ...signed(BODY), 'webhook-signature': 'v1,abc', [name]: `sha256=${legacy}` };
    expect(hints(check(headers, body))).toEqual([rule]);
    expect(hints(check({ [name]: legacy }, body))).toEqual([rule]);
  });
});

describe('a key', () => {
  it.each([
    ['something else', 'secret', 'begins with whsec_'],
    ['cut', `${SECRET}x`, 'is not base64'],
    ['with a space', 'whsec_AAAA AAAA', 'is not base64'],
    ['empty', 'whsec_', 'is not base64'],
    ['too short', `whpk_${Buffer.alloc(31).toString('base64')}`, '31 bytes in place of 32'],
  ])('that is %s is refused', (_, text, told) => {
    expect(() => signingKey(text)).toThrow(told);
    expect(() => signingKey(text)).not.toThrow(text.slice(7) || 'nothing');
  });

  it('that is public signs nothing', () =>
    expect(() => signatureBy(signingKey(PUBLIC), { id: 'a', timestamp: '1', body: BODY })).toThrow(
      'only verifies',
    ));
});
