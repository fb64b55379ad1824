import { describe, expect, it } from 'vitest';
import { changed, EMPTY, matchesOf, whySkipped, type SubscriptionVersion } from './directory.js';
import { matchableEvent } from './matchable-event.js';

const version = (endpointId: string, change: Partial<SubscriptionVersion> = {}): SubscriptionVersion => ({
  endpointId,
  appId: 'shop',
  name: endpointId,
  fromVersion: 1,
  untilVersion: null,
  events: ['order.*'],
  filter: null,
  timeoutMs: null,
  retry: null,
  state: 'active',
  ...change,
});

const event = (body: string, type = 'order.created') =>
  matchableEvent({ type, body: Buffer.from(body), headers: null, metadata: null });

const idsOf = (targets: { endpointId: string }[]): string[] => targets.map(({ endpointId }) => endpointId);

describe('a directory of subscriptions', () => {
  it('has what began, without what ended, sorted by endpoint', () => {
    const first = changed(EMPTY, 1, [version('b'), version('a')]);
    const second = changed(first, 2, [
      version('a', { untilVersion: 2 }),
      version('c', { fromVersion: 2 }),
      version('b', { untilVersion: 2 }),
      version('b', { fromVersion: 2, events: ['invoice.*'] }),
    ]);
    expect(idsOf([...first.subscriptions])).toEqual(['a', 'b']);
    expect([second.version, idsOf([...second.subscriptions])]).toEqual([2, ['b', 'c']]);
    expect(idsOf(matchesOf(second, event('1'), { after: null, limit: 9 }).targets)).toEqual(['c']);
  });

  it('continues after an endpoint, and says whether there are more', () => {
    const directory = changed(
      EMPTY,
      1,
      ['a', 'b', 'c', 'd'].map((id) => version(id)),
    );
    const first = matchesOf(directory, event('1'), { after: null, limit: 3 });
    expect([idsOf(first.targets), first.more, first.cursor]).toEqual([['a', 'b', 'c'], true, 'c']);
    const rest = matchesOf(directory, event('1'), { after: 'c', limit: 3 });
    expect([idsOf(rest.targets), rest.more]).toEqual([['d'], false]);
  });
});

describe('a subscription', () => {
  const large = { payload: { total: { $gte: 10 } } };

  it.each<[string, Partial<SubscriptionVersion>, string, object | null]>([
    ['gets what matches', { filter: large }, '{"total":10}', null],
    ['waits while it is paused', { state: 'paused' }, '{}', null],
    ['is skipped by its types', { events: ['invoice.paid'] }, '{}', { reason: 'type' }],
    ['is skipped by its filter', { filter: large }, '{"total":9}', { reason: 'filter' }],
    ['is skipped by its filter if the body is not JSON', { filter: large }, '{', { reason: 'filter' }],
    ['is skipped while it is disabled', { state: 'disabled' }, '{}', { reason: 'disabled' }],
    ['is skipped if its filter is refused today', { filter: { $no: 1 } }, '{}', { reason: 'filter' }],
  ])('%s', (_, change, body, skipped) => {
    const [subscription] = changed(EMPTY, 1, [version('a', change)]).subscriptions;
    const why = whySkipped(subscription!, event(body));
    if (skipped === null) expect(why).toBeNull();
    else expect(why).toMatchObject(skipped);
  });

  it('names the term of its filter that does not match', () => {
    const [subscription] = changed(EMPTY, 1, [version('a', { filter: large })]).subscriptions;
    expect(whySkipped(subscription!, event('{"total":1}'))).toEqual({
      reason: 'filter',
      term: '/payload/total/$gte',
    });
  });
});
