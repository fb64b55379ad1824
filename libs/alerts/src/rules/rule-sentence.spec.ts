import { expect, it } from 'vitest';
import { ruleSentence } from './rule-sentence.js';

const rule = {
  type: 'success_rate',
  threshold: 95,
  windowMs: 3_600_000,
  minSamples: 20,
  cooldownSeconds: 3600,
  channels: [],
  appId: 'quiz',
  capability: '*',
} as const;

it.each([
  [
    rule,
    'Fires when the success rate of each capability of app quiz over the last 1 h is below 95 %, with 20 calls or more. Notifies by every configured channel, at most once per 1 h for each.',
  ],
  [
    { ...rule, type: 'dlq_size', threshold: 10, appId: null, capability: null, cooldownSeconds: 0 } as const,
    'Fires when the number of dead letters waiting of the whole installation is above 10. Notifies by every configured channel.',
  ],
  [
    {
      ...rule,
      type: 'app_health',
      threshold: 3,
      appId: null,
      capability: null,
      channels: ['email', 'slack'],
    } as const,
    'Fires when the number of health checks failed in a row of each app is at or above 3. Notifies by email, slack, at most once per 1 h for each.',
  ],
  [
    { ...rule, type: 'circuit_open', threshold: 1, capability: null } as const,
    'Fires when the number of open circuit breakers of each capability of app quiz is at or above 1. Notifies by every configured channel, at most once per 1 h for each.',
  ],
  [
    { ...rule, type: 'response_time', threshold: 500, capability: 'answer', minSamples: 1 } as const,
    'Fires when the 95th percentile of the response time of answer of app quiz over the last 1 h is at or above 500 ms. Notifies by every configured channel, at most once per 1 h for each.',
  ],
])('a rule is told in a sentence (%#)', (of, expected) => expect(ruleSentence(of)).toBe(expected));
