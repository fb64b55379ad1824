import { describe, expect, it } from 'vitest';
import { findTarget, type Choices, type TargetAsked } from './find-target.js';

const one: Choices = { capabilities: ['answer'], subscriptions: [] };
const both: Choices = { capabilities: ['answer'], subscriptions: ['ledger'] };
const many: Choices = { capabilities: Array.from({ length: 12 }, (_, n) => `c${n}`), subscriptions: [] };

describe('the endpoint of a run', () => {
  it.each<[string, TargetAsked, Choices, object]>([
    ['the only capability', {}, one, { kind: 'capability', name: 'answer' }],
    ['the only subscription', {}, { ...both, capabilities: [] }, { kind: 'subscription', name: 'ledger' }],
    ['the capability that is named', { capability: 'answer' }, both, { kind: 'capability', name: 'answer' }],
    [
      'the subscription that is named',
      { subscription: 'ledger' },
      both,
      { kind: 'subscription', name: 'ledger' },
    ],
  ])('is %s', (_, asked, choices, target) => {
    expect(findTarget(asked, choices)).toEqual(target);
  });

  it.each<[string, TargetAsked, Choices, string, RegExp]>([
    [
      'two are named',
      { capability: 'answer', subscription: 'ledger' },
      both,
      '/subscription',
      /leave one out$/,
    ],
    [
      'the capability is not there',
      { capability: 'x' },
      one,
      '/capability',
      /"x" .*; name capability answer$/,
    ],
    [
      'the subscription is not there',
      { subscription: 'x' },
      both,
      '/subscription',
      /"x" .*; name capability answer, subscription ledger$/,
    ],
    [
      'none is named of several',
      {},
      both,
      '/capability',
      /absent; name capability answer, subscription ledger$/,
    ],
    ['none is named of many', {}, many, '/capability', /capability c9 or one of 2 more$/],
    [
      'there is none',
      {},
      { capabilities: [], subscriptions: [] },
      '/capability',
      /register a manifest with one$/,
    ],
  ])('is refused when %s', (_, asked, choices, pointer, message) => {
    expect(() => findTarget(asked, choices)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(message),
        problems: [expect.objectContaining({ pointer })],
      }),
    );
  });
});
