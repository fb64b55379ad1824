import fc from 'fast-check';
import { createHash, createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PRESETS } from '../presets/index.js';
import { SENDERS, token, type Key } from '../presets/senders.spec-data.js';
import { NOW, SOURCE_URL, vectorsOf } from '../presets/vectors.spec-data.js';
import type { InboundRequest } from './request.js';
import type { HmacScheme, JwtScheme, Scheme } from './scheme.js';
import type { Verification, VerificationContext } from './verification.js';
import { REFUSAL_STEPS } from './verification.js';
import { verify } from './verify.js';

const context: VerificationContext = { now: NOW, configuredUrl: SOURCE_URL };
const request = (part: Partial<InboundRequest> = {}): InboundRequest => ({
  method: 'POST',
  url: SOURCE_URL,
  headers: [],
  body: Buffer.from('{}'),
  ...part,
});
const hex = (key: string, ...parts: (string | Buffer)[]): string => {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest('hex');
};
const simple: HmacScheme = {
  kind: 'hmac',
  algorithm: 'sha256',
  signature: { header: 'X-Signature' },
  encoding: 'hex',
  over: '{body}',
};
const stepOf = (result: Verification): string => (result.kind === 'refused' ? result.step : result.kind);
const signed = (over: string, ...parts: (string | Buffer)[]): Verification =>
  verify({ ...simple, over }, request({ headers: [['X-Signature', hex('k', ...parts)]] }), ['k'], context);

