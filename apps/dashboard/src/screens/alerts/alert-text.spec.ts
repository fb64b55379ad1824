import { describe, expect, it } from 'vitest';
import {
  channelName,
  conditionText,
  NEW_RULE,
  noticeText,
  quantity,
  resolvedText,
  ruleSentence,
  subjectText,
  thresholdProblem,
  type RuleDraft,
} from './alert-text.js';

const rule = (more: Partial<RuleDraft>): RuleDraft => ({ ...NEW_RULE, ...more });

describe('a rule as a sentence', () => {
  it.each<[Partial<RuleDraft>, string]>([
    [{}, 'Fires when the success rate of each app falls below 95 % over 1 h, with at least 20 calls.'],
    [
      { appId: 'shop', capability: 'pay', type: 'response_time', threshold: 1500, minSamples: 1 },
      'Fires when the 95th percentile of the response time of pay of shop reaches 1.5 s over 1 h, with at least 1 call.',
    ],
    [
      { type: 'avg_attempts', threshold: 2, capability: '*', windowMs: 300_000 },
      'Fires when the average number of attempts per delivery of each capability of each app rises above 2 over 5 min, with at least 20 calls.',
    ],
    [
      { type: 'dlq_size', threshold: 10 },
      'Fires when the number of dead letters waiting of the whole installation rises above 10.',
    ],
    [
      { type: 'queue_depth', threshold: 100, appId: 'shop' },
      'Fires when the number of deliveries that are due of shop reaches 100.',
    ],
    [
      { type: 'circuit_open', threshold: 1, appId: 'shop' },
      'Fires when the number of open circuit breakers of each capability of shop reaches 1.',
    ],
    [
      { type: 'app_health', threshold: 3 },
      'Fires when the number of health checks failed in a row of each app reaches 3.',
    ],
  ])('%o', (more, sentence) => {
    expect(conditionText(rule(more))).toBe(sentence);
  });

  it.each<[Partial<RuleDraft>, string]>([
    [
      {},
      'People are notified on every configured channel, at most once in 1 h for each app or capability, and once more when it is over.',
    ],
    [
      { channels: ['email'], cooldownSeconds: 0 },
      'People are notified by email, each time for each app or capability, and once more when it is over.',
    ],
    [
      { channels: ['email', 'in_app', 'slack'], cooldownSeconds: 600 },
      'People are notified by email, in-app notice and Slack, at most once in 10 min for each app or capability, and once more when it is over.',
    ],
    [{ enabled: false }, 'It is switched off: it is not evaluated, and nobody is notified.'],
  ])('whom it tells: %o', (more, sentence) => {
    expect(noticeText(rule(more))).toBe(sentence);
    expect(ruleSentence(rule(more))).toContain(sentence);
  });
});

describe('the words of a case', () => {
  it('a value has its unit', () => {
    expect(quantity('success_rate', 91.256)).toBe('91.26 %');
    expect(quantity('response_time', 5200)).toBe('5.2 s');
    expect(quantity('something_new', 3)).toBe('3');
  });

  it('a subject is an app, a capability, or all', () => {
    expect(subjectText({ appId: null, capability: null })).toBe('the whole installation');
    expect(subjectText({ appId: 'shop', capability: null })).toBe('shop');
    expect(subjectText({ appId: 'shop', capability: 'pay' })).toBe('shop / pay');
  });

  it('says why it was resolved', () => {
    expect(resolvedText('recovered')).toBe('it recovered');
    expect(resolvedText('new_reason')).toBe('new reason');
    expect(resolvedText(null)).toBe('');
  });

  it('a channel that is not known has its own name', () => {
    expect(channelName('pager')).toBe('pager');
  });
});

describe('a threshold', () => {
  it.each<[RuleDraft['type'], number, string | null]>([
    ['success_rate', 95.5, null],
    ['success_rate', 101, 'Must be a number from 0.01 to 100 %.'],
    ['dlq_size', 1.5, 'Must be a whole number from 0 to 1,000,000,000.'],
    ['circuit_open', 2, 'Must be 1.'],
    ['app_health', 1000, null],
    ['avg_attempts', Number.NaN, 'Must be a number from 1 to 9.99.'],
  ])('%s %d: %s', (type, threshold, problem) => {
    expect(thresholdProblem({ type, threshold })).toBe(problem);
  });
});
