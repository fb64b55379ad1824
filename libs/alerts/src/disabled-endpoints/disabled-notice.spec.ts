import type { DisabledEndpoint } from '@breakwater/manifest';
import { describe, expect, it } from 'vitest';
import { disabledNotice, failingNotice } from './disabled-notice.js';
import { reasonOf, type FailingSubscription } from './failing-subscription.js';

const DAY_MS = 86_400_000;
const at = new Date('2026-11-26T10:00:00Z');
const endpoint: DisabledEndpoint = {
  id: 'e',
  appId: 'shop',
  appName: 'Shop',
  capability: 'report',
  subscription: null,
  url: 'https://shop.example/hooks?key=secret',
  reason: 'it answered 410 Gone',
  disabledAt: at,
};
const failing: FailingSubscription = {
  endpointId: 'e',
  appId: 'shop',
  appName: 'Shop',
  name: 'ledger',
  capability: 'endpoint:e',
  url: endpoint.url,
  since: at,
  calls: 42,
  isOver: false,
  disabledFrom: new Date(at.getTime() + 5 * DAY_MS),
};

describe('the notice of a disabled endpoint', () => {
  it.each([
    ['a capability', endpoint, 'report of Shop', 'breakwater enable shop report', '/apps/shop'],
    [
      'a subscription',
      { ...endpoint, capability: 'endpoint:e', subscription: 'ledger' },
      'subscription ledger of Shop',
      'breakwater subscriptions enable shop ledger',
      '/apps/shop',
    ],
  ])('says of %s why, what waits, and how to enable it', (_, of, name, command, path) => {
    const notice = disabledNotice(of, DAY_MS);
    expect(notice.title).toBe(`Disabled: ${name}`);
    expect(notice.summary).toContain(`disabled ${name} because it answered 410 Gone.`);
    expect(notice.summary).toContain('one that waited for 1 d becomes a dead letter');
    expect(JSON.stringify(notice.steps)).toContain(command);
    expect(notice.steps.map((step) => step.path)).toContain(path);
  });

  it('shows no query of the URL, and is another one the next time', () => {
    const notice = disabledNotice(endpoint, DAY_MS);
    expect(JSON.stringify([notice, failingNotice(failing)])).not.toContain('secret');
    const again = disabledNotice({ ...endpoint, disabledAt: new Date(0) }, DAY_MS);
    expect(again.dedupeKey).not.toBe(notice.dedupeKey);
  });
});

describe('the warning about a failing subscription', () => {
  it('says since when it fails, how often, and when it is disabled', () => {
    const { title, summary, dedupeKey } = failingNotice(failing);
    expect(title).toBe('All calls fail: subscription ledger of Shop');
    expect(summary).toBe(
      'All 42 calls of subscription ledger of Shop since 2026-11-26 10:00:00 UTC failed. If none succeeds, it is disabled at 2026-12-01 10:00:00 UTC.',
    );
    expect(dedupeKey).toBe(`subscription_failing:e:${at.getTime()}`);
    expect(reasonOf(failing)).toBe('all of its 42 calls since 2026-11-26 10:00:00 UTC failed');
  });
});
