import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PRESETS } from '../presets/index.js';
import { NOW, SOURCE_URL, vectorsOf } from '../presets/vectors.spec-data.js';
import { EXPLAINED_BODY_MAX_BYTES } from './explain.js';
import type { InboundRequest } from './request.js';
import type { HmacScheme, Scheme } from './scheme.js';
import { verify } from './verify.js';

const context = { now: NOW, configuredUrl: SOURCE_URL };
const simple: HmacScheme = {
  kind: 'hmac',
  algorithm: 'sha256',
  signature: { header: 'X-Signature' },
  encoding: 'hex',
  over: '{body}',
};
const hex = (key: string | Buffer, text: string | Buffer): string =>
  createHmac('sha256', key).update(text).digest('hex');
const request = (part: Partial<InboundRequest>): InboundRequest => ({
  method: 'POST',
  url: SOURCE_URL,
  headers: [],
  body: Buffer.alloc(0),
  ...part,
});
const detailOf = (scheme: Scheme, sent: InboundRequest, secrets = ['k'], more = {}): string => {
  const result = verify(scheme, sent, secrets, { ...context, ...more });
  return result.kind === 'refused' ? result.detail : result.kind;
};

describe('a header that is missing', () => {
  it('is named, with the preset that the given header belongs to', () => {
    const headers = [
      ['User-Agent', 'x'],
      ['stripe-signature', 't=1,v1=00'],
    ] as const;
    expect(detailOf(PRESETS.get('github')!.scheme, request({ headers }))).toBe(
      'The header X-Hub-Signature-256 is missing. The request has the header stripe-signature, which belongs to the preset stripe.',
    );
  });

  it('may belong to several presets', () => {
    const headers = [['X-Hub-Signature', 'sha256=00']] as const;
    expect(detailOf(PRESETS.get('github')!.scheme, request({ headers }))).toContain(
      'belongs to the preset bitbucket or intercom or jira or snyk or websub.',
    );
  });

  it('is named alone where the request has nothing like it', () => {
    const headers = [['Authorization', 'Bearer x']] as const;
    expect(detailOf(PRESETS.get('box')!.scheme, request({ headers }))).toBe(
      'The header BOX-SIGNATURE-PRIMARY or BOX-SIGNATURE-SECONDARY is missing.',
    );
  });

  it('is not said to belong to another preset when it is the own one without its field', () => {
    const headers = [['Stripe-Signature', 't=1']] as const;
    expect(detailOf(PRESETS.get('stripe')!.scheme, request({ headers }))).toBe(
      'The field v1 of the header Stripe-Signature is missing.',
    );
  });
});

describe('a time that is refused', () => {
  it.each([
    ['stale', 'stripe', 'The timestamp is 330 s old; allowed are ±300 s.'],
    ['future', 'stripe', 'The timestamp is 330 s in the future; allowed are ±300 s.'],
    [
      'future',
      'elevenlabs',
      'The timestamp is 330 s in the future; allowed are 1800 s in the past and 300 s in the future.',
    ],
  ])('is reported in seconds: %s, %s', (title, name, detail) => {
    const vector = vectorsOf(name).find((each) => each.title === title)!;
    const result = verify(PRESETS.get(name)!.scheme, vector.request, vector.secrets, vector.context);
    expect(result).toMatchObject({ kind: 'refused', detail });
  });
});

