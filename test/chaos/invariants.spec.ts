import { describe, expect, it } from 'vitest';
import { violations, type AttemptFacts, type Facts, type LedgerLine, type ProbeFacts } from './invariants.js';

const NOON_S = 1_800_000_000;

function attempt(number: number, more: Partial<AttemptFacts> = {}): AttemptFacts {
  return {
    deliveryId: 'd',
    number,
    outcome: 'delivered',
    httpStatus: 200,
    next: 'done',
    startedAtMs: NOON_S * 1000 + number * 1000,
    durationMs: 100,
    ...more,
  };
}

function line(number: number, more: Partial<LedgerLine> = {}): LedgerLine {
  return {
    webhookId: 'd',
    attempt: number,
    bodyDigest: 'digest',
    answered: 200,
    timestamp: NOON_S,
    receivedAt: NOON_S,
    ...more,
  };
}

function probe(startMs: number, endMs: number | null): ProbeFacts {
  return { breaker: 'app cap', generation: 2, startMs, endMs, allowed: 2 };
}

const failed = { outcome: 'http_error', httpStatus: 503, next: 'retry' };
const unknown = { outcome: 'unknown', httpStatus: null, next: 'again' };
const delivery = {
  id: 'd',
  status: 'completed',
  attempts: 1,
  attemptsCounted: 1,
  redeliveries: 0,
  maxAttempts: 3,
};
const unspoilt: Facts = {
  accepted: new Map([['d', 'digest']]),
  deliveries: [delivery],
  attempts: [attempt(1)],
  ledger: [line(1)],
  transitions: [],
  probes: [],
  deadLetters: new Map(),
  mailRecipients: null,
  statistics: { completed: 1, failed: 0 },
  metrics: [],
};
const facts = (more: Partial<Facts> = {}): Facts => ({ ...unspoilt, ...more });

const opened = { breaker: 'app cap', generation: 1, from: 'closed', to: 'open' };
const halfOpen = { ...opened, generation: 2, from: 'open', to: 'half_open' };
const closed = { ...opened, generation: 3, from: 'half_open', to: 'closed' };
const told = { mailsStored: ['ann', 'bob'], mailsReceived: ['ann', 'bob'] };
const untold = { mailsStored: [], mailsReceived: [] };
const history = [
  { ...opened, ...told },
  { ...halfOpen, ...untold },
  { ...closed, ...told },
];

const dead = (reason: string, more: Partial<typeof delivery>, attempts: AttemptFacts[]): Partial<Facts> => ({
  deliveries: [{ ...delivery, status: 'dead_letter', attempts: attempts.length, ...more }],
  attempts,
  ledger: attempts
    .filter(({ outcome }) => outcome !== 'unknown')
    .map((row) => line(row.number, { answered: row.httpStatus })),
  deadLetters: new Map([['d', reason]]),
  statistics: { completed: 0, failed: 1 },
});

const unknowns = (count: number): AttemptFacts[] =>
  Array.from({ length: count }, (_, index) => attempt(index + 1, unknown));

describe('nothing is broken when', () => {
  it.each<[string, Partial<Facts>]>([
    ['a delivery is delivered at once', {}],
    [
      'its worker died before its call was sent',
      {
        deliveries: [{ ...delivery, attempts: 2 }],
        attempts: [attempt(1, unknown), attempt(2)],
        ledger: [line(2)],
      },
    ],
    [
      'its worker died after its call was sent, answered or not',
      {
        deliveries: [{ ...delivery, attempts: 3 }],
        attempts: [attempt(1, unknown), attempt(2, unknown), attempt(3)],
        ledger: [line(1, { answered: null }), line(2), line(3)],
      },
    ],
    ['its acceptance was never answered', { accepted: new Map() }],
    [
      'it becomes a dead letter after all its attempts',
      dead(
        'exhausted',
        { attemptsCounted: 3 },
        [1, 2, 3].map((number) => attempt(number, failed)),
      ),
    ],
    [
      'it is poison after its attempts and five claims more',
      dead('poison', { attemptsCounted: 0 }, unknowns(8)),
    ],
    ['a breaker opens, is probed and closes', { transitions: history, mailRecipients: ['ann', 'bob'] }],
    ['one probe follows another', { probes: [probe(0, 10), probe(10, 20)] }],
    ['a prober died and others probed after it', { probes: [probe(0, null), probe(10, 20), probe(20, 30)] }],
  ])('%s', (_, more) => {
    expect(violations(facts(more))).toEqual([]);
  });
});

