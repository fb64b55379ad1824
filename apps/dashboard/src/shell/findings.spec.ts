import { describe, expect, it } from 'vitest';
import { findingNote, findingPath } from './findings.js';

const links = {
  home: '/',
  app: (appId: string, filters: object = {}) => `/apps/${appId} ${JSON.stringify(filters)}`,
  subscriptions: (appId: string) => `/apps/${appId}/subscriptions`,
  source: (appId: string, source: string) => `/inbound/${appId}/${source}`,
  delivery: (id: string) => `/deliveries/${id}`,
  event: (id: string) => `/events/${id}`,
  deadLetter: (id: string) => `/dead-letters/${id}`,
  alertRules: '/alert-rules',
};
const finding = (kind: string) => ({ kind, id: 'x', appId: 'shop', title: 'x', detail: null });

describe('what the search found', () => {
  it.each([
    ['app', '/apps/x {}'],
    ['capability', '/apps/shop {"capability":"x"}'],
    ['subscription', '/apps/shop/subscriptions'],
    ['source', '/inbound/shop/x'],
    ['delivery', '/deliveries/x'],
    ['event', '/events/x'],
    ['dead_letter', '/dead-letters/x'],
    ['alert_rule', '/alert-rules'],
    ['another', '/'],
  ])('%s opens %s', (kind, path) => expect(findingPath(finding(kind), links)).toBe(path));

  it('has a note that says what it is', () => {
    expect(findingNote(finding('dead_letter'))).toBe('dead letter of shop');
    expect(findingNote({ ...finding('app'), detail: 'active' })).toBe('app, active');
    expect(findingNote({ ...finding('event'), appId: null, detail: 'order.paid' })).toBe('event, order.paid');
  });
});
