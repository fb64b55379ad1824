import { describe, expect, it } from 'vitest';
import { PRESETS } from '../presets/index.js';
import { answerProblems, ANSWER_BODY_MAX, toAnswer } from './answer-rules.js';
import { dedupeProblems } from './dedupe-rules.js';
import { isSecretSent, madeSecret, notMadeProblem } from './made-secret.js';
import { secretProblems, sourceNameProblems, sourceProblems, targetListProblems } from './source-rules.js';
import { missingParts, schemeOf, verificationProblems } from './verification-rules.js';

type Found = { pointer: string; rule: string; message: string }[];
const shown = (problems: Found): string[] => problems.map(({ pointer, rule }) => `${pointer} ${rule}`);
const hmac = {
  kind: 'hmac',
  algorithm: 'sha256',
  signature: { header: 'X-Sum' },
  encoding: 'hex',
  over: '{body}',
};
const random = (n: number): Buffer => Buffer.alloc(n, 0xab);
const schemeNamed = (name: string) => PRESETS.get(name)!.scheme;

describe('the name of a source', () => {
  it.each(['github', 'a', 'a-b_c9', 'a'.repeat(50)])('may be %s', (name) => {
    expect(sourceNameProblems(name)).toEqual([]);
  });

  it.each(['', 'GitHub', '9a', 'a.b', 'a'.repeat(51), 7, null, undefined])('cannot be %j', (name) => {
    const [problem] = sourceNameProblems(name);
    expect(problem).toMatchObject({ pointer: '/name', rule: 'source_name' });
    expect(problem!.message).toContain('is no name of a source: a lower-case letter');
  });
});

describe('how a source verifies', () => {
  const problems = (verification: unknown): string[] =>
    shown(verificationProblems(verification, PRESETS, ['verification']));

  it.each([
    ['a preset', { preset: 'github' }],
    ['a preset with another tolerance', { preset: 'stripe', toleranceSeconds: 600 }],
    ['a preset whose option the provider does not show yet', { preset: 'paypal' }],
    ['a preset with its option', { preset: 'paypal', webhookId: '8PT597110X687430L' }],
    ['no verification, which is said', { preset: 'none' }],
    ['a scheme', { scheme: hmac }],
    ['a scheme with an option that it uses', { scheme: { ...hmac, over: '{option:site}{body}' }, site: 'a' }],
    [
      'a token with an audience',
      {
        scheme: {
          kind: 'jwt',
          token: { header: 'X' },
          algorithms: ['HS256'],
          audienceOption: 'site',
          maxAgeS: 60,
        },
        site: 'a',
        toleranceSeconds: 5,
      },
    ],
  ])('may be %s', (_, verification) => expect(problems(verification)).toEqual([]));

  it.each([
    ['missing', undefined, ['/verification required']],
    ['a text', 'github', ['/verification type']],
    ['null', null, ['/verification type']],
    ['a list', [], ['/verification type']],
    ['empty', {}, ['/verification one_of']],
    ['both', { preset: 'github', scheme: hmac }, ['/verification one_of']],
    ['an unknown preset', { preset: 'githup' }, ['/verification/preset one_of']],
    ['no name of a preset', { preset: 7 }, ['/verification/preset one_of']],
    ['a wrong scheme', { scheme: { ...hmac, encoding: 'hexx' } }, ['/verification/scheme/encoding one_of']],
    ['an unknown option', { preset: 'stripe', tolerance: 5 }, ['/verification/tolerance unknown_key']],
    ['an option of none', { preset: 'none', webhookId: 'x' }, ['/verification/webhookId unknown_key']],
    ['with an empty option', { preset: 'paypal', webhookId: '' }, ['/verification/webhookId text']],
    [
      'a tolerance without a time',
      { preset: 'github', toleranceSeconds: 5 },
      ['/verification/toleranceSeconds no_effect'],
    ],
    [
      'a tolerance of a shared secret',
      { preset: 'telegram', toleranceSeconds: 5 },
      ['/verification/toleranceSeconds no_effect'],
    ],
    [
      'a tolerance of nothing',
      { preset: 'none', toleranceSeconds: 5 },
      ['/verification/toleranceSeconds no_effect'],
    ],
    [
      'too small a tolerance',
      { preset: 'stripe', toleranceSeconds: 0 },
      ['/verification/toleranceSeconds range'],
    ],
    [
      'too large a tolerance',
      { preset: 'stripe', toleranceSeconds: 86_401 },
      ['/verification/toleranceSeconds range'],
    ],
    [
      'half a tolerance',
      { preset: 'stripe', toleranceSeconds: 0.5 },
      ['/verification/toleranceSeconds range'],
    ],
  ])('cannot be %s', (_, verification, expected) => expect(problems(verification)).toEqual(expected));

  it('names the preset that was meant', () => {
    const [problem] = verificationProblems({ preset: 'githup' }, PRESETS, []);
    expect(problem!.message).toContain('did you mean "github"?');
  });

  it('does not suggest to verify nothing', () => {
    const [problem] = verificationProblems({ preset: 'non' }, PRESETS, []);
    expect(problem!.message).not.toContain('did you mean "none"?');
  });

  it.each([
    [{ preset: 'none' }, false, []],
    [{ preset: 'github' }, false, ['secret']],
    [{ preset: 'github' }, true, []],
    [{ preset: 'paypal' }, false, ['webhookId']],
    [{ preset: 'paypal', webhookId: 'x' }, false, []],
    [{ preset: 'sns' }, false, ['topicArn']],
    [{ scheme: { ...hmac, over: '{option:site}{body}' } }, false, ['secret', 'site']],
    [{ scheme: { ...hmac, expected: { from: { header: 'X' }, option: 'site' } }, site: 'a' }, true, []],
  ])('%j lacks, with a secret %s: %j', (verification, hasSecret, expected) => {
    expect(verificationProblems(verification, PRESETS, [])).toEqual([]);
    expect(missingParts(verification, hasSecret, PRESETS)).toEqual(expected);
  });

  it.each([
    [{ preset: 'none' }, null],
    [{ preset: 'github' }, schemeNamed('github')],
    [{ scheme: hmac }, hmac],
  ])('%j has its scheme', (verification, scheme) => expect(schemeOf(verification, PRESETS)).toEqual(scheme));
});

