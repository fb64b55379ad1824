import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerHandshake, ECHO_MAX_BYTES, headersOfEveryAnswer } from './answer-handshake.js';
import {
  ANSWERED,
  asana,
  CONTEXT,
  get,
  HOST,
  hub,
  JSON_TYPE,
  notion,
  okta,
  post,
  TEXT,
  UNANSWERED,
  VERIFIED,
} from './challenges.spec-data.js';
import type { InboundRequest } from '../verification/request.js';
import { HANDSHAKE_NAMES, HANDSHAKES } from './handshakes.js';

describe('a challenge that a preset lists', () => {
  it.each(ANSWERED)('%s', (_, handshake, asked, context, { status, type, body, headers = {} }) => {
    const answer = answerHandshake([handshake], asked, context)!;
    expect({ ...answer, body: answer.body.toString() }).toMatchObject({ handshake, status, body });
    const contentType = type ? { 'content-type': type } : {};
    expect(answer.headers).toEqual({ 'x-content-type-options': 'nosniff', ...contentType, ...headers });
  });

  it('has a test for each of the handshakes', () => {
    expect([...new Set(ANSWERED.map(([, handshake]) => handshake))].sort()).toEqual(
      [...HANDSHAKE_NAMES].sort(),
    );
  });

  it('is answered by the handshake that it belongs to, when a preset lists several', () => {
    expect(answerHandshake(['slack', 'monday', 'okta'], okta, CONTEXT)?.handshake).toBe('okta');
  });

  it.each(ANSWERED)('is not answered when the preset does not list it: %s', (_, __, asked, context) => {
    expect(answerHandshake([], asked, context)).toBeNull();
  });

  it('is read from its headers in any case of letters', () => {
    const lower = post('', { 'x-hook-secret': 'b537207f20cbfa02' });
    expect(answerHandshake(['asana'], lower, { ...CONTEXT, secrets: [] })?.learns).toEqual({
      secret: 'b537207f20cbfa02',
    });
  });
});

describe('no challenge, and left to verification', () => {
  it.each(UNANSWERED)('is %s', (_, handshake, asked, context) => {
    expect(answerHandshake([handshake], asked, context)).toBeNull();
  });
});

describe('a verify token', () => {
  it.each<[string, string | null, InboundRequest, string]>([
    [
      'must be that of the source',
      'other',
      hub,
      'The verify token of the challenge is not that of the source.',
    ],
    [
      'must be there',
      'my-token',
      get('?hub.mode=subscribe&hub.challenge=1'),
      'The verify token of the challenge',
    ],
    ['must be set at the source', null, hub, 'The challenge has a verify token, but the source has none.'],
  ])('%s', (_, verifyToken, asked, sentence) => {
    const answer = answerHandshake(['hub'], asked, { ...CONTEXT, verifyToken })!;
    expect(answer.status).toBe(403);
    expect(answer.refusal).toContain(sentence);
    expect(answer.body).toHaveLength(0);
  });
});

describe('a secret in a challenge', () => {
  it('is learned while the source has none', () => {
    expect(answerHandshake(['asana'], asana, { ...CONTEXT, secrets: [] })?.learns).toEqual({
      secret: 'b537207f20cbfa02',
    });
  });

  it('is confirmed again when it is known', () => {
    const answer = answerHandshake(['asana'], asana, { ...CONTEXT, secrets: ['b537207f20cbfa02'] })!;
    expect(answer.status).toBe(200);
    expect(answer.learns).toBeUndefined();
  });

  it('never replaces another', () => {
    const answer = answerHandshake(['asana'], asana, CONTEXT)!;
    expect(answer.status).toBe(403);
    expect(answer.learns).toBeUndefined();
    expect(answer.headers).not.toHaveProperty('x-hook-secret');
    expect(answer.refusal).toBe(
      'The source has a secret already. Another webhook needs a source of its own.',
    );
  });

  it('of Notion is a token for a person to see', () => {
    expect(answerHandshake(['notion'], notion, CONTEXT)?.learns).toEqual({
      token: 'secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl',
    });
  });
});

