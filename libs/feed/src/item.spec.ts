import { describe, expect, it } from 'vitest';
import { parseCursor, SOURCES } from './cursor.js';
import { itemsOf, type SourceRow } from './item.js';

const at = new Date('2026-11-30T10:00:00Z');
const id = '0190a0a0-0000-7000-8000-000000000001';
const row: SourceRow = {
  transaction: 9,
  source: SOURCES.attempt,
  id,
  number: 1,
  appId: 'shop',
  at,
  receivedAt: new Date('2026-11-30T09:59:00Z'),
  next: 'done',
  error: null,
  mode: 'async',
  isUnsent: false,
  eventType: 'order.created',
  eventId: null,
  method: null,
  targetUrl: 'https://shop.example/hook',
};
const statuses = (change: Partial<SourceRow>): string[] =>
  itemsOf({ ...row, ...change }, 5).map(({ item }) => item.status);

describe('a row of the feed', () => {
  it.each<[string, Partial<SourceRow>, string[]]>([
    ['an event', { source: SOURCES.event }, ['received']],
    ['a call', { source: SOURCES.invocation }, ['received']],
    [
      'a sync call that was never sent',
      { source: SOURCES.invocation, isUnsent: true },
      ['received', 'failed'],
    ],
    ['a rejected request', { source: SOURCES.capture }, ['received', 'failed']],
    ['an attempt that delivered', { next: 'done' }, ['forwarded']],
    ['an attempt that is repeated later', { next: 'retry' }, ['retrying']],
    ['an attempt that did not count', { next: 'again' }, ['retrying']],
    ['the last attempt of a delivery', { next: 'dead' }, ['dlq']],
    ['the attempt of a sync call without success', { next: 'dead', mode: 'sync' }, ['failed']],
    ['a dead letter without an attempt', { source: SOURCES.deadLetter }, ['dlq']],
  ])('of %s has its statuses', (_, change, expected) => expect(statuses(change)).toEqual(expected));

  it('has the fields that its readers know', () => {
    const [placed] = itemsOf({ ...row, number: 3, next: 'retry', error: 'http 500', eventId: 'e' }, 5);
    expect(placed!.item).toEqual({
      id,
      projectId: 'shop',
      method: 'POST',
      receivedAt: new Date('2026-11-30T09:59:00Z'),
      status: 'retrying',
      at,
      retryCount: 2,
      eventType: 'order.created',
      targetUrl: 'https://shop.example/hook',
      errorMessage: 'http 500',
      deliveryId: id,
      eventId: 'e',
      cursor: expect.any(String),
    });
    expect(parseCursor(placed!.item.cursor)).toEqual({ ...placed!.position, atS: 5 });
  });

  it('leaves out what there is not', () => {
    const event = { source: SOURCES.event, number: 0, appId: null, eventType: null, targetUrl: null };
    const [placed] = itemsOf({ ...row, ...event, receivedAt: null, method: 'PUT', eventId: id }, 5);
    expect(placed!.item).toEqual({
      id,
      projectId: null,
      method: 'PUT',
      receivedAt: at,
      status: 'received',
      at,
      retryCount: 0,
      eventType: '',
      eventId: id,
      cursor: expect.any(String),
    });
  });

  it.each(['received', 'forwarded'])('has no error where it is %s', (status) => {
    const source = status === 'received' ? SOURCES.invocation : SOURCES.attempt;
    expect(itemsOf({ ...row, source, error: 'of a later attempt' }, 5)[0]!.item).not.toHaveProperty(
      'errorMessage',
    );
  });

  it.each([
    ['https://user:secret@shop.example/hook?token=secret#x', 'https://shop.example/hook'],
    ['https://shop.example/a@b', 'https://shop.example/a@b'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080/'],
    ['https://shop.example?next=a@b', 'https://shop.example'],
  ])('shows no secret of the URL %s', (targetUrl, shown) => {
    expect(itemsOf({ ...row, targetUrl }, 5)[0]!.item.targetUrl).toBe(shown);
  });
});