describe('what a source answers', () => {
  it.each([
    [{}],
    [{ status: 204 }],
    [{ status: 299, contentType: 'application/json; charset="utf-8"', body: '{}' }],
    [{ contentType: 'text/xml', body: '<Response/>' }],
    [{ body: 'é'.repeat(ANSWER_BODY_MAX / 2) }],
  ])('may be %j', (answer) => expect(answerProblems(answer, ['answer'])).toEqual([]));

  it.each([
    ['a text', 'ok', ['/answer type']],
    ['a list', [], ['/answer type']],
    ['null', null, ['/answer type']],
    ['an unknown member', { headers: {} }, ['/answer/headers unknown_key']],
    ['a redirection', { status: 302 }, ['/answer/status range']],
    ['a text as status', { status: '200' }, ['/answer/status range']],
    ['no media type', { contentType: 'json' }, ['/answer/contentType content_type']],
    ['a header within the type', { contentType: 'text/plain\r\nx: y' }, ['/answer/contentType content_type']],
    ['a long type', { contentType: `text/${'a'.repeat(100)}` }, ['/answer/contentType content_type']],
    ['a page', { contentType: 'Text/HTML; charset=utf-8' }, ['/answer/contentType content_type']],
    ['a drawing with scripts', { contentType: 'image/svg+xml' }, ['/answer/contentType content_type']],
    ['a body that is no text', { body: {} }, ['/answer/body text']],
    ['a body with U+0000', { body: 'a\0' }, ['/answer/body text']],
    ['too long a body', { body: 'é'.repeat(ANSWER_BODY_MAX / 2 + 1) }, ['/answer/body size']],
    ['a body without place', { status: 204, body: 'x' }, ['/answer/body no_body']],
  ])('cannot be %s', (_, answer, expected) =>
    expect(shown(answerProblems(answer, ['answer']))).toEqual(expected),
  );

  it('is 200 without a body by default, and plain text with one', () => {
    expect(toAnswer({})).toEqual({ status: 200, contentType: null, body: '' });
    expect(toAnswer({ body: 'ok' })).toEqual({
      status: 200,
      contentType: 'text/plain; charset=utf-8',
      body: 'ok',
    });
    expect(toAnswer({ status: 202, contentType: 'application/json', body: '{}' })).toEqual({
      status: 202,
      contentType: 'application/json',
      body: '{}',
    });
  });
});

describe('where the id of a request stands', () => {
  it.each([
    ['none'],
    [{ header: 'X-Request-Id' }],
    [{ header: 'X-Ids', itemSep: ',', fieldSep: '=', field: 'id' }],
    [{ query: 'id' }],
    [{ body: '/event/id' }],
    [{ form: 'id' }],
  ])('may be %j', (dedupeId) => expect(dedupeProblems(dedupeId, ['dedupeId'])).toEqual([]));

  it.each([
    ['another word', 'off', ['/dedupeId type']],
    ['null', null, ['/dedupeId type']],
    ['a list', [{ header: 'X' }], ['/dedupeId type']],
    ['nowhere', {}, ['/dedupeId one_of']],
    ['two places', { header: 'X', query: 'id' }, ['/dedupeId one_of']],
    ['an empty name', { header: '' }, ['/dedupeId/header text']],
    ['a number', { query: 7 }, ['/dedupeId/query text']],
    ['a header that cannot be sent', { header: 'X Id' }, ['/dedupeId/header header_name']],
    ['no pointer', { body: 'id' }, ['/dedupeId/body pointer']],
    ['a pointer with a wrong escape', { body: '/a~2' }, ['/dedupeId/body pointer']],
    ['a field without separator', { header: 'X', field: 'id' }, ['/dedupeId together']],
    ['a field of a query', { query: 'id', field: 'x' }, ['/dedupeId/field unknown_key']],
  ])('cannot be %s', (_, dedupeId, expected) =>
    expect(shown(dedupeProblems(dedupeId, ['dedupeId']))).toEqual(expected),
  );
});

