import { describe, expect, it } from 'vitest';
import type { Evidence, Judgement } from './check.js';
import {
  isAccepted,
  isAnswered,
  isBodyFit,
  isNoRedirect,
  isRefused,
  isSurvived,
  isTakenOrPostponed,
  KEPT_BYTES,
  saysWhen,
} from './rules.js';
import type { Seen, SeenAnswer } from './seen.js';

const answer = (status: number, more: Partial<SeenAnswer> = {}): Seen => ({
  kind: 'answer',
  status,
  durationMs: 7,
  contentType: null,
  retryAfter: null,
  location: null,
  bytes: 2,
  isJson: false,
  ...more,
});
const late: Seen = { kind: 'no answer', outcome: 'timeout', message: 'too late', durationMs: 2_000 };

const of = (own: Seen, { isSync = false } = {}): Evidence => ({ own: [own], all: [own], isSync });

type Rule = (evidence: Evidence) => Judgement;

describe('a rule', () => {
  it.each<[string, Rule, Seen, boolean, string]>([
    ['a 2xx is accepted', isAccepted, answer(204), true, 'HTTP 204'],
    ['a 3xx is not accepted', isAccepted, answer(302), false, 'HTTP 302'],
    ['a 4xx is not accepted', isAccepted, answer(401), false, 'HTTP 401'],
    ['no answer is not accepted', isAccepted, late, false, 'no answer: timeout, too late'],
    ['401 refuses', isRefused, answer(401), true, 'HTTP 401'],
    ['400 refuses', isRefused, answer(400), true, 'HTTP 400'],
    ['499 refuses', isRefused, answer(499), true, 'HTTP 499'],
    ['408 does not refuse: the call would come again', isRefused, answer(408), false, 'HTTP 408'],
    ['410 does not refuse: it would end the subscription', isRefused, answer(410), false, 'HTTP 410'],
    ['425 does not refuse', isRefused, answer(425), false, 'HTTP 425'],
    ['429 does not refuse', isRefused, answer(429), false, 'HTTP 429'],
    ['200 does not refuse', isRefused, answer(200), false, 'HTTP 200'],
    ['500 does not refuse', isRefused, answer(500), false, 'HTTP 500'],
    ['no answer does not refuse', isRefused, late, false, 'no answer: timeout, too late'],
    ['a 4xx survives', isSurvived, answer(422), true, 'HTTP 422'],
    ['a 2xx survives', isSurvived, answer(200), true, 'HTTP 200'],
    ['a 5xx does not survive', isSurvived, answer(500), false, 'HTTP 500'],
    ['a 6xx does not survive', isSurvived, answer(600), false, 'HTTP 600'],
    ['no answer does not survive', isSurvived, late, false, 'no answer: timeout, too late'],
    ['any status is an answer', isAnswered, answer(500), true, 'HTTP 500 after 7 ms'],
    ['none is no answer', isAnswered, late, false, 'no answer: timeout, too late after 2000 ms'],
    ['a 2xx does not redirect', isNoRedirect, answer(200), true, 'HTTP 200'],
    ['no answer does not redirect', isNoRedirect, late, true, 'no answer: timeout, too late'],
    ['a 308 redirects', isNoRedirect, answer(308, { location: '/b' }), false, 'HTTP 308 to /b'],
    ['a 304 redirects', isNoRedirect, answer(304), false, 'HTTP 304 to nowhere'],
    ['2xx is taken', isTakenOrPostponed, answer(200), true, 'HTTP 200'],
    ['429 postpones', isTakenOrPostponed, answer(429), true, 'HTTP 429'],
    ['503 postpones', isTakenOrPostponed, answer(503), true, 'HTTP 503'],
    ['500 does not postpone', isTakenOrPostponed, answer(500), false, 'HTTP 500'],
    ['no answer does not postpone', isTakenOrPostponed, late, false, 'no answer: timeout, too late'],
  ])('says: %s', (_, rule, seen, passed, words) => {
    expect(rule(of(seen))).toEqual({ passed, seen: words });
  });

  it('counts equal results of several calls', () => {
    const own: Evidence['own'] = [answer(200), answer(500), answer(200)];
    expect(isAccepted({ own, all: own, isSync: false })).toEqual({
      passed: false,
      seen: '2 times HTTP 200; HTTP 500',
    });
  });
});

describe('the body of an answer', () => {
  it.each<[string, Seen, boolean, string]>([
    [
      'JSON',
      answer(200, { isJson: true, contentType: 'application/json' }),
      true,
      'JSON, 2 bytes of application/json',
    ],
    [
      'JSON with a charset',
      answer(200, { isJson: true, contentType: 'Application/JSON; charset=utf-8' }),
      true,
      'JSON, 2 bytes of Application/JSON; charset=utf-8',
    ],
    [
      'JSON of a kind',
      answer(200, { isJson: true, contentType: 'application/problem+json' }),
      true,
      'JSON, 2 bytes of application/problem+json',
    ],
    [
      'JSON that says to be text',
      answer(200, { isJson: true, contentType: 'text/html' }),
      false,
      'JSON, 2 bytes of text/html',
    ],
    ['JSON that says nothing', answer(200, { isJson: true }), false, 'JSON, 2 bytes of no content type'],
    [
      'text that says to be JSON',
      answer(200, { contentType: 'application/json' }),
      false,
      'no JSON, 2 bytes of application/json',
    ],
    ['nothing', late, false, 'no answer: timeout, too late'],
  ])('of a sync capability may be %s or not', (_, seen, passed, words) => {
    expect(isBodyFit(of(seen, { isSync: true }))).toEqual({ passed, seen: words });
  });

  it.each([
    [0, true],
    [KEPT_BYTES, true],
    [KEPT_BYTES + 1, false],
  ])('of others may have %i bytes: %s', (bytes, passed) => {
    expect(isBodyFit(of(answer(200, { bytes })))).toMatchObject({ passed });
  });
});

describe('Retry-After', () => {
  it.each<[string | null, boolean, string]>([
    ['30', true, '1 answers, each with Retry-After'],
    ['0', true, '1 answers, each with Retry-After'],
    ['Sat, 28 Nov 2026 10:00:00 GMT', true, '1 answers, each with Retry-After'],
    [null, false, 'HTTP 429 without Retry-After'],
    ['soon', false, 'HTTP 429 with Retry-After: soon'],
    ['1.5', false, 'HTTP 429 with Retry-After: 1.5'],
    ['-1', false, 'HTTP 429 with Retry-After: -1'],
    ['2026-11-28T10:00:00Z', false, 'HTTP 429 with Retry-After: 2026-11-28T10:00:00Z'],
  ])('%s on a 429: %s', (retryAfter, passed, seen) => {
    expect(saysWhen(of(answer(429, { retryAfter })))).toEqual({ passed, seen });
  });

  it('is not needed where nothing was postponed', () => {
    expect(saysWhen({ own: [late], all: [late, answer(500)], isSync: true })).toEqual({
      passed: true,
      seen: 'no 429 and no 503 in 2 answers',
    });
  });

  it('is needed on each 503, whatever came last', () => {
    const all = [answer(503, { retryAfter: '1' }), answer(503), answer(200)];
    expect(saysWhen({ own: [answer(200)], all, isSync: true })).toEqual({
      passed: false,
      seen: 'HTTP 503 without Retry-After',
    });
  });
});