describe('a confirmation of SNS', () => {
  it.each(['sns.eu-west-1.amazonaws.com', 'sns.cn-north-1.amazonaws.com.cn'])('is followed to %s', (host) => {
    const url = `https://${host}/?Action=ConfirmSubscription`;
    const asked = post({ Type: 'SubscriptionConfirmation', SubscribeURL: url });
    expect(answerHandshake(['sns'], asked, VERIFIED)?.follow).toEqual({
      url,
      hosts: ['sns.*.amazonaws.com', 'sns.*.amazonaws.com.cn'],
    });
  });

  it.each([
    'https://sns.eu-west-1.amazonaws.com.evil.example/',
    'https://evil.example/sns.eu-west-1.amazonaws.com',
    'http://sns.eu-west-1.amazonaws.com/',
    'https://sns.eu-west-1.amazonaws.com:8443/',
    'https://user@sns.eu-west-1.amazonaws.com/',
    'https://bucket.s3.amazonaws.com/',
    'https://169.254.169.254/',
    'not a url',
  ])('is not followed to %s', (url) => {
    const asked = post({ Type: 'SubscriptionConfirmation', SubscribeURL: url });
    expect(answerHandshake(['sns'], asked, VERIFIED)).toBeNull();
  });
});

describe('the answer to each webhook', () => {
  const webhook = (value: string) => post({ event: 'AGREEMENT_CREATED' }, { 'x-adobesign-clientid': value });

  it('of Adobe Sign has its client id', () => {
    expect(headersOfEveryAnswer(['slack', 'adobe-sign'], webhook('BGBQIIE7H253K6'))).toEqual({
      'x-adobesign-clientid': 'BGBQIIE7H253K6',
    });
  });

  it.each(['a b', '', 'a\r\nb', 'é'])('has nothing that is no client id: %j', (value) => {
    expect(headersOfEveryAnswer(['adobe-sign'], webhook(value))).toEqual({});
  });

  it('of others has nothing', () => {
    expect(headersOfEveryAnswer(['slack'], webhook('BGBQIIE7H253K6'))).toEqual({});
  });
});

describe('the table of handshakes', () => {
  it('gives a proof for tokens only: signed text of webhooks has other characters', () => {
    const proving = Object.values(HANDSHAKES)
      .flat()
      .filter((each) => 'proof' in each);
    expect(proving.map((each) => each.challenge.of)).toEqual(['token', 'token']);
  });

  it('names a page for each', () => {
    for (const { source } of Object.values(HANDSHAKES).flat()) expect(source).toMatch(/^https:\/\//);
  });
});

describe('any request at all', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('1', '<b>', 'subscribe', 'a'.repeat(2000)),
  );
  const member = fc.oneof(text, fc.integer(), fc.constant(null), fc.array(text), fc.boolean());
  const names = [
    'type',
    'challenge',
    'event',
    'events',
    'entropy',
    'verification_token',
    'Type',
    'SubscribeURL',
    'payload',
  ];
  const bodies = fc.oneof(
    fc.dictionary(fc.constantFrom(...names), member).map((value) => JSON.stringify(value)),
    fc.json(),
    text,
  );
  const queries = fc
    .dictionary(
      fc.constantFrom(
        'hub.mode',
        'hub.challenge',
        'hub.verify_token',
        'hub.topic',
        'challenge',
        'crc_token',
        'validationToken',
      ),
      text,
    )
    .map(
      (value) =>
        `?${Object.entries(value)
          .map(([key, each]) => `${key}=${encodeURIComponent(each.toWellFormed())}`)
          .join('&')}`,
    );
  const headers = fc.array(
    fc.tuple(
      fc.constantFrom(
        'X-Hook-Secret',
        'x-adobesign-clientid',
        'WebHook-Request-Origin',
        'x-okta-verification-challenge',
        'twitch-eventsub-message-type',
      ),
      text,
    ),
    { maxLength: 4 },
  );
  const requests = fc.record({
    method: fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', ''),
    url: fc.oneof(queries, text).map((query) => HOST + query),
    headers,
    body: bodies.map((body) => Buffer.from(body)),
  });
  const contexts = fc.record({
    secrets: fc.array(text, { maxLength: 2 }),
    verifyToken: fc.option(text),
    isVerified: fc.constantFrom(true, false, null),
  });

  it('gets no exception, no HTML, no more than 1,024 bytes and no header that breaks a line', () => {
    const property = fc.property(requests, contexts, (asked, context) => {
      const answer = answerHandshake(HANDSHAKE_NAMES, asked, context);
      if (!answer) return;
      expect(answer.body.length).toBeLessThanOrEqual(ECHO_MAX_BYTES);
      expect([undefined, TEXT, JSON_TYPE]).toContain(answer.headers['content-type']);
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(answer.body.toString()).not.toMatch(/[<>]/);
      for (const value of Object.values(answer.headers)) expect(value).toMatch(/^[\x20-\x7e]{1,1024}$/);
    });
    fc.assert(property, { numRuns: 2000 });
  });
});