describe('the secret of a source', () => {
  it.each([
    ['github', 'anything'],
    ['discord', 'ab'.repeat(32)],
  ])('of %s may be %s', (preset, secret) => expect(secretProblems(secret, schemeNamed(preset))).toEqual([]));

  it.each([
    ['without verification', null, 'x', 'no_effect'],
    ['that is empty', 'github', '', 'text'],
    ['that is no text', 'github', 7, 'text'],
    ['that is too long', 'github', 'x'.repeat(10_001), 'text'],
    ['with U+0000', 'github', 'a\0', 'text'],
    ['that is no public key', 'discord', 'abc', 'secret'],
    ['where keys are fetched', 'paypal', 'abc', 'secret'],
  ])('%s is refused, and not shown', (_, preset, secret, rule) => {
    const problems = secretProblems(secret, preset === null ? null : schemeNamed(preset));
    expect(problems).toMatchObject([{ pointer: '/secret', rule }]);
    expect(problems[0]).not.toHaveProperty('value');
  });

  it('is not judged by a verification that is wrong', () => {
    expect(secretProblems('x', undefined)).toEqual([]);
  });

  it.each([
    ['of any text', 'github', /^whsec_[A-Za-z0-9+/]+=*$/],
    ['in base64 with a prefix', 'standard-webhooks', /^whsec_[A-Za-z0-9+/]+=*$/],
    ['in the request itself', 'telegram', /^[0-9a-f]{64}$/],
  ])('%s can be made', (_, preset, pattern) => {
    const made = madeSecret(schemeNamed(preset), random);
    expect(made).toMatch(pattern);
    expect(secretProblems(made, schemeNamed(preset))).toEqual([]);
  });

  it('is made as the scheme takes it', () => {
    expect(madeSecret({ ...hmac, secret: { encoding: 'hex' } } as never, random)).toBe('ab'.repeat(32));
    expect(madeSecret({ kind: 'shared', value: { header: 'Authorization' }, as: 'basic' }, random)).toBe(
      `breakwater:${'ab'.repeat(32)}`,
    );
    const jwt = { kind: 'jwt', token: { header: 'X' } } as const;
    expect(madeSecret({ ...jwt, algorithms: ['HS256'] }, random)).toBe('ab'.repeat(32));
    expect(madeSecret({ ...jwt, algorithms: ['HS256', 'ES256'] }, random)).toBeNull();
  });

  it.each(['discord', 'paypal'])('of %s cannot be made', (preset) => {
    expect(madeSecret(schemeNamed(preset), random)).toBeNull();
    expect(notMadeProblem('/secret')).toMatchObject({ pointer: '/secret', rule: 'secret' });
  });

  it.each([
    ['asana', true],
    ['notion', true],
    ['zoom', false],
    ['github', false],
    ['none', false],
  ])('of %s is sent by the provider: %s', (preset, isSent) =>
    expect(isSecretSent({ preset }, PRESETS)).toBe(isSent),
  );

  it('is not made without verification', () => expect(madeSecret(null, random)).toBeNull());
});

describe('a source', () => {
  it('has all its problems reported', () => {
    const document = { description: '', verification: {}, answer: { status: 1 }, dedupeId: 'x' };
    expect(shown(sourceProblems(document, null, PRESETS))).toEqual([
      '/description text',
      '/verification one_of',
      '/secret text',
      '/answer/status range',
      '/dedupeId type',
    ]);
  });

  it('needs no more than its verification', () => {
    expect(sourceProblems({ verification: { preset: 'none' } }, undefined, PRESETS)).toEqual([]);
    expect(
      sourceProblems({ verification: { preset: 'github' }, description: 'Builds' }, 'abc', PRESETS),
    ).toEqual([]);
  });
});

describe('the targets of a source', () => {
  it.each([
    ['a list', [{ name: 'a' }, { name: 'b' }, 7, null], []],
    ['no list', {}, ['/targets type']],
    ['too many', Array.from({ length: 21 }, (_, at) => ({ name: `a${at}` })), ['/targets count']],
    ['two of a name', [{ name: 'a' }, { name: 'b' }, { name: 'a' }], ['/targets/2/name unique']],
  ])('in %s', (_, targets, expected) => expect(shown(targetListProblems(targets))).toEqual(expected));
});
