import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesOf } from './changes.js';

const active = {
  name: 'Shop',
  webhooks: { quote: '/quote', stock: { url: '/s', timeout: 1 } },
  subscriptions: {},
};

describe('what a draft changes', () => {
  it('each webhook, subscription and setting is named once', () => {
    const draft = {
      name: 'Shop 2',
      webhooks: { stock: { timeout: 2, url: '/s' }, price: '/price' },
      subscriptions: { orders: { url: '/o' } },
    };
    expect(changesOf(active, draft).map(({ kind, name, change }) => `${kind} ${name} ${change}`)).toEqual([
      'webhook price added',
      'webhook quote removed',
      'webhook stock changed',
      'subscription orders added',
      'setting name changed',
    ]);
  });

  it('the order of members is no change', () => {
    const draft = { ...active, webhooks: { stock: { timeout: 1, url: '/s' }, quote: '/quote' } };
    expect(changesOf(active, draft)).toEqual([]);
  });

  it('something that is no object has no members', () => {
    expect(changesOf(null, 'text')).toEqual([]);
    expect(changesOf([], { name: 'x' })).toHaveLength(1);
  });

  it('a manifest differs in nothing from itself', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        expect(changesOf(value, structuredClone(value))).toEqual([]);
      }),
    );
  });
});
