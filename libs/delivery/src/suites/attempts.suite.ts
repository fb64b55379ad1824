import { createHmac } from 'node:crypto';
import { newId } from '@breakwater/platform';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AcceptDelivery } from '../accept/accept-delivery.service.js';
import { EndpointDirectory } from '@breakwater/manifest';
import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';

/** The attempts of one delivery. */
export function attemptsSuite(redisUrl: string | null): void {
  describe.concurrent('an async delivery', () => {
    let world: EngineWorld;
    let paths = 0;
    beforeAll(async () => {
      world = await startWorld({ redisUrl });
    });
    afterAll(() => world.stop());

    const newPath = (): string => `/hook-${++paths}`;
    const ended = async (id: string, limitMs = 20_000): Promise<Record<string, unknown>> =>
      eventually(
        async () => {
          const delivery = await world.delivery(id);
          return delivery['status'] !== 'pending' && delivery;
        },
        { limitMs, what: `end of ${id}` },
      );
    const deadLetter = async (id: string): Promise<Record<string, unknown> | undefined> =>
      (await world.rows('SELECT * FROM webhook_dead_letter_queue WHERE delivery_id = $1', id))[0];

    it.each([
      ['nothing', Buffer.alloc(0)],
      ['a byte order mark', Buffer.from('\ufeff{"a":1}')],
      ['a backslash, a quote and letters of four bytes', Buffer.from('{"a":"\\\\ \\" é 😀"}')],
      ['a NUL', Buffer.from('{"a":"\0"}')],
      ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28, 0x5c])],
      ['half a letter at the end', Buffer.from('é').subarray(0, 1)],
      ['many bytes', Buffer.from('x€'.repeat(100_000))],
    ])('arrives byte for byte, also %s', async (_, body) => {
      const path = newPath();
      const { appId } = await world.register({ job: { url: world.receiver.on(path), async: true } });
      await ended(await world.accept(appId, 'job', body));
      expect(world.receiver.callsTo(path).map((call) => call.body.equals(body))).toEqual([true]);
    });

    it('is sent once, with its bytes, its headers and two valid signatures', async () => {
      const path = newPath();
      const { appId, signingSecret } = await world.register({
        job: { url: world.receiver.on(path), async: true },
      });
      const body = Buffer.from('{"big": 12345678901234567890,\n "name":"\u00e9\\u0000"  }');
      const endpoint = await world.endpoint(appId, 'job');
      const accept = world.engine.get(AcceptDelivery);
      const { deliveryId } = await accept.accept({
        endpoint,
        kind: 'invocation',
        requestId: 'req-7',
        body,
        contentType: 'application/json',
      });
      expect(await ended(deliveryId)).toMatchObject({
        status: 'completed',
        attempts: 1,
        claim_token: null,
        wait_reason: null,
      });
      const [call, ...more] = world.receiver.callsTo(path);
      expect(more).toEqual([]);
      expect(call!.body.equals(body)).toBe(true);
      expect(call!.headers).toMatchObject({
        'content-type': 'application/json',
        'webhook-id': deliveryId,
        'x-request-id': 'req-7',
        'x-retry-attempt': '1',
        'x-max-attempts': '3',
        'x-timeout-ms': '30000',
      });
      new Webhook(signingSecret).verify(call!.body, call!.headers as Record<string, string>);
      expect(call!.headers['x-platform-signature']).toBe(
        createHmac('sha256', signingSecret).update(body).digest('hex'),
      );
    });

    it('carries the names of an event if it is one', async () => {
      const path = newPath();
      const { appId } = await world.register({ job: { url: world.receiver.on(path), async: true } });
      const endpoint = await world.endpoint(appId, 'job');
      const { deliveryId } = await world.engine.get(AcceptDelivery).accept({
        endpoint,
        kind: 'event',
        eventType: 'user.created',
        requestId: newId(),
        body: Buffer.from('{}'),
        contentType: 'text/plain',
      });
      expect(await ended(deliveryId)).toMatchObject({ kind: 'event', event_type: 'user.created' });
      const { headers } = world.receiver.callsTo(path)[0]!;
      expect(headers).toMatchObject({
        'content-type': 'text/plain',
        'x-webhook-id': deliveryId,
        'x-webhook-attempt': '1',
      });
      expect(headers).not.toHaveProperty('x-retry-attempt');
    });

    it.each([
      ['standard', { profile: 'standard', initialDelayMs: 200 }, [200, 400]],
      ['forward', { profile: 'forward', initialDelayMs: 200 }, [200, 400]],
      ['endpoint', { profile: 'endpoint', initialDelayMs: 100 }, [100, 200, 400, 800]],
      ['patient, capped', { profile: 'patient', maxDelayMs: 300 }, [300, 300, 300, 300, 300]],
      ['a schedule', { schedule: [300, 100] }, [300, 100]],
    ])('is retried after the delays of %s, within 20 %%', async (_, retry, delays) => {
      const path = newPath();
      const url = world.receiver.on(path, { status: 503 });
      const { appId } = await world.register({
        job: { url, async: true, retry, circuitBreaker: { failureThreshold: 100 } },
      });
      const id = await world.accept(appId, 'job');
      expect(await ended(id)).toMatchObject({
        status: 'dead_letter',
        attempts: delays.length + 1,
        last_error_class: 'server_error',
      });
      for (const [index, gapMs] of world.receiver.gapsOf(path).entries()) {
        const plannedMs = delays[index]!;
        expect(gapMs, `gap ${index + 1}`).toBeGreaterThanOrEqual(plannedMs * 0.8 - 5);
      }
      const attempts = await world.attempts(id);
      expect(attempts.map(({ number }) => number)).toEqual(
        delays.map((_delay, index) => index + 1).concat(delays.length + 1),
      );
      for (const [index, { next, next_at, started_at, duration_ms }] of attempts.slice(0, -1).entries()) {
        expect(next).toBe('retry');
        const waitMs = (next_at as Date).getTime() - (started_at as Date).getTime() - (duration_ms as number);
        expect(waitMs).toBeGreaterThanOrEqual(delays[index]! * 0.8 - 5);
      }
      expect(attempts.at(-1)).toMatchObject({
        next: 'dead',
        next_at: null,
        http_status: 503,
        outcome: 'http_error',
      });
      const calls = world.receiver.callsTo(path);
      expect(new Set(calls.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([id]));
      expect(new Set(calls.map(({ headers }) => headers['x-request-id'])).size).toBe(1);
      expect(calls.map(({ headers }) => headers['x-retry-attempt'])).toEqual(
        calls.map(({ number }) => String(number)),
      );
      expect(await deadLetter(id)).toMatchObject({
        reason: 'exhausted',
        category: 'RETRYABLE',
        attempts: delays.length + 1,
        error: 'http 503',
      });
    });

    it('waits a second, plus or minus a fifth, before its first retry by default', async () => {
      const path = newPath();
      const { appId } = await world.register({
        job: {
          url: world.receiver.on(path, ({ number }) => ({ status: number === 1 ? 500 : 200 })),
          async: true,
        },
      });
      const id = await world.accept(appId, 'job');
      expect(await ended(id)).toMatchObject({
        status: 'completed',
        attempts: 2,
        attempts_counted: 2,
        last_error: null,
      });
      const [gapMs] = world.receiver.gapsOf(path);
      expect(gapMs).toBeGreaterThanOrEqual(800);
    });

    it.each([400, 401, 404, 302])('is a dead letter after one %i', async (status) => {
      const path = newPath();
      const { appId } = await world.register({
        job: { url: world.receiver.on(path, { status }), async: true },
      });
      const id = await world.accept(appId, 'job', '{"kept":true}');
      expect(await ended(id)).toMatchObject({ status: 'dead_letter', attempts: 1, next_attempt_at: null });
      expect(world.receiver.callsTo(path)).toHaveLength(1);
      const letters = await world.rows('SELECT * FROM webhook_dead_letter_queue WHERE delivery_id = $1', id);
      expect(letters).toMatchObject([
        {
          reason: 'non_retryable',
          category: 'NON_RETRYABLE',
          attempts: 1,
          resolved_at: null,
          requeued_at: null,
        },
      ]);
      expect((letters[0]!['payload'] as Buffer).toString()).toBe('{"kept":true}');
    });

    it('waits as long as a 429 says', async () => {
      const path = newPath();
      const url = world.receiver.on(path, ({ number }) =>
        number === 1 ? { status: 429, headers: { 'retry-after': '2' } } : {},
      );
      const { appId } = await world.register({ job: { url, async: true, retry: { initialDelayMs: 10 } } });
      await ended(await world.accept(appId, 'job'));
      const [gapMs] = world.receiver.gapsOf(path);
      expect(gapMs).toBeGreaterThanOrEqual(1995);
    });

    it('that gets a 410 disables the endpoint; those behind it wait', async () => {
      const path = newPath();
      const url = world.receiver.on(path, { status: 410 });
      const { appId } = await world.register({ job: { url, async: true, concurrency: 1 } });
      const ids = await Promise.all(Array.from({ length: 6 }, () => world.accept(appId, 'job')));
      const letters = await eventually(async () => {
        const rows = await world.rows('SELECT * FROM webhook_dead_letter_queue WHERE app_id = $1', appId);
        return rows.length > 0 && rows;
      });
      expect(letters).toMatchObject([{ reason: 'non_retryable', category: 'NON_RETRYABLE', attempts: 1 }]);
      expect(world.receiver.callsTo(path).length).toBe(1);
      const all = await Promise.all(ids.map((id) => world.delivery(id)));
      expect(all.filter(({ status }) => status === 'pending')).toHaveLength(5);
      await expect(world.accept(appId, 'job')).rejects.toMatchObject({ code: 'ENDPOINT_UNAVAILABLE' });
    });

    it('is aborted at its deadline and tried again', async () => {
      const path = newPath();
      const url = world.receiver.on(path, ({ number }) => (number === 1 ? 'hang' : {}));
      const { appId } = await world.register({
        job: { url, async: true, timeout: 1000, retry: { initialDelayMs: 50 } },
      });
      const id = await world.accept(appId, 'job');
      expect(await ended(id)).toMatchObject({ status: 'completed', attempts: 2 });
      const [first] = await world.attempts(id);
      expect(first).toMatchObject({
        outcome: 'timeout',
        error_class: 'network',
        http_status: null,
        next: 'retry',
      });
      expect(first!['duration_ms']).toBeGreaterThanOrEqual(995);
    });

    it('is never sent unsigned', async () => {
      const path = newPath();
      const { appId } = await world.register({ job: { url: world.receiver.on(path), async: true } });
      await world.rows(`UPDATE signing_secrets SET sealed = 'damaged' WHERE app_id = $1`, appId);
      await world.engine.get(EndpointDirectory).announce(appId);
      const id = await world.accept(appId, 'job');
      expect(await ended(id)).toMatchObject({
        status: 'dead_letter',
        last_outcome: 'misconfigured',
        last_error_class: 'signature',
      });
      expect(world.receiver.callsTo(path)).toEqual([]);
    });

    it('writes one log line per attempt with its whole story, and never its payload', async () => {
      const path = newPath();
      const url =
        world.receiver.on(path, ({ number }) => ({ status: number === 1 ? 503 : 200 })) + '?token=secret';
      world.receiver.on(`${path}?token=secret`, ({ number }) => ({ status: number === 1 ? 503 : 200 }));
      const { appId } = await world.register({ job: { url, async: true, retry: { initialDelayMs: 10 } } });
      const id = await world.accept(appId, 'job', '"payload-42"');
      await ended(id);
      const own = world.logs.filter(({ said }) => (said as { deliveryId?: string }).deliveryId === id);
      const story = {
        appId,
        capability: 'job',
        eventType: 'job',
        url: world.receiver.url,
        durationMs: expect.any(Number),
        sinceAcceptedMs: expect.any(Number),
      };
      expect(own).toMatchObject([
        {
          level: 'log',
          said: {
            ...story,
            attempts: '1/3',
            outcome: 'http_error',
            httpStatus: 503,
            error: 'http 503',
            next: 'retry',
          },
        },
        {
          level: 'log',
          said: { ...story, attempts: '2/3', outcome: 'delivered', httpStatus: 200, next: 'done' },
        },
      ]);
      expect(JSON.stringify(world.logs)).not.toMatch(/token=secret|payload-42/);
    });

    it('keeps the first 10 KiB of the answer', async () => {
      const path = newPath();
      const url = world.receiver.on(path, {
        status: 422,
        headers: { 'x-why': 'because' },
        body: 'n'.repeat(20_000),
      });
      const { appId } = await world.register({ job: { url, async: true } });
      const id = await world.accept(appId, 'job');
      await ended(id);
      const [attempt] = await world.attempts(id);
      expect(attempt).toMatchObject({
        truncated: true,
        http_status: 422,
        response_headers: { 'x-why': 'because' },
      });
      expect((attempt!['response_body'] as Buffer).length).toBe(10_240);
    });
  });
}
