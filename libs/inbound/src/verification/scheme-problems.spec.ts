import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schemeProblems } from './scheme-problems.js';
import type { Scheme } from './scheme.js';
import { verify } from './verify.js';

const good = {
  kind: 'hmac',
  algorithm: 'sha256',
  signature: { header: 'X-Signature', itemSep: ',', fieldSep: '=', field: 'v1' },
  encoding: 'hex',
  over: '{timestamp}.{body}',
  timestamp: { from: { header: 'X-Time' }, unit: 's', toleranceS: 300 },
  secret: { encoding: 'utf8' },
};
const key = {
  kind: 'public-key',
  algorithm: 'ed25519',
  signature: { header: ['X-A', 'X-B'] },
  encoding: 'base64',
  over: '{body}',
  key: { form: 'raw-hex' },
};
const jwt = { kind: 'jwt', token: { header: 'Authorization', prefix: 'Bearer ' }, algorithms: ['RS256'] };
const jwks = 'https://id.example.com/keys';

describe('a scheme without problems', () => {
  it.each([
    ['HMAC with a time', good],
    ['HMAC over parts of the body', { ...good, over: '{body:/a/b}', timestamp: undefined }],
    [
      'HMAC by version',
      { ...good, over: { by: { query: 'v' }, when: { '1': '{body}', '2': '{timestamp}{body}' } } },
    ],
    ['a public key', key],
    ['a certificate', { ...key, key: { certificate: { body: '/url' }, hosts: ['sns.*.amazonaws.com'] } }],
    ['a hash of the body', { ...good, over: '{url}', bodyHash: { from: { query: 'h' }, encoding: 'hex' } }],
    ['a shared secret', { kind: 'shared', value: { form: 'token' }, as: 'text' }],
    [
      'a token',
      {
        ...jwt,
        jwks,
        issuers: ['a'],
        audienceOption: 'aud',
        maxAgeS: 300,
        bodyHash: { claim: 'b', encoding: 'hex' },
      },
    ],
  ])('%s', (_, document) => {
    expect(schemeProblems(JSON.parse(JSON.stringify(document)))).toEqual([]);
  });
});