describe('any request', () => {
  const names = fc.constantFrom(
    ...[...PRESETS.keys()].flatMap((name) => vectorsOf(name)[0]!.request.headers.map(([each]) => each)),
  );
  const values = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constantFrom(
      '',
      't=1,v1=aa',
      't=1796126400,v1=',
      'v1,AAAA',
      'Basic Og==',
      'Bearer a.b.c',
      'eyJhbGciOiJFUzI1NiJ9.e30.AAAA',
      'sha256=00',
    ),
  );
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    fc.constantFrom(...[...PRESETS.keys()].map((name) => vectorsOf(name)[0]!.request.body)),
  );
  const requests: fc.Arbitrary<InboundRequest> = fc.record({
    method: fc.oneof(fc.constantFrom('POST', 'GET'), fc.string()),
    url: fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string()),
    headers: fc.array(fc.tuple(fc.oneof(names, fc.string()), values), { maxLength: 8 }),
    body: bodies,
  });

  it('comes to a value for each preset, and a refusal never shows a secret', () => {
    const secrets = ['', 'sec_7f3a9b', 'whsec_c2VjX3ZlcnlfbG9uZ19zZWNyZXQ=', 'not-a-key:Zm9v'];
    fc.assert(
      fc.property(requests, fc.subarray(secrets), (sent, given) => {
        for (const { scheme } of PRESETS.values()) {
          const result = verify(scheme, sent, given, context);
          expect(['refused', 'needs_key']).toContain(result.kind);
          if (result.kind !== 'refused') continue;
          expect(REFUSAL_STEPS).toContain(result.step);
          expect(result.detail).toMatch(/^[A-Z].*\.$/s);
          for (const secret of given) if (secret !== '') expect(result.detail).not.toContain(secret);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('that was verified is refused once a byte of it changes, and never throws', () => {
    const presets = [...PRESETS.keys()].filter((name) => SENDERS[name]!.covers === undefined);
    fc.assert(
      fc.property(
        fc.constantFrom(...presets),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (name, at, change) => {
          const { request: good, secrets, context: given } = vectorsOf(name)[0]!;
          const body = Buffer.from(good.body);
          body[at % body.length]! ^= change;
          const result = verify(PRESETS.get(name)!.scheme, { ...good, body }, secrets, given);
          // Two spellings of a form can have the same fields.
          if (name !== 'twilio' && name !== 'mandrill') expect(result.kind).toBe('refused');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('that is signed by somebody else is refused without showing its signature', () => {
    for (const [name, { scheme }] of PRESETS) {
      const {
        request: sent,
        secrets,
        context: given,
      } = vectorsOf(name).find(({ title }) => title === 'wrong key')!;
      const result = verify(scheme, sent, secrets, given);
      const sentValues = sent.headers
        .filter(([header]) => /sig|hmac|token|auth/i.test(header))
        .map(([, value]) => value);
      const shown = sentValues.filter(
        (value) => 'detail' in result && value !== '' && result.detail.includes(value),
      );
      expect(shown, name).toEqual([]);
    }
  });
});

describe('secrets', () => {
  it('an empty one matches nothing', () => {
    expect(stepOf(signed('{body}', '{}'))).toBe('verified');
    const sent = request({ headers: [['X-Signature', hex('', '{}')]] });
    expect(stepOf(verify(simple, sent, [''], context))).toBe('secret_malformed');
    const open: Scheme = { kind: 'shared', value: { query: 'token' } };
    expect(stepOf(verify(open, request({ url: `${SOURCE_URL}?token=` }), [''], context))).toBe(
      'field_missing',
    );
    expect(stepOf(verify(open, request({ url: `${SOURCE_URL}?token=a` }), [''], context))).toBe(
      'secret_missing',
    );
  });

  it('one that cannot be decoded does not hide another that fits', () => {
    const scheme: HmacScheme = { ...simple, secret: { encoding: 'hex' } };
    const key = Buffer.from('00ff', 'hex');
    const signature = createHmac('sha256', key).update('{}').digest('hex');
    const sent = request({ headers: [['X-Signature', signature]] });
    expect(verify(scheme, sent, ['no hex', '00ff'], context)).toEqual({ kind: 'verified', secretIndex: 1 });
    expect(stepOf(verify(scheme, sent, ['no hex'], context))).toBe('secret_malformed');
  });

  it('one with letters outside ASCII fits the bytes of a header', () => {
    const open: Scheme = { kind: 'shared', value: { header: 'X-Token' } };
    const value = Buffer.from('schlüssel').toString('latin1');
    expect(verify(open, request({ headers: [['x-token', value]] }), ['schlüssel'], context).kind).toBe(
      'verified',
    );
  });

  it('a shared one is found in a query and in a form, each given once', () => {
    const query: Scheme = { kind: 'shared', value: { query: 'token' } };
    const form: Scheme = { kind: 'shared', value: { form: 'token' } };
    const inQuery = (text: string): string =>
      stepOf(verify(query, request({ url: `${SOURCE_URL}${text}` }), ['a b'], context));
    const inForm = (text: string): string =>
      stepOf(verify(form, request({ body: Buffer.from(text) }), ['a b'], context));
    expect(inQuery('?x=1&token=a%20b#token=c')).toBe('verified');
    expect(inQuery('?token=a+b&token=a+b')).toBe('field_repeated');
    expect(inQuery('')).toBe('field_missing');
    expect(inForm('token=a+b')).toBe('verified');
    expect(inForm('token=a&token=b')).toBe('field_repeated');
    expect(inForm('')).toBe('field_missing');
  });

  it('Basic is not split at a colon of the password, and must be base64', () => {
    const scheme = PRESETS.get('postmark')!.scheme;
    const sent = (value: string): InboundRequest => request({ headers: [['Authorization', value]] });
    const basic = Buffer.from('user:pa:ss').toString('base64');
    expect(stepOf(verify(scheme, sent(`bAsIc  ${basic}`), ['user:pa:ss'], context))).toBe('verified');
    expect(stepOf(verify(scheme, sent('Basic ?'), ['user:pa:ss'], context))).toBe('signature_malformed');
    expect(stepOf(verify(scheme, sent(`Bearer ${basic}`), ['user:pa:ss'], context))).toBe(
      'signature_malformed',
    );
  });
});

describe('what is signed', () => {
  it('may be put together from each part of a request', () => {
    const id: HmacScheme = { ...simple, over: '{id}', id: { body: '/id' } };
    const sent = request({ headers: [['X-Signature', hex('k', 'ä')]], body: Buffer.from('{"id":"ä"}') });
    expect(verify(id, sent, ['k'], context).kind).toBe('verified');
    expect(signed('{method} {url}', `POST ${SOURCE_URL}`).kind).toBe('verified');
    expect(signed('{body:/none}{line:/none}!', '!').kind).toBe('verified');
    expect(stepOf(signed('{header:X-Id}', ''))).toBe('header_missing');
    expect(stepOf(signed('{option:site}', ''))).toBe('option_missing');
    expect(stepOf(signed('{form}', ''))).toBe('field_missing');
  });

  it('needs its id', () => {
    const id: HmacScheme = { ...simple, over: '{id}', id: { header: 'X-Id' } };
    expect(stepOf(verify(id, request({ headers: [['X-Signature', hex('k', '')]] }), ['k'], context))).toBe(
      'header_missing',
    );
  });

  it('is chosen by a text of the request, and nothing else is accepted', () => {
    const scheme: HmacScheme = { ...simple, over: { by: { header: 'X-Version' }, when: { '1': '{body}' } } };
    const sent = (version?: string): InboundRequest =>
      request({
        headers: [['X-Signature', hex('k', '{}')], ...(version ? [['X-Version', version] as const] : [])],
      });
    expect(stepOf(verify(scheme, sent('1'), ['k'], context))).toBe('verified');
    expect(stepOf(verify(scheme, sent('constructor'), ['k'], context))).toBe('signature_malformed');
    expect(stepOf(verify(scheme, sent(), ['k'], context))).toBe('header_missing');
  });
});

describe('signatures', () => {
  it.each([
    [20, '20 bytes'],
    [1, '1 byte'],
  ])('of another length name the algorithm: %s', (bytes, text) => {
    const sent = request({ headers: [['X-Signature', 'ab'.repeat(bytes)]] });
    expect(verify(simple, sent, ['k'], context)).toMatchObject({
      step: 'signature_malformed',
      detail: `The signature has ${text}; HMAC with sha256 has 32.`,
    });
  });

  it('of one item of several are refused: the others are not signed', () => {
    const vector = vectorsOf('adyen')[0]!;
    const document = JSON.parse(vector.request.body.toString()) as { notificationItems: unknown[] };
    document.notificationItems.push({ NotificationRequestItem: { pspReference: 'forged' } });
    const sent = { ...vector.request, body: Buffer.from(JSON.stringify(document)) };
    expect(stepOf(verify(PRESETS.get('adyen')!.scheme, sent, vector.secrets, context))).toBe(
      'field_repeated',
    );
  });

  it('may be 16 in a list, not 17', () => {
    const scheme: HmacScheme = { ...simple, signature: { header: 'X-Signature', itemSep: ' ' } };
    const list = (count: number): InboundRequest =>
      request({
        headers: [['X-Signature', [...Array<string>(count).fill('00'.repeat(32)), hex('k', '{}')].join(' ')]],
      });
    expect(stepOf(verify(scheme, list(15), ['k'], context))).toBe('verified');
    expect(stepOf(verify(scheme, list(16), ['k'], context))).toBe('signature_malformed');
  });

  it('with a timestamp that is none, or missing, are refused before they are compared', () => {
    const scheme: HmacScheme = {
      ...simple,
      timestamp: { from: { header: 'X-Time' }, unit: 's', toleranceS: 300 },
    };
    const sent = (...headers: [string, string][]): InboundRequest =>
      request({ headers: [['X-Signature', hex('k', '{}')], ...headers] });
    expect(verify(scheme, sent(['X-Time', '12:00']), ['k'], context)).toMatchObject({
      step: 'timestamp_malformed',
      detail: 'The header X-Time is not a time in seconds since 1970.',
    });
    expect(stepOf(verify(scheme, sent(), ['k'], context))).toBe('header_missing');
  });

  it('with two timestamps are refused: it is open which one is signed', () => {
    const { scheme } = PRESETS.get('stripe')!;
    const sent = request({ headers: [['Stripe-Signature', `t=1,t=2,v1=${'00'.repeat(32)}`]] });
    expect(verify(scheme, sent, ['k'], context)).toMatchObject({
      step: 'field_repeated',
      detail: 'The field t of the header Stripe-Signature is given 2 times, but it must be given once.',
    });
  });

  it('are checked with the tolerance of the source, which also switches a check on', () => {
    const { scheme } = PRESETS.get('discord')!;
    const { keys, sign } = SENDERS['discord']!;
    const at = new Date(NOW.getTime() - 412_000);
    const sent = request(sign({ key: keys.now, id: 'a', at, body: Buffer.from('{}'), url: SOURCE_URL }));
    expect(stepOf(verify(scheme, sent, [keys.now.secret], context))).toBe('verified');
    const strict = { ...context, options: { toleranceS: 60 } };
    expect(verify(scheme, sent, [keys.now.secret], strict)).toMatchObject({
      step: 'timestamp_old',
      detail: 'The timestamp is 412 s old; allowed are ±60 s.',
    });
  });
});

describe('Twilio', () => {
  const { scheme } = PRESETS.get('twilio')!;
  const sha1 = (text: string): string => createHmac('sha1', 'k').update(text).digest('base64');
  const body = Buffer.from('{"a":1}');
  const digest = createHash('sha256').update(body).digest('hex');
  const at = (url: string, signedUrl = url, part: Partial<InboundRequest> = {}): Verification =>
    verify(
      scheme,
      request({ url, body, headers: [['X-Twilio-Signature', sha1(signedUrl)]], ...part }),
      ['k'],
      context,
    );

  it('signs the hash of a JSON body in the query', () => {
    expect(stepOf(at(`${SOURCE_URL}?bodySHA256=${digest}`))).toBe('verified');
    expect(stepOf(at(`${SOURCE_URL}?bodySHA256=${'0'.repeat(64)}`))).toBe('body_differs');
  });

  it('does not cover a JSON body without such a hash', () => {
    expect(stepOf(at(SOURCE_URL))).toBe('field_missing');
    expect(stepOf(at(SOURCE_URL, SOURCE_URL, { body: Buffer.alloc(0) }))).toBe('verified');
  });

  it('signs a form of many fields, each of which is read once', () => {
    const fields = Array.from({ length: 150_000 }, (_, each) => `f${each}`).sort();
    const form = { body: Buffer.from(fields.join('&')), headers: [] as [string, string][] };
    const signature = sha1(SOURCE_URL + fields.join(''));
    form.headers.push(
      ['Content-Type', 'application/x-www-form-urlencoded'],
      ['X-Twilio-Signature', signature],
    );
    expect(stepOf(at(SOURCE_URL, SOURCE_URL, form))).toBe('verified');
  });

  it('may sign with SHA-256, as another header says', () => {
    const signature = createHmac('sha256', 'k').update(SOURCE_URL).digest('base64');
    const withAlgorithm = (algorithm: string): Verification =>
      at(SOURCE_URL, SOURCE_URL, {
        body: Buffer.alloc(0),
        headers: [
          ['X-Twilio-Webhooks-Signature-Settings', `key=webhooks_sharedkey_1,algorithm=${algorithm}`],
          ['X-Twilio-Signature', signature],
        ],
      });
    expect(stepOf(withAlgorithm('HMAC_SHA256'))).toBe('verified');
    expect(stepOf(withAlgorithm('HMAC_SHA1'))).toBe('signature_malformed');
    expect(stepOf(withAlgorithm('HMAC_MD5'))).toBe('signature_malformed');
  });

  it('may sign the URL with or without its port', () => {
    const nothing = { body: Buffer.alloc(0) };
    expect(stepOf(at('https://a.example/x', 'https://a.example:443/x', nothing))).toBe('verified');
    expect(stepOf(at('https://a.example:8443/x', 'https://a.example/x', nothing))).toBe('verified');
    expect(stepOf(at('http://a.example/x', 'http://a.example:80/x', nothing))).toBe('verified');
  });
});

describe('a key that is fetched', () => {
  const good = (name: string) => vectorsOf(name)[0]!;
  const withHeader = (sent: InboundRequest, name: string, value: string): InboundRequest => ({
    ...sent,
    headers: sent.headers.map(([each, was]) => (each === name ? [each, value] : [each, was])),
  });

  it('is asked for by its URL, with the hosts that are pinned', () => {
    const { request: sent, context: given } = good('paypal');
    const result = verify(PRESETS.get('paypal')!.scheme, sent, [], { ...given, keys: new Map() });
    expect(result).toEqual({
      kind: 'needs_key',
      url: 'https://api.paypal.com/v1/notifications/certs/CERT-evt_1',
      form: 'certificate',
      hosts: ['*.paypal.com', '*.sandbox.paypal.com'],
    });
  });

  it.each([
    'https://api.paypal.com.evil.example/cert',
    'https://evil.example/api.paypal.com',
    'http://api.paypal.com/cert',
    'https://api.paypal.com:8443/cert',
    'https://user@api.paypal.com/cert',
    'https://paypal.com.',
    'nonsense',
  ])('is not asked for at %s', (url) => {
    const { request: sent, context: given } = good('paypal');
    const result = verify(PRESETS.get('paypal')!.scheme, withHeader(sent, 'PAYPAL-CERT-URL', url), [], given);
    expect(stepOf(result)).toBe('key_refused');
  });

  it('must be a certificate that is valid now', () => {
    const { request: sent, context: given } = good('paypal');
    const { scheme } = PRESETS.get('paypal')!;
    const url = [...given.keys!.keys()][0]!;
    expect(stepOf(verify(scheme, sent, [], { ...given, keys: new Map([[url, 'no certificate']]) }))).toBe(
      'key_malformed',
    );
    expect(stepOf(verify(scheme, sent, [], { ...given, now: new Date('2020-01-01') }))).toBe('key_refused');
  });

  it('must come with the algorithm and URL that the scheme knows', () => {
    const { request: sent, context: given } = good('paypal');
    const { scheme } = PRESETS.get('paypal')!;
    expect(stepOf(verify(scheme, withHeader(sent, 'PAYPAL-AUTH-ALGO', 'MD5'), [], given))).toBe(
      'signature_malformed',
    );
    const without = { ...sent, headers: sent.headers.filter(([name]) => name !== 'PAYPAL-CERT-URL') };
    expect(stepOf(verify(scheme, without, [], given))).toBe('header_missing');
  });

  it('of Amazon SNS belongs to the topic of the source, if it names one', () => {
    const { request: sent, context: given } = good('sns');
    const at = (topicArn: string): string =>
      stepOf(verify(PRESETS.get('sns')!.scheme, sent, [], { ...given, options: { values: { topicArn } } }));
    expect(at('arn:aws:sns:us-west-2:123456789012:MyTopic')).toBe('verified');
    expect(at('arn:aws:sns:us-west-2:999999999999:MyTopic')).toBe('option_differs');
    expect(at('')).toBe('verified');
  });

  it('of Amazon SNS signs confirmations, and version 1 with SHA-1', () => {
    const { keys } = SENDERS['sns']!;
    const fields: Record<string, string> = {
      Message: 'Confirm',
      MessageId: 'm',
      SubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?a=1',
      Timestamp: NOW.toISOString(),
      Token: 't',
      TopicArn: 'arn',
      Type: 'SubscriptionConfirmation',
    };
    const text = Object.entries(fields)
      .map(([name, value]) => `${name}\n${value}\n`)
      .join('');
    const Signature = signBytes('sha1', Buffer.from(text), keys.now.private!).toString('base64');
    const SigningCertURL = 'https://sns.eu-west-1.amazonaws.com/a.pem';
    const body = Buffer.from(JSON.stringify({ ...fields, SignatureVersion: '1', Signature, SigningCertURL }));
    const given = { ...context, keys: new Map([[SigningCertURL, keys.now.fetched!]]) };
    expect(stepOf(verify(PRESETS.get('sns')!.scheme, request({ body }), [], given))).toBe('verified');
    const expecting = PRESETS.get('sns')!.scheme;
    const noTopic = { ...expecting, expected: { from: { body: '/None' }, option: 'topicArn' } } as Scheme;
    expect(
      stepOf(verify(noTopic, request({ body }), [], { ...given, options: { values: { topicArn: 'arn' } } })),
    ).toBe('field_missing');
  });

  it('of a key set is found by its id', () => {
    const { request: sent, context: given } = good('google-pubsub');
    const url = 'https://www.googleapis.com/oauth2/v3/certs';
    const at = (text: string): string =>
      stepOf(
        verify(PRESETS.get('google-pubsub')!.scheme, sent, [], { ...given, keys: new Map([[url, text]]) }),
      );
    expect(at('{"keys":[{"kid":"other"}]}')).toBe('key_malformed');
    expect(at('{"keys":[{"kid":"g1","kty":"nonsense"}]}')).toBe('key_malformed');
    expect(at('no JSON')).toBe('key_malformed');
    expect(at(given.keys!.get(url)!)).toBe('verified');
  });
});

describe('a token', () => {
  const scheme: JwtScheme = {
    kind: 'jwt',
    token: { header: 'X-Jwt' },
    algorithms: ['HS256', 'HS384', 'ES256', 'RS256', 'EdDSA'],
  };
  const key: Key = { secret: 'k' };
  const sent = (text: string): InboundRequest => request({ headers: [['X-Jwt', text]] });
  const step = (text: string, changed: Partial<JwtScheme> = {}, secrets = ['k'], options = {}): string =>
    stepOf(verify({ ...scheme, ...changed }, sent(text), secrets, { ...context, options }));
  const now = Math.floor(NOW.getTime() / 1000);
  const of = (claims: Record<string, unknown>, header: Record<string, unknown> = { alg: 'HS256' }): string =>
    token(key, header, claims);

  it.each([
    'a.b',
    'a.b.c.d',
    '.e30.AAAA',
    'e30.e30.AAAA',
    `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${Buffer.from('1').toString('base64url')}.AAAA`,
  ])('%s is none', (text) => expect(step(text)).toBe('signature_malformed'));

  it('without signature, or with an algorithm that the provider does not use, is refused', () => {
    expect(step(`${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.AAAA`)).toBe('token_refused');
    expect(step(of({}, { alg: 'HS512' }))).toBe('token_refused');
  });

  it('is never verified with a public key as shared secret', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
    const jwk = JSON.stringify(publicKey.export({ format: 'jwk' }));
    for (const secret of [pem, jwk, ' {"kty":"broken"}', '-----BEGIN nonsense']) {
      expect(step(token({ secret }, { alg: 'HS256' }, {}), {}, [secret])).toBe('secret_malformed');
    }
    expect(step(of({}), {}, ['', 'k'])).toBe('verified');
    expect(step(of({}), {}, [''])).toBe('secret_missing');
  });

  it('signed by a key needs a key of its kind', () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const other = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const ed = generateKeyPairSync('ed25519');
    const pem = (half: typeof ec.publicKey): string =>
      half.export({ format: 'pem', type: 'spki' }).toString();
    const es = token({ secret: '', private: ec.privateKey }, { alg: 'ES256' }, {});
    const eddsa = token({ secret: '', private: ed.privateKey }, { alg: 'EdDSA' }, {});
    expect(step(es, {}, [pem(ec.publicKey)])).toBe('verified');
    expect(step(es, {}, [pem(other.publicKey)])).toBe('signature_mismatch');
    expect(step(es, {}, [pem(ed.publicKey)])).toBe('signature_mismatch');
    expect(step(eddsa, {}, [pem(ed.publicKey)])).toBe('verified');
    expect(step(eddsa, {}, [pem(ec.publicKey)])).toBe('signature_mismatch');
    expect(step(es, {}, ['k'])).toBe('secret_malformed');
    const rs = token(SENDERS['google-pubsub']!.keys.now, { alg: 'RS256' }, {});
    expect(step(rs, {}, [pem(ec.publicKey)])).toBe('signature_mismatch');
  });

  it('has an issuer, an audience and times that are checked', () => {
    expect(step(of({ iss: 'a' }), { issuers: ['a', 'b'] })).toBe('verified');
    expect(step(of({ iss: 'c' }), { issuers: ['a', 'b'] })).toBe('token_refused');
    const audience = { audienceOption: 'audience' };
    expect(step(of({ aud: 'me' }), audience, ['k'], { values: { audience: 'me' } })).toBe('verified');
    expect(step(of({ aud: ['you', 'me'] }), audience, ['k'], { values: { audience: 'me' } })).toBe(
      'verified',
    );
    expect(step(of({ aud: 'you' }), audience, ['k'], { values: { audience: 'me' } })).toBe('option_differs');
    expect(step(of({ aud: 'you' }), audience)).toBe('option_missing');
    expect(step(of({ exp: now - 59 }))).toBe('verified');
    expect(step(of({ exp: now - 61 }))).toBe('timestamp_old');
    expect(step(of({ exp: 'tomorrow' }))).toBe('timestamp_old');
    expect(step(of({ nbf: now + 59 }))).toBe('verified');
    expect(step(of({ nbf: now + 61 }))).toBe('timestamp_future');
    expect(step(of({ iat: now - 301 }), { maxAgeS: 300 })).toBe('timestamp_old');
    expect(step(of({ iat: now - 301 }), { maxAgeS: 300 }, ['k'], { toleranceS: 400 })).toBe('verified');
    expect(step(of({}), { maxAgeS: 300 })).toBe('field_missing');
  });

  it('has the hash of the body', () => {
    const bodyHash = { claim: 'sha256', encoding: 'hex' } as const;
    const sha256 = createHash('sha256').update('{}').digest('hex');
    expect(step(of({ sha256 }), { bodyHash })).toBe('verified');
    expect(step(of({ sha256: sha256.slice(2) }), { bodyHash })).toBe('body_differs');
    expect(step(of({ sha256: '?' }), { bodyHash })).toBe('body_differs');
    expect(step(of({ sha256: 1 }), { bodyHash })).toBe('field_missing');
  });
});
