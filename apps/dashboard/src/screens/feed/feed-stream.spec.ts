import { describe, expect, it } from 'vitest';
import {
  arrive,
  BUFFER,
  EMPTY,
  matches,
  pillOf,
  ROWS_A_SECOND,
  sample,
  tick,
  type FeedItem,
  type FeedRow,
} from './feed-stream.js';

const item = (n: number, more: Partial<FeedItem> = {}): FeedRow => ({
  kind: 'item',
  key: `c${n}`,
  item: {
    id: `id-${n}`,
    projectId: 'shop',
    method: 'POST',
    receivedAt: '2026-11-30T10:00:00.000Z',
    status: 'forwarded',
    at: '2026-11-30T10:00:00.000Z',
    retryCount: 0,
    eventType: 'order.created',
    cursor: `c${n}`,
    ...more,
  },
});
const items = (from: number, to: number): FeedRow[] =>
  Array.from({ length: to - from + 1 }, (_, index) => item(from + index));
const keys = (rows: readonly FeedRow[]): string[] => rows.map(({ key }) => key);

describe('a second of the feed', () => {
  it('shows all of a few items, newest first', () => {
    const stream = tick(arrive(EMPTY, items(1, 3)), 'sampled');
    expect(keys(stream.rows)).toEqual(['c3', 'c2', 'c1']);
    expect(stream).toMatchObject({ waiting: [], oneOf: 1, shown: 3 });
  });

  it('shows ten of a hundred, and says that it is one of ten', () => {
    const stream = tick(arrive(EMPTY, items(1, 100)), 'sampled');
    expect(stream.rows).toHaveLength(ROWS_A_SECOND);
    expect(stream.rows[0]!.key).toBe('c100');
    expect(stream.rows.at(-1)!.key).toBe('c1');
    expect(stream.oneOf).toBe(10);
  });

  it('shows all again when it is quiet again', () => {
    const busy = tick(arrive(EMPTY, items(1, 100)), 'sampled');
    expect(tick(busy, 'sampled').oneOf).toBe(1);
    expect(tick(arrive(busy, items(101, 102)), 'sampled').oneOf).toBe(1);
  });

  it('changes nothing when nothing arrived', () => {
    expect(tick(EMPTY, 'sampled')).toBe(EMPTY);
    expect(arrive(EMPTY, [])).toBe(EMPTY);
  });

  it('keeps the last thousand rows', () => {
    let stream = EMPTY;
    for (let n = 0; n < 150; n++) stream = tick(arrive(stream, items(n * 10 + 1, n * 10 + 10)), 'sampled');
    expect(stream.rows).toHaveLength(BUFFER);
    expect(stream.rows[0]!.key).toBe('c1500');
  });
});

describe('a paused feed', () => {
  it('does not move, and shows all that waited when it goes on', () => {
    const before = tick(arrive(EMPTY, items(1, 2)), 'sampled');
    const paused = tick(arrive(before, items(3, 60)), 'paused');
    expect(paused.rows).toBe(before.rows);
    expect(paused.waiting).toHaveLength(58);
    expect(keys(tick(paused, 'whole').rows)).toEqual(keys(items(1, 60).toReversed()));
  });

  it('keeps the last thousand that wait, and says how many are not shown', () => {
    const stream = tick(arrive(EMPTY, items(1, 1201)), 'whole');
    expect(stream.rows).toHaveLength(BUFFER);
    const little = tick(arrive(arrive(EMPTY, items(1, 1000)), items(1001, 1001)), 'sampled');
    expect(little.rows.at(-1)).toMatchObject({
      kind: 'gap',
      detail: '1 item is not shown: only the last 1,000 are kept while the feed is paused.',
    });
  });
});

describe('after a reconnect', () => {
  it('no item is shown twice', () => {
    const before = tick(arrive(EMPTY, items(1, 5)), 'sampled');
    const after = tick(arrive(arrive(before, items(4, 8)), items(7, 9)), 'whole');
    expect(keys(after.rows)).toEqual(keys(items(1, 9).toReversed()));
  });

  it('a gap is never left out of a sample', () => {
    const gap: FeedRow = { kind: 'gap', key: 'g', detail: '31,204 skipped' };
    const rows = [...items(1, 50), gap, ...items(51, 100)];
    expect(sample(rows, ROWS_A_SECOND)).toContain(gap);
  });
});

describe('the filter', () => {
  const row = item(1, { status: 'dlq', targetUrl: 'https://a.example/Hook', errorMessage: 'http 500' });
  it.each([
    [{}, true],
    [{ status: 'dlq,failed' }, true],
    [{ status: 'forwarded' }, false],
    [{ appId: 'shop' }, true],
    [{ appId: 'quiz' }, false],
    [{ text: 'HOOK' }, true],
    [{ text: '500' }, true],
    [{ text: 'id-1' }, true],
    [{ text: 'order' }, true],
    [{ text: 'refund' }, false],
    [{ status: 'dlq', appId: 'shop', text: 'refund' }, false],
  ])('%o of a dead letter of shop: %s', (filter, expected) => {
    expect(matches(filter, row)).toBe(expected);
  });

  it('never hides a gap', () => {
    expect(matches({ text: 'x' }, { kind: 'gap', key: 'g', detail: 'd' })).toBe(true);
  });
});

describe('the pill', () => {
  it.each([
    [{ state: 'connecting' }, false, 'connecting'],
    [{ state: 'live' }, false, 'live'],
    [{ state: 'live' }, true, 'paused'],
    [{ state: 'reconnecting', reason: 'transport close' }, false, 'reconnecting'],
    [{ state: 'reconnecting', reason: 'transport close' }, true, 'reconnecting'],
    [{ state: 'refused', reason: 'FORBIDDEN' }, false, 'refused'],
  ] as const)('%o, paused %s: %s', (connection, isPaused, word) => {
    expect(pillOf(connection, isPaused).word).toBe(word);
  });
});
