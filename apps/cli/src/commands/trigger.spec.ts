import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CannedApi } from '../canned-api.fixture.js';

describe('trigger', () => {
  const api = new CannedApi();
  beforeAll(() => api.start());
  beforeEach(() => api.forget());
  afterAll(() => api.stop());

  const published = { eventId: 'e1', status: 'fanning_out', deliveries: null, warnings: [] };
  const delivery = { subscription: 'ledger', id: 'd1', status: 'pending', attempts: 0, lastError: null };
  const story = { id: 'e1', status: 'published', deliveries: [delivery], skipped: [] };
  const ended = (status: string): object => ({
    ...story,
    deliveries: [{ ...delivery, status, attempts: 1 }],
  });

  it('publishes the example of the type as it was written, and waits for the deliveries', async () => {
    api.answerInTurn(
      { type: 'order.paid', example: { total: 1 } },
      published,
      { ...story, status: 'fanning_out', deliveries: [] },
      story,
      ended('completed'),
    );
    expect(await api.breakwater('trigger', 'event', 'order.paid')).toBe(0);
    expect(api.requests.slice(0, 2)).toMatchObject([
      { method: 'GET', path: '/api/v1/event-types/order.paid' },
      { method: 'POST', path: '/api/v1/events', body: '{"type":"order.paid","payload":{"total":1}}' },
    ]);
    expect(api.err).toEqual(['published e1']);
    expect(api.out.join('\n')).toMatch(/ledger +d1 +completed +1/);
  });

  it('publishes a payload of the command line unchanged', async () => {
    api.answerInTurn(published, ended('completed'));
    expect(await api.breakwater('trigger', 'event', 'order.paid', '{"n": 1.0}', '--app', 'shop')).toBe(0);
    expect(api.requests[0]!.body).toBe('{"type":"order.paid","payload":{"n": 1.0},"appId":"shop"}');
    expect(api.requests[0]!.headers['idempotency-key']).toBeDefined();
  });

  it.each([
    ['no example', { type: 'a.b', example: null }],
    ['an answer without one', { type: 'a.b' }],
  ])('publishes a sample for a type with %s', async (_, type) => {
    api.answerInTurn(type, published, ended('completed'));
    await api.breakwater('trigger', 'event', 'a.b');
    expect(api.requests[1]!.body).toBe('{"type":"a.b","payload":{"sample":true}}');
  });

  it.each([
    ['failed', ended('dead_letter'), [], 1],
    ['still waits', story, ['--wait', '0'], 0],
    ['went to nobody', { ...story, deliveries: [] }, [], 0],
  ])('says by its exit code that a delivery %s', async (_, last, options, code) => {
    api.answerInTurn(published, last);
    expect(await api.breakwater('trigger', 'event', 'a.b', '{}', ...options)).toBe(code);
  });

  it('says who did not get the event, and why', async () => {
    const skipped = [{ subscription: 'audit', reason: 'filter', term: '/total' }];
    api.answerInTurn(published, { ...story, deliveries: [], skipped });
    await api.breakwater('trigger', 'event', 'a.b', '{}');
    expect(api.out).toEqual(['no subscription takes it', '', expect.any(String), 'audit    filter  /total']);
  });

  it('prints the answer of a sync capability', async () => {
    api.answerWith({ source: 'primary', data: 42, requestId: 'r', durationMs: 3 });
    expect(await api.breakwater('trigger', 'call', 'quiz', 'answer', '{"q":1}')).toBe(0);
    expect(api.requests[0]).toMatchObject({
      path: '/api/v1/apps/quiz/capabilities/answer/invoke',
      body: '{"payload":{"q":1}}',
    });
    expect(api.out[0]).toBe('source:      primary');
  });

  it.each([
    ['completed', 0],
    ['dead_letter', 1],
  ])('waits for the delivery of an async one: %s', async (status, code) => {
    const of = { id: 'd1', history: [], timeline: [] };
    api.answerInTurn(
      { deliveryId: 'd1', status: 'accepted', requestId: 'r', replayed: false },
      { ...of, status: 'pending' },
      { ...of, status },
    );
    expect(await api.breakwater('trigger', 'call', 'quiz', 'report')).toBe(code);
    expect(api.err).toEqual(['accepted d1']);
    expect(api.requests.at(-1)!.path).toBe('/api/v1/deliveries/d1');
    expect(api.out.join('\n')).toContain(status);
  });
});
