import { describe, expect, it } from 'vitest';
import { forwardOf } from './forward-of.js';

const request = { method: 'PUT', path: '/a', query: 'b=1', headers: [['X-A', '1'] as const] };
const claim = { eventType: 'inbound.github', request, targetUrl: null };
const target = { sourceId: 'c2b7a5f0-0000-7000-8000-000000000000' };

describe('a delivery of a captured event', () => {
  it('passes the request on to a target of a source', () =>
    expect(forwardOf(claim, target)).toEqual({ ...request, source: 'github' }));

  it.each([
    ['to a subscription', claim, { sourceId: null }],
    ['of an event that was published', { ...claim, request: null }, target],
    ['of a replay to another URL', { ...claim, targetUrl: 'https://else.example/' }, target],
  ])('is an ordinary call: %s', (_, one, endpoint) => expect(forwardOf(one, endpoint)).toBeNull());
});
