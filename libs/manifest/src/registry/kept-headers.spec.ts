import { describe, expect, it } from 'vitest';
import { hasMaskedHeader, keepHeaders } from './kept-headers.js';

const active = {
  webhooks: { quote: { url: '/q', headers: { 'X-Key': 'secret-1' } }, plain: '/p' },
  subscriptions: { orders: { url: '/o', headers: { 'X-Key': 'secret-2' } } },
};
const masked = {
  webhooks: { quote: { url: '/new', headers: { 'X-Key': '***', 'X-Other': 'new' } }, plain: '/p' },
  subscriptions: { orders: { url: '/o', headers: { 'X-Key': '***' } } },
};

describe('a masked header', () => {
  it('keeps the value in force', () => {
    expect(keepHeaders(masked, active)).toEqual({
      problems: [],
      document: {
        webhooks: { quote: { url: '/new', headers: { 'X-Key': 'secret-1', 'X-Other': 'new' } }, plain: '/p' },
        subscriptions: { orders: { url: '/o', headers: { 'X-Key': 'secret-2' } } },
      },
    });
  });

  it.each([
    ['a new app', null],
    [
      'another name',
      { webhooks: { quote: { headers: { 'X-Other': 'a' } } }, subscriptions: active.subscriptions },
    ],
    ['a webhook without headers', { webhooks: { quote: '/q' }, subscriptions: active.subscriptions }],
  ])('is refused where there is no value: %s', (_, before) => {
    const { problems } = keepHeaders(masked, before);
    expect(problems[0]).toMatchObject({ pointer: '/webhooks/quote/headers/X-Key', rule: 'header_mask' });
  });

  it('is found wherever it stands', () => {
    expect(hasMaskedHeader(masked)).toBe(true);
    expect(hasMaskedHeader(active)).toBe(false);
    expect(hasMaskedHeader('***')).toBe(false);
    expect(hasMaskedHeader({ webhooks: ['***'], name: '***' })).toBe(false);
  });

  it('is no member of what every object has', () => {
    const odd = { webhooks: { quote: { headers: { constructor: '***' } } } };
    expect(keepHeaders(odd, active).problems).toHaveLength(1);
  });
});