describe('a promise is broken when', () => {
  it.each<[string, Partial<Facts>, RegExp]>([
    [
      'an accepted delivery is gone',
      {
        accepted: new Map([
          ['d', 'digest'],
          ['e', 'digest'],
        ]),
      },
      /^1: e was accepted and is gone$/,
    ],
    [
      'a delivery never ends',
      { deliveries: [{ ...delivery, status: 'pending' }], statistics: { completed: 0, failed: 0 } },
      /^1: d has not ended, it is pending$/,
    ],
    [
      'a completed delivery has a dead letter too',
      { deadLetters: new Map([['d', 'exhausted']]) },
      /^1: d is completed, its dead letter is open$/,
    ],
    [
      'a dead one has no dead letter',
      {
        ...dead(
          'exhausted',
          { attemptsCounted: 3 },
          [1, 2, 3].map((number) => attempt(number, failed)),
        ),
        deadLetters: new Map(),
      },
      /^1: d is dead_letter, its dead letter is missing$/,
    ],
    [
      'a call has no attempt',
      { ledger: [line(1), line(2)] },
      /^2: the receiver got attempt d 2, which has no row$/,
    ],
    [
      'a call belongs to no delivery',
      { ledger: [line(1), line(1, { webhookId: 'x' })] },
      /^2: the receiver got attempt x 1, which has no row$/,
    ],
    ['one attempt was sent twice', { ledger: [line(1), line(1)] }, /^2: attempt d 1 left 2 times$/],
    [
      'a successful call was never sent',
      { ledger: [] },
      /^2: attempt d 1 is delivered, and the receiver never got it$/,
    ],
    [
      "a row contradicts the receiver's answer",
      { ledger: [line(1, { answered: 503 })] },
      /^2: attempt d 1 is delivered 200, the receiver answered 503$/,
    ],
    [
      'a blocked call was sent and never answered',
      {
        ...dead('non_retryable', {}, [attempt(1, { outcome: 'blocked', httpStatus: null, next: 'dead' })]),
        ledger: [line(1, { answered: null })],
      },
      /^2: attempt d 1 is blocked , the receiver answered null$/,
    ],
    [
      'numbers have a gap',
      {
        deliveries: [{ ...delivery, attempts: 2 }],
        attempts: [attempt(1, unknown), attempt(3)],
        ledger: [line(3)],
      },
      /^3: d counts 2 attempts and has 1, 3$/,
    ],
    [
      'a delivery counts more attempts than it has',
      { deliveries: [{ ...delivery, attempts: 2 }] },
      /^3: d counts 2 attempts and has 1$/,
    ],
    [
      'attempts have no delivery',
      { attempts: [attempt(1), attempt(1, { ...unknown, deliveryId: 'x' })] },
      /^3: x has attempts and no row$/,
    ],
    [
      'two attempts overlap',
      {
        deliveries: [{ ...delivery, attempts: 2 }],
        attempts: [attempt(1, { ...unknown, durationMs: 1_200 }), attempt(2)],
        ledger: [line(2)],
      },
      /^3: d began attempt 2 200 ms before 1 was over$/,
    ],
    [
      'another body arrived',
      { ledger: [line(1, { bodyDigest: 'other' })] },
      /^4: d arrived with another body$/,
    ],
    [
      'two attempts of an unanswered acceptance differ',
      {
        accepted: new Map(),
        deliveries: [{ ...delivery, attempts: 2 }],
        attempts: [attempt(1, unknown), attempt(2)],
        ledger: [line(1), line(2, { bodyDigest: 'other' })],
      },
      /^4: d arrived with another body$/,
    ],
    [
      'a call is signed with a wrong time',
      { ledger: [line(1, { timestamp: NOON_S - 600 })] },
      /^4: d is signed 600 s beside the time$/,
    ],
    [
      'an interrupted attempt counts against the budget',
      {
        deliveries: [{ ...delivery, attempts: 2, attemptsCounted: 2 }],
        attempts: [attempt(1, unknown), attempt(2)],
        ledger: [line(2)],
      },
      /^5: d counts 2 attempts, 1 came to an end$/,
    ],
    [
      'claims have no limit',
      dead('poison', { attemptsCounted: 0 }, unknowns(9)),
      /^5: d was claimed without limit$/,
    ],
    [
      'it becomes poison too soon',
      dead('poison', { attemptsCounted: 0 }, unknowns(7)),
      /^5: d became poison after 7 claims$/,
    ],
    [
      'it becomes a dead letter too soon',
      dead(
        'exhausted',
        { attemptsCounted: 2 },
        [1, 2].map((number) => attempt(number, failed)),
      ),
      /^5: d became a dead letter after 2 attempts that came to an end$/,
    ],
    [
      'it is attempted more often than allowed',
      dead(
        'exhausted',
        { attemptsCounted: 4 },
        [1, 2, 3, 4].map((number) => attempt(number, failed)),
      ),
      /^5: d had 4 attempts of 3$/,
    ],
    [
      'a change is missing',
      { transitions: [history[0]!, history[2]!] },
      /^6: app cap goes from change 1 to 3$/,
    ],
    [
      'a change is there twice',
      { transitions: [history[0]!, history[0]!] },
      /^6: app cap goes from change 1 to 1$/,
    ],
    [
      'a change leaves a state that the breaker was not in',
      { transitions: [{ ...history[0]!, from: 'half_open' }] },
      /^6: app cap leaves half_open while it is closed$/,
    ],
    [
      'two probes overlap',
      { probes: [probe(0, 100), probe(50, 150)] },
      /^6: app cap, change 2: two probes at a time$/,
    ],
    [
      'more probes were sent than needed',
      { probes: [probe(0, 1), probe(10, 11), probe(20, 21)] },
      /^6: app cap, change 2: 3 probes, 2 allowed$/,
    ],
    [
      'a mail is stored and never received',
      { transitions: [{ ...opened, ...told, mailsReceived: ['ann'] }], mailRecipients: ['ann', 'bob'] },
      /^6: change 1 of app cap \(closed > open\) was mailed to \[ann\]$/,
    ],
    [
      'a mail is stored twice',
      {
        transitions: [{ ...opened, ...told, mailsStored: ['ann', 'ann', 'bob'] }],
        mailRecipients: ['ann', 'bob'],
      },
      /^6: change 1 of app cap \(closed > open\) was written to \[ann,ann,bob\]$/,
    ],
    [
      'a probe is reported by mail',
      { transitions: [history[0]!, { ...halfOpen, ...told }], mailRecipients: ['ann', 'bob'] },
      /^6: change 2 of app cap \(open > half_open\) was written to/,
    ],
    [
      'statistics show another number',
      { statistics: { completed: 2, failed: 0 } },
      /^7: statistics say 2 completed and 0 failed, the rows 1 and 0$/,
    ],
    [
      'a call is in the metrics twice',
      {
        metrics: [
          { of: 'attempts', calls: 7, successes: 5, timeouts: 1 },
          { of: 'hours', calls: 7, successes: 5, timeouts: 1 },
          { of: 'minutes', calls: 8, successes: 5, timeouts: 1 },
        ],
      },
      /^7: minutes say 8 calls, the attempts 7$/,
    ],
  ])('%s', (_, more, broken) => {
    const found = violations(facts(more));
    expect(found).toEqual(expect.arrayContaining([expect.stringMatching(broken)]));
  });
});