describe('a scheme with a problem', () => {
  it.each([
    ['nothing', null, '', 'kind'],
    ['a list', [], '', 'kind'],
    ['no kind', {}, '/kind', 'kind'],
    ['a kind of every object', { kind: 'constructor' }, '/kind', 'kind'],
    ['an unknown algorithm', { ...good, algorithm: 'sha265' }, '/algorithm', 'one_of'],
    ['a number for an algorithm', { ...good, algorithm: 1 }, '/algorithm', 'one_of'],
    ['a misspelt key', { ...good, ecoding: 'hex' }, '/ecoding', 'unknown_key'],
    ['no encoding', { ...good, encoding: undefined }, '/encoding', 'required'],
    ['a signature nowhere', { ...good, signature: {} }, '/signature', 'type'],
    ['a signature as text', { ...good, signature: 'X-Signature' }, '/signature', 'type'],
    ['a header with a blank', { ...good, signature: { header: 'X Signature' } }, '/signature/header', 'text'],
    ['no header in a list', { ...good, signature: { header: [] } }, '/signature/header', 'list'],
    ['a bad header in a list', { ...good, signature: { header: ['a', ''] } }, '/signature/header/1', 'text'],
    [
      'a field without separator',
      { ...good, signature: { header: 'a', field: 'v1' } },
      '/signature',
      'together',
    ],
    ['two places', { ...good, signature: { header: 'a', query: 'b' } }, '/signature/query', 'unknown_key'],
    ['a pointer without slash', { ...good, signature: { body: 'a' } }, '/signature/body', 'text'],
    // A pattern that tries every way to split the slashes would take longer than a test may.
    [
      'a long wrong pointer',
      { ...good, signature: { body: `${'/'.repeat(28)}~` } },
      '/signature/body',
      'text',
    ],
    ['an unknown placeholder', { ...good, over: '{bodi}' }, '/over', 'template'],
    ['an option that cannot be given', { ...good, over: '{option:my-id}{body}' }, '/over', 'template'],
    ['an option named like a setting', { ...good, over: '{option:preset}{body}' }, '/over', 'template'],
    ['a header that cannot be sent', { ...good, over: '{header:X Y}{body}' }, '/over', 'template'],
    [
      'an audience named like a setting',
      { ...jwt, jwks, audienceOption: 'toleranceSeconds' },
      '/audienceOption',
      'option_name',
    ],
    [
      'an expected text without option',
      { ...good, expected: { from: { query: 'a' }, option: '' } },
      '/expected/option',
      'option_name',
    ],
    ['an unknown argument', { ...good, over: '{url:encoded}{body}' }, '/over', 'template'],
    ['an argument where none is', { ...good, over: '{form:a}' }, '/over', 'template'],
    ['no pointer', { ...good, over: '{line:a}' }, '/over', 'template'],
    ['a single brace', { ...good, over: '{body}}' }, '/over', 'template'],
    ['nothing signed', { ...good, over: '' }, '/over', 'text'],
    ['a text that does not cover the body', { ...good, over: '{timestamp}' }, '/over', 'coverage'],
    ['a time that is used and not there', { ...good, timestamp: undefined }, '/timestamp', 'required'],
    ['an id that is used and not there', { ...good, over: '{id}{body}' }, '/id', 'required'],
    [
      'a tolerance of a fraction',
      { ...good, timestamp: { ...good.timestamp, toleranceS: 1.5 } },
      '/timestamp/toleranceS',
      'range',
    ],
    [
      'a tolerance of 0',
      { ...good, timestamp: { ...good.timestamp, toleranceS: 0 } },
      '/timestamp/toleranceS',
      'range',
    ],
    ['no version', { ...good, over: { by: { query: 'v' }, when: {} } }, '/over/when', 'count'],
    [
      'versions as a list',
      { ...good, over: { by: { query: 'v' }, when: ['{body}'] } },
      '/over/when',
      'count',
    ],
    ['any host', { ...key, key: { certificate: { body: '/u' }, hosts: ['*'] } }, '/key/hosts/0', 'text'],
    [
      'any host of a top level',
      { ...key, key: { certificate: { body: '/u' }, hosts: ['*.com.'] } },
      '/key/hosts/0',
      'text',
    ],
    ['a key as text', { ...key, key: 'abc' }, '/key', 'type'],
    ['a key set by http', { ...jwt, jwks: 'http://id.example.com' }, '/jwks', 'url'],
    ['a key set at a word', { ...jwt, jwks: 'keys' }, '/jwks', 'url'],
    ['a key set for HMAC', { ...jwt, jwks, algorithms: ['RS256', 'HS256'] }, '/algorithms', 'together'],
    ['no algorithm', { ...jwt, algorithms: [] }, '/algorithms', 'list'],
  ])('%s', (_, document, pointer, rule) => {
    const problems = schemeProblems(document === null ? null : JSON.parse(JSON.stringify(document)));
    expect(problems.map((problem) => [problem.pointer, problem.rule])).toContainEqual([pointer, rule]);
  });

  it('is reported with its place, value and remedy, and an unknown key without its value', () => {
    const problems = schemeProblems({ ...good, algorithm: 'sha265', secrt: { encoding: 'whsec_geheim' } });
    expect(problems).toEqual([
      {
        pointer: '/algorithm',
        rule: 'one_of',
        message: 'must be one of sha1, sha256, sha512, did you mean "sha256"?',
        bounds: { allowed: ['sha1', 'sha256', 'sha512'] },
        value: 'sha265',
      },
      {
        pointer: '/secrt',
        rule: 'unknown_key',
        message: '"secrt" is not a known key, did you mean "secret"?',
        bounds: { known: expect.arrayContaining(['secret']) },
      },
    ]);
  });
});

it('any JSON has problems or is a scheme that the engine interprets', () => {
  const leaf = fc.constantFrom<unknown>('hmac', 'jwt', 'sha256', 'hex', '{body}', 'X-A', '/a', 1, null);
  const documents = fc.oneof(
    fc.jsonValue(),
    fc
      .tuple(fc.constantFrom(...Object.keys({ ...good, ...key, ...jwt })), leaf)
      .map(([name, value]) => ({ ...good, [name]: value })),
  );
  const request = { method: 'POST', url: 'https://a.example', headers: [], body: Buffer.alloc(0) };
  fc.assert(
    fc.property(documents, (document) => {
      if (schemeProblems(document).length > 0) return;
      const context = { now: new Date(), configuredUrl: request.url };
      expect(verify(document as Scheme, request, ['k'], context).kind).not.toBe('verified');
    }),
    { numRuns: 500 },
  );
});