describe('a body that was changed on the way', () => {
  const compact = '{"a":"é/","b":[1,{}],"c":null}';
  const pretty = JSON.stringify(JSON.parse(compact), null, 2);
  const rewritten = 'its JSON was parsed and written again, with other blanks or escapes';

  it.each([
    ['a line break added', 'a=1', 'a=1\n', 'a line break was added at the end'],
    ['a line break removed', 'a=1\n', 'a=1', 'the line break at its end was removed'],
    ['CRLF at the end removed', 'a=1\r\n', 'a=1', 'the line break at its end was removed'],
    ['blanks added', 'a=1', ' a=1 ', 'blanks were added around it'],
    ['LF made CRLF', 'a\nb', 'a\r\nb', 'its line breaks were changed to CRLF'],
    ['CRLF made LF', 'a\r\nb', 'a\nb', 'its line breaks were changed to LF'],
    ['a byte order mark', 'a=1', '\ufeffa=1', 'a byte order mark was added'],
    [
      'latin-1 read, UTF-8 written',
      Buffer.from('é', 'latin1'),
      'é',
      'it was read as latin-1 and written as UTF-8',
    ],
    [
      'UTF-8 read, latin-1 written',
      'é',
      Buffer.from('é', 'latin1'),
      'it was read as UTF-8 and written as latin-1',
    ],
    ['no body when it was signed', '', 'a=1', 'it fits an empty body'],
    ['JSON made pretty', compact, pretty, rewritten],
    ['pretty JSON made compact', pretty, compact, rewritten],
    ['JSON with 4 blanks made compact', JSON.stringify(JSON.parse(compact), null, 4), compact, rewritten],
    ["Python's blanks removed", '{"a": "é/", "b": [1, {}], "c": null}', compact, rewritten],
    ["Python's escapes removed", '{"a": "\\u00e9/", "b": [1, {}], "c": null}', compact, rewritten],
    ['escapes removed', '{"a":"\\u00e9/","b":[1,{}],"c":null}', compact, rewritten],
    ["PHP's escapes removed", '{"a":"é\\/","b":[1,{}],"c":null}', compact, rewritten],
    ["PHP's usual escapes removed", '{"a":"\\u00e9\\/","b":[1,{}],"c":null}', compact, rewritten],
  ])('%s is found', (_, signed, arrived, cause) => {
    const headers = [['X-Signature', hex('k', signed)]] as const;
    const detail = detailOf(simple, request({ headers, body: Buffer.from(arrived) }));
    expect(detail).toContain('The signature does not match. It fits another spelling of the body: ');
    expect(detail).toContain(cause);
  });

  it('is found for a token with the hash of the body, too', () => {
    const vector = vectorsOf('netlify').find(({ title }) => title === 'good')!;
    const { scheme } = PRESETS.get('netlify')!;
    const body = vector.request.body.subarray(0, -1);
    expect(detailOf(scheme, { ...vector.request, body }, vector.secrets)).toContain(
      'line break at its end was removed',
    );
  });

  it.each([
    ['it is nested too deeply', '['.repeat(30_000) + ']'.repeat(30_000)],
    [
      'a text in it seems to close its levels',
      `["${']'.repeat(9_999)}",${'['.repeat(9_999)}${']'.repeat(9_999)}]`,
    ],
  ])('is not spelt otherwise when %s', (_, text) => {
    const body = Buffer.from(text);
    const headers = [['X-Signature', hex('other', body)]] as const;
    expect(detailOf(simple, request({ headers, body }))).toContain('The secret is another one');
  });

  it('is not examined beyond 64 KiB', () => {
    const body = Buffer.alloc(EXPLAINED_BODY_MAX_BYTES + 1, 'a');
    const headers = [['X-Signature', hex('other', body)]] as const;
    expect(detailOf(simple, request({ headers, body }))).toBe(
      'The signature does not match. Why is not examined for bodies over 65536 bytes.',
    );
    const token = vectorsOf('netlify').find(({ title }) => title === 'good')!;
    expect(detailOf(PRESETS.get('netlify')!.scheme, { ...token.request, body }, token.secrets)).toBe(
      'The claim sha256 is not the SHA-256 of the body that arrived.',
    );
  });
});

describe('a URL that differs from the configured one', () => {
  const { scheme } = PRESETS.get('square')!;
  const body = Buffer.from('{}');
  const signedFor = (signed: string, url: string, headers: [string, string][] = []): string => {
    const signature = createHmac('sha256', 'k').update(signed).update(body).digest('base64');
    return detailOf(
      scheme,
      request({ url, body, headers: [['x-square-hmacsha256-signature', signature], ...headers] }),
    );
  };

  it.each([
    [
      'http for https',
      'http://h.example/in/k',
      'https://h.example/in/k',
      'the sender signed a URL at http://h.example, the source is configured at https://h.example',
    ],
    [
      'https for http',
      'https://h.example/in/k',
      'http://h.example/in/k',
      'the sender signed a URL at https://h.example, the source',
    ],
    [
      'with the usual port',
      'https://h.example:443/in/k',
      'https://h.example/in/k',
      'at https://h.example:443,',
    ],
    [
      'without the port',
      'https://h.example/in/k?a=1',
      'https://h.example:8443/in/k?a=1',
      'at https://h.example,',
    ],
    ['a slash more', 'https://h.example/in/k/', 'https://h.example/in/k', 'with a slash at its end'],
    ['a slash less', 'https://h.example/in/k', 'https://h.example/in/k/', 'without the slash at its end'],
    ['no query', 'https://h.example/in/k', 'https://h.example/in/k?a=1', 'without its query'],
  ])('%s is found', (_, signed, url, cause) => {
    const detail = signedFor(signed, url);
    expect(detail).toContain('It fits another URL: ');
    expect(detail).toContain(cause);
  });

  it('is found by the host that the request names', () => {
    const hosts: [string, string][] = [
      ['Host', 'internal:3000'],
      ['X-Forwarded-Host', 'hooks.example.net'],
    ];
    expect(signedFor('https://hooks.example.net/in/k', 'https://h.example/in/k', hosts)).toContain(
      'at https://hooks.example.net,',
    );
  });

  it('does not show the path, which has the key of the source', () => {
    const path = '/in/very-secret-key';
    expect(signedFor(`http://h.example${path}`, `https://h.example${path}`)).not.toContain('very-secret-key');
  });

  it('is named with the secret and the body where nothing fits', () => {
    expect(signedFor('https://elsewhere.example/', 'https://h.example/in/k')).toContain(
      'It was checked for a URL at https://hooks.example.com: the secret, the URL or the body differs.',
    );
    expect(signedFor('x', 'no URL')).toContain('the secret, the URL or the body differs.');
    const unknown = verify(
      scheme,
      request({ headers: [['x-square-hmacsha256-signature', 'A'.repeat(43)]] }),
      ['k'],
      {
        ...context,
        configuredUrl: 'nonsense',
      },
    );
    expect(unknown).toMatchObject({ detail: expect.stringContaining('a URL at an unknown address') });
  });
});

describe('a secret of another form', () => {
  const withForm = (secret: HmacScheme['secret']): HmacScheme => ({
    ...simple,
    ...(secret ? { secret } : {}),
  });
  const base64 = { encoding: 'base64', prefix: 'whsec_' } as const;
  const bytes = Buffer.from('0123456789abcdef');

  it.each([
    ['has a line break', simple, 'k', 'k\n', 'blanks or a line break around it'],
    [
      'is used as text',
      withForm(base64),
      `whsec_${bytes.toString('base64')}`,
      `whsec_${bytes.toString('base64')}`,
      'uses the text of the secret, but this source decodes it from base64',
    ],
    [
      'is used as text without prefix',
      withForm(base64),
      bytes.toString('base64'),
      `whsec_${bytes.toString('base64')}`,
      'uses the text of the secret',
    ],
    ['is used without its prefix', simple, 'abc!', 'whsec_abc!', 'uses the secret without the prefix'],
    [
      'is decoded from base64',
      simple,
      bytes,
      `whsec_${bytes.toString('base64')}`,
      'decodes the secret from base64, but this source uses its text',
    ],
    ['is decoded from hex', simple, bytes, bytes.toString('hex'), 'decodes the secret from hex'],
  ])('is found when it %s', (_, scheme, key, secret, cause) => {
    const body = Buffer.from('x=1');
    const headers = [['X-Signature', hex(key, body)]] as const;
    const detail = detailOf(scheme, request({ headers, body }), [secret]);
    expect(detail).toContain('It fits another form of the secret: ');
    expect(detail).toContain(cause);
  });

  it('is not confused with another secret', () => {
    const headers = [['X-Signature', hex('other', '')]] as const;
    expect(detailOf(simple, request({ headers }), ['k'])).toBe(
      'The signature does not match. The secret is another one, or the body was changed on the way.',
    );
  });

  it('may be one that was replaced', () => {
    const headers = [['X-Signature', hex('older', '')]] as const;
    const detail = 'It fits a secret that this source no longer accepts: set the new one at the provider.';
    expect(detailOf(simple, request({ headers }), ['k'], { expiredSecrets: ['oldest', 'older'] })).toContain(
      detail,
    );
    const shared: Scheme = { kind: 'shared', value: { header: 'X-Token' } };
    const sent = request({ headers: [['X-Token', 'older']] });
    expect(detailOf(shared, sent, ['k'], { expiredSecrets: ['older'] })).toContain(detail);
    expect(detailOf(shared, sent, ['k'])).toBe('The header X-Token is not the secret of the source.');
  });

  it('that is replaced is not confused with an old request', () => {
    const vector = vectorsOf('stripe').find(({ title }) => title === 'stale')!;
    const { scheme } = PRESETS.get('stripe')!;
    expect(detailOf(scheme, vector.request, ['k'], { expiredSecrets: vector.secrets })).toContain(
      'no longer accepts',
    );
  });
});

describe('a public key that does not fit', () => {
  it('is explained without the forms of secrets', () => {
    const vector = vectorsOf('discord').find(({ title }) => title === 'wrong key')!;
    expect(detailOf(PRESETS.get('discord')!.scheme, vector.request, vector.secrets)).toBe(
      'The signature does not match. The secret is another one, or the body was changed on the way.',
    );
  });

  it('and a token that does not fit are explained, too', () => {
    const vector = vectorsOf('livekit').find(({ title }) => title === 'wrong key')!;
    expect(detailOf(PRESETS.get('livekit')!.scheme, vector.request, vector.secrets)).toContain(
      'The secret is another one',
    );
  });
});
