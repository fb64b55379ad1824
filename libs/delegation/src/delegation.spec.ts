import { Injectable } from '@nestjs/common';
import { CircuitBreakers } from '@breakwater/circuit-breaker';
import { InvocationLog } from '@breakwater/delivery';
import { EndpointDirectory, Holds, MANIFEST_CHANNEL, ManifestRegistry } from '@breakwater/manifest';
import { Chance, Database, HintBus, newId, Telemetry } from '@breakwater/platform';
import { WebhookClient, type UndiciWebhookClient } from '@breakwater/webhook-client';
import { endsBefore } from '@breakwater/testing/ends-before.js';
import { startWorld, type EngineWorld } from '@breakwater/testing/engine.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { Link } from '@breakwater/testing/link.js';
import type { Behaviour } from '@breakwater/testing/receiver.js';
import { rounds } from '@breakwater/testing/rounds.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Approvals } from './fallback/approvals.service.js';
import {
  Fallback,
  FallbackStrategy,
  type FallbackAnswer,
  type FallbackCall,
} from './fallback/fallback-strategy.service.js';
import { LastAnswerStore } from './fallback/last-answer.store.js';
import { LastAnswers } from './fallback/last-answers.service.js';
import { Delegation, type InvokeRequest, type InvokeResult } from './invoke/delegation.service.js';
import { ROOM_CHANNEL } from './notice/organizer-notice.service.js';

/** A strategy as a platform team would write it. */
@Injectable()
@Fallback('echo_reason')
class EchoReason extends FallbackStrategy {
  override async answer({ reason, context }: FallbackCall): Promise<FallbackAnswer> {
    if (context['dawdle']) await new Promise(() => undefined);
    return { kind: 'data', data: { reason, ...(context['large'] ? { large: context['large'] } : {}) } };
  }
}

/** Less than the time limit of a statement on a frozen connection, ms: that is 2 s at least. */
const FROZEN_MS = 1_900;

class SeededChance extends Chance {
  value = 0;
  override next(): number {
    return this.value;
  }
}

/** An answer with its data as a value, for tests that do not check the spelling. */
function parsed(result: InvokeResult): unknown {
  return result.kind === 'answered' ? { ...result, data: JSON.parse(result.data.toString()) } : result;
}

describe('a sync call', () => {
  let world: EngineWorld;
  let delegation: Delegation;
  let paths = 0;
  const chance = new SeededChance();
  beforeAll(async () => {
    world = await startWorld({
      redisUrl: null,
      plugins: [EchoReason],
      replace: [{ token: Chance, by: chance }],
    });
    delegation = world.engine.get(Delegation);
  });
  afterAll(() => world.stop());

  interface App {
    appId: string;
    path: string;
    invoke(request?: Partial<InvokeRequest>): Promise<unknown>;
    /** The text of the answer's data. */
    text(request?: Partial<InvokeRequest>): Promise<string>;
  }
  const app = async (
    behaviour: Behaviour,
    webhook: object = {},
    capability = 'quiz_answer',
  ): Promise<App> => {
    const path = `/sync-${++paths}`;
    const url = world.receiver.on(path, behaviour);
    const { appId } = await world.register({ [capability]: { url, timeout: 1000, ...webhook } });
    const common = { appId, capability, body: Buffer.from('{"q":1}'), context: {} };
    return {
      appId,
      path,
      text: async (request) => {
        const result = await delegation.invoke({ ...common, requestId: newId(), ...request });
        return result.kind === 'answered' ? result.data.toString() : result.kind;
      },
      invoke: async (request) =>
        parsed(await delegation.invoke({ ...common, requestId: newId(), ...request })),
    };
  };
  const recorded = async (requestId: string, mode = 'sync'): Promise<Record<string, unknown>> =>
    eventually(
      async () =>
        (
          await world.rows('SELECT * FROM deliveries WHERE request_id = $1 AND mode = $2', requestId, mode)
        )[0],
    );

  const linesOf = (requestId: string): Record<string, unknown>[] =>
    world.logs.flatMap(({ said }) => {
      const line = said as Record<string, unknown>;
      return typeof line === 'object' && line['requestId'] === requestId ? [line] : [];
    });

  describe('that the app answers', () => {
    it.each<[string, string, object]>([
      ['any JSON, which is the data', '[1,{"a":null}]', { data: [1, { a: null }] }],
      ['an envelope', '{"success":true,"data":{"a":1}}', { data: { a: 1 } }],
      ['an envelope without data', '{"success":true}', { data: null }],
      [
        'its own refusal',
        '{"success":false,"error":{"code":"NO_QUIZ","message":"gone"}}',
        { data: null, error: { code: 'NO_QUIZ', message: 'gone' } },
      ],
    ])('gives %s', async (_, body, expected) => {
      const one = await app({ body }, { fallback: { strategy: 'static', value: 'never' } });
      expect(await one.invoke()).toEqual({ kind: 'answered', source: 'primary', ...expected });
    });

    it('carries the payload’s bytes and the headers of a capability', async () => {
      const one = await app({});
      const body = Buffer.from('{ "n": 12345678901234567890 }');
      await one.invoke({ body, requestId: 'req-1', context: { secret: 'context' } });
      const [call] = world.receiver.callsTo(one.path);
      expect(call!.body.equals(body)).toBe(true);
      expect(call!.headers).toMatchObject({
        'x-request-id': 'req-1',
        'x-timeout-ms': '1000',
        'x-retry-attempt': '1',
        'x-max-attempts': '1',
      });
      expect(JSON.stringify(call!.headers)).not.toContain('context');
    });

    it('is recorded with its attempt', async () => {
      const one = await app({ body: '"fine"' });
      const requestId = newId();
      await one.invoke({ requestId });
      const delivery = await recorded(requestId);
      expect(delivery).toMatchObject({
        kind: 'invocation',
        mode: 'sync',
        status: 'completed',
        attempts: 1,
        last_outcome: 'delivered',
        fallback_strategy: null,
        fallback_reason: null,
      });
      expect(linesOf(requestId)).toEqual([
        expect.objectContaining({ msg: 'sync call answered', httpStatus: 200, source: 'primary' }),
      ]);
      expect((delivery['body'] as Buffer).toString()).toBe('{"q":1}');
      expect(delivery['id']).toBe(world.receiver.callsTo(one.path)[0]!.headers['webhook-id']);
      const [attempt] = await world.attempts(String(delivery['id']));
      expect(attempt).toMatchObject({
        number: 1,
        outcome: 'delivered',
        http_status: 200,
        next: 'done',
        truncated: false,
      });
      expect((attempt!['response_body'] as Buffer).toString()).toBe('"fine"');
    });

    it('is answered although it cannot be recorded', async () => {
      const one = await app({ body: '1' });
      const requestId = 'x'.repeat(300);
      expect(await one.invoke({ requestId })).toMatchObject({ source: 'primary', data: 1 });
      await world.engine.get(InvocationLog).drained();
      expect(await world.rows('SELECT 1 FROM deliveries WHERE request_id = $1', requestId)).toEqual([]);
    });
  });

  describe('that the app does not answer', () => {
    it.each<[string, Behaviour, string]>([
      ['a timeout', 'hang', 'timeout'],
      ['a 500', { status: 500 }, 'http_error'],
      ['a 404', { status: 404 }, 'http_error'],
      ['an answer that is not JSON', { body: '<html>' }, 'invalid_response'],
      ['too much', { body: `"${'x'.repeat(1_100_000)}"` }, 'response_too_large'],
    ])('gets its fallback after %s', async (_, behaviour, reason) => {
      const one = await app(behaviour, { fallback: { strategy: 'static', value: { a: 1 } } });
      const requestId = newId();
      expect(await one.invoke({ requestId })).toEqual({
        kind: 'answered',
        source: 'fallback',
        strategy: 'static',
        reason,
        data: { a: 1 },
      });
      expect(await recorded(requestId)).toMatchObject({
        status: 'fallback',
        attempts: 1,
        last_outcome: reason,
        fallback_strategy: 'static',
        fallback_reason: reason,
      });
      expect(world.receiver.callsTo(one.path)).toHaveLength(1);
      expect(linesOf(requestId)).toEqual([
        expect.objectContaining({ attempts: '1/1', outcome: reason, source: 'fallback', reason }),
      ]);
    });

    it('gets it from an open breaker without any call, and is recorded without an attempt', async () => {
      const one = await app(
        { status: 500 },
        { fallback: { strategy: 'static', value: 0 }, circuitBreaker: { failureThreshold: 2 } },
      );
      await one.invoke();
      await one.invoke();
      await eventually(
        () =>
          world.engine.get(CircuitBreakers).stateOf({ appId: one.appId, capability: 'quiz_answer' }) ===
          'open',
      );
      const requestId = newId();
      expect(await one.invoke({ requestId })).toMatchObject({ source: 'fallback', reason: 'circuit_open' });
      expect(world.receiver.callsTo(one.path)).toHaveLength(2);
      const delivery = await recorded(requestId);
      expect(delivery).toMatchObject({
        status: 'fallback',
        attempts: 0,
        last_outcome: 'circuit_open',
        last_error: 'circuit_open',
        fallback_strategy: 'static',
        fallback_reason: 'circuit_open',
      });
      expect(linesOf(requestId)).toEqual([
        {
          msg: 'sync call answered by its fallback',
          deliveryId: delivery['id'],
          appId: one.appId,
          capability: 'quiz_answer',
          eventType: 'quiz_answer',
          requestId,
          url: world.receiver.url,
          sinceAcceptedMs: expect.any(Number),
          attempts: '0/1',
          outcome: 'circuit_open',
          durationMs: 0,
          next: 'done',
          source: 'fallback',
          strategy: 'static',
          reason: 'circuit_open',
        },
      ]);
      const { text } = await world.engine.get(Telemetry).scrape();
      expect(text).toMatch(/^webhook_fallbacks_total\{strategy="static",reason="circuit_open"\} [1-9]/m);
      expect(await world.attempts(String(delivery['id']))).toEqual([]);
    });

    it('sees the breaker as the previous call left it, one after the other', async () => {
      const one = await app({ status: 500 }, { fallback: { strategy: 'static', value: 0 } });
      const reasons: unknown[] = [];
      for (let call = 1; call <= 6; call++) reasons.push(await one.invoke());
      expect(reasons).toMatchObject([
        ...Array.from({ length: 5 }, () => ({ reason: 'http_error' })),
        { reason: 'circuit_open' },
      ]);
    });

    it('is never sent after the response of the failure that opened the breaker, also without a fallback', async () => {
      const one = await app({ status: 500 });
      const breakers = world.engine.get(CircuitBreakers);
      for (let round = 1; round <= rounds(100, 1000); round++) {
        for (let call = 1; call <= 5; call++) await one.invoke().catch(() => undefined);
        await expect(one.invoke()).rejects.toMatchObject({ reason: 'circuit_open' });
        expect(world.receiver.callsTo(one.path)).toHaveLength(5 * round);
        await breakers.reset({ appId: one.appId, capability: 'quiz_answer' }, 'test');
      }
    }, 300_000);

    it('is not sent any more when slow calls, all of them successful, have opened the breaker', async () => {
      const circuitBreaker = { slowCallRate: 50, slowCallMs: 50, minCalls: 3 };
      const one = await app(() => new Promise((resolve) => setTimeout(() => resolve({}), 60)), {
        circuitBreaker,
      });
      for (let call = 1; call <= 3; call++) expect(await one.invoke()).toMatchObject({ source: 'primary' });
      await expect(one.invoke()).rejects.toMatchObject({ reason: 'circuit_open' });
      expect(world.receiver.callsTo(one.path)).toHaveLength(3);
    });

    it('is sent again after three good probes, one call after the other', async () => {
      let status = 500;
      const one = await app(() => ({ status }), {
        circuitBreaker: { failureThreshold: 1, recoveryTimeoutMs: 100 },
      });
      await one.invoke().catch(() => undefined);
      status = 200;
      await eventually(() => one.invoke());
      expect(await one.invoke()).toMatchObject({ source: 'primary' });
      expect(await one.invoke()).toMatchObject({ source: 'primary' });
      expect(world.engine.get(CircuitBreakers).stateOf({ appId: one.appId, capability: 'quiz_answer' })).toBe(
        'closed',
      );
    });

    it('gets it from a breaker whose probe cannot be claimed', async () => {
      const one = await app(
        { status: 500 },
        {
          fallback: { strategy: 'static', value: 0 },
          circuitBreaker: { failureThreshold: 1, recoveryTimeoutMs: 100 },
        },
      );
      await one.invoke();
      const key = { appId: one.appId, capability: 'quiz_answer' };
      await eventually(() => world.engine.get(CircuitBreakers).stateOf(key) === 'open');
      await world.rows('ALTER TABLE circuit_breaker_state RENAME TO elsewhere');
      const answer = await eventually(() => one.invoke());
      await world.rows('ALTER TABLE elsewhere RENAME TO circuit_breaker_state');
      expect(answer).toMatchObject({ source: 'fallback', reason: 'circuit_open' });
    });

    it('gets it in time while the connections to the database are frozen: neither its result nor its probe waits', async () => {
      const link = await Link.to(world.databaseUrl);
      const engine = await world.startEngine({
        consume: false,
        sweep: false,
        env: { DATABASE_URL: link.url },
      });
      const heard: (string | null)[] = [];
      engine.get(HintBus).subscribe(MANIFEST_CHANNEL, (appId) => heard.push(appId));
      const one = await app(
        { status: 500 },
        {
          fallback: { strategy: 'static', value: 0 },
          circuitBreaker: { failureThreshold: 2, recoveryTimeoutMs: 100 },
        },
      );
      const common = { appId: one.appId, capability: 'quiz_answer', body: Buffer.from('{}'), context: {} };
      const invoke = (): Promise<InvokeResult> =>
        engine.get(Delegation).invoke({ ...common, requestId: newId() });
      // The cached endpoint must not be dropped once the connections are frozen.
      await eventually(() => heard.includes(one.appId));
      await invoke();
      link.freeze();
      const failed = invoke();
      expect(await endsBefore(failed, FROZEN_MS)).toBe(true);
      expect(await failed).toMatchObject({ source: 'fallback', reason: 'http_error' });
      // By now there are new connections, and the failure is in the row: the breaker is open, and soon due for a
      // probe.
      await eventually(
        () => engine.get(CircuitBreakers).stateOf({ appId: one.appId, capability: 'quiz_answer' }) === 'open',
        { limitMs: 40_000 },
      );
      link.freeze();
      const probed = eventually(invoke);
      expect(await endsBefore(probed, FROZEN_MS)).toBe(true);
      expect(await probed).toMatchObject({ source: 'fallback' });
      await engine.stop();
      await link.cut();
    });

    it('gets it from a disabled app, with that reason in the record', async () => {
      const one = await app({}, { fallback: { strategy: 'static', value: 0 } });
      await world.rows(`UPDATE apps SET status = 'disabled' WHERE id = $1`, one.appId);
      await world.engine.get(EndpointDirectory).announce(one.appId);
      const requestId = newId();
      expect(await one.invoke({ requestId })).toMatchObject({
        source: 'fallback',
        reason: 'endpoint_disabled',
      });
      expect(await recorded(requestId)).toMatchObject({ attempts: 0, last_outcome: 'endpoint_disabled' });
    });

    it('gets it from a paused capability, with that reason in the record, and the app is not called', async () => {
      const one = await app({}, { fallback: { strategy: 'static', value: 0 } });
      const holds = world.engine.get(Holds);
      const ops = { name: 'ops', isPlatform: true };
      await holds.pause(one.appId, 'quiz_answer', 'moving', ops);
      const requestId = newId();
      expect(await one.invoke({ requestId })).toMatchObject({ source: 'fallback', reason: 'paused' });
      expect(await recorded(requestId)).toMatchObject({ attempts: 0, last_outcome: 'paused' });
      expect(world.receiver.callsTo(one.path)).toEqual([]);
      await holds.resume(one.appId, 'quiz_answer', ops);
      expect(await one.invoke()).toMatchObject({ source: 'primary' });
    });

    it('gets a problem from a paused app whose capability has no fallback', async () => {
      const one = await app({}, { fallback: 'none' });
      await world.engine.get(Holds).pauseApp(one.appId, 'moving', { name: 'ops', isPlatform: true });
      await expect(one.invoke()).rejects.toMatchObject({
        code: 'APP_UNAVAILABLE',
        message: expect.stringContaining('(paused: moving)'),
      });
    });

    it('of 100 that hang all get it, none before the timeout, and all sockets are closed after that', async () => {
      const one = await app('hang', {
        fallback: { strategy: 'static', value: 0 },
        circuitBreaker: { failureThreshold: 1000 },
      });
      const client = world.engine.get(WebhookClient) as UndiciWebhookClient;
      await eventually(async () => (await world.receiver.connections()) === 0 && client.originCount === 0, {
        what: 'idle before',
      });
      const tookMs = await Promise.all(
        Array.from({ length: 100 }, async () => {
          const startedMs = performance.now();
          expect(await one.invoke()).toMatchObject({ source: 'fallback', reason: 'timeout' });
          return performance.now() - startedMs;
        }),
      );
      // Nearly all: on a busy machine the first may be over before the last has arrived.
      expect(world.receiver.mostAtOnce(one.path)).toBeGreaterThan(80);
      expect(Math.min(...tookMs)).toBeGreaterThanOrEqual(995);
      await eventually(async () => (await world.receiver.connections()) === 0 && client.originCount === 0, {
        what: 'idle after',
      });
    });

    it.each<[string, Behaviour, object]>([
      ['a timeout', 'hang', { code: 'APP_TIMEOUT', reason: 'timeout' }],
      ['a failure', { status: 500 }, { code: 'APP_UNAVAILABLE', reason: 'http_error' }],
    ])('is an error after %s when there is no fallback', async (_, behaviour, error) => {
      const one = await app(behaviour, { fallback: 'none' });
      await expect(one.invoke()).rejects.toMatchObject(error);
    });

    it('behind an open breaker without a fallback says when to try again', async () => {
      const one = await app({ status: 500 }, { circuitBreaker: { failureThreshold: 1 } });
      await expect(one.invoke()).rejects.toMatchObject({ code: 'APP_UNAVAILABLE' });
      await eventually(
        () =>
          world.engine.get(CircuitBreakers).stateOf({ appId: one.appId, capability: 'quiz_answer' }) ===
          'open',
      );
      await expect(one.invoke()).rejects.toMatchObject({
        code: 'APP_UNAVAILABLE',
        reason: 'circuit_open',
        retryAfterS: 60,
      });
    });
  });

  describe('falls back on', () => {
    it.each([
      [0, 'a'],
      [0.34, 'b'],
      [0.999, 'c'],
    ])('a random winner: %d draws %s', async (value, winner) => {
      const one = await app({ status: 500 }, {}, 'winner_selection');
      chance.value = value;
      expect(await one.invoke({ context: { participants: ['a', 'b', 'c'] } })).toMatchObject({
        strategy: 'random_winner',
        data: { winner },
      });
    });

    it.each([[{ participants: [] }], [{}], [{ participants: 'nobody' }]])(
      'no winner of %j',
      async (context) => {
        const one = await app({ status: 500 }, {}, 'winner_selection');
        expect(await one.invoke({ context })).toMatchObject({ data: { winner: null } });
      },
    );

    it('a person, who finds the case and decides it once', async () => {
      const one = await app({ status: 500 }, {}, 'participant_registration');
      const context = { user: 'u\u0000', half: '\ud800', deep: [{ 'k\u0000': 1 }] };
      const requestId = newId();
      const result = await one.invoke({ context, requestId });
      expect(result).toMatchObject({ strategy: 'pending_approval', data: { status: 'pending_approval' } });
      const approvals = world.engine.get(Approvals);
      const [waiting] = await approvals.list({ status: 'pending', appId: one.appId }, 10);
      expect(waiting).toMatchObject({
        requestId,
        reason: 'http_error',
        context: { user: 'u\ufffd', half: '\ufffd', deep: [{ 'k\ufffd': 1 }] },
      });
      expect(Buffer.from(waiting!.payload).toString()).toBe('{"q":1}');
      expect(await approvals.resolve(waiting!.id, 'approved', 'ops', 'fine')).toMatchObject({
        status: 'approved',
        resolvedBy: 'ops',
        notes: 'fine',
      });
      await expect(approvals.resolve(waiting!.id, 'rejected', 'ops', null)).rejects.toMatchObject({
        code: 'APPROVAL_RESOLVED',
      });
      for (const missing of [newId(), 'x']) {
        await expect(approvals.get(missing)).rejects.toMatchObject({ code: 'APPROVAL_NOT_FOUND' });
        await expect(approvals.resolve(missing, 'approved', 'ops', null)).rejects.toMatchObject({
          code: 'APPROVAL_NOT_FOUND',
        });
      }
      expect(await approvals.get(waiting!.id)).toMatchObject({ status: 'approved', resolvedBy: 'ops' });
      expect(await approvals.list({ appId: one.appId }, 10, waiting!.id)).toEqual([]);
    });

    it('the last good answer, while it is not too old, with its age', async () => {
      let status = 200;
      const one = await app(() => ({ status, body: '{"score":7.10}' }), {
        fallback: { strategy: 'last_success', maxAgeMs: 60_000 },
      });
      status = 500;
      await expect(one.invoke()).rejects.toMatchObject({ code: 'APP_UNAVAILABLE' });
      status = 200;
      await one.invoke();
      status = 500;
      const result = (await one.invoke()) as Extract<InvokeResult, { kind: 'answered' }>;
      expect(result).toMatchObject({ source: 'fallback', strategy: 'last_success', data: { score: 7.1 } });
      expect(result.ageMs).toBeGreaterThanOrEqual(0);
      expect(result.ageMs).toBeLessThan(10_000);
      await eventually(
        async () =>
          (await world.rows('SELECT 1 FROM last_answers WHERE app_id = $1', one.appId)).length === 1,
      );
      // Another process reads it from the table, and returns it while it is not too old.
      const elsewhere = new LastAnswers(new LastAnswerStore(world.engine.get(Database)));
      const key = { appId: one.appId, capability: 'quiz_answer' };
      expect(await elsewhere.last(key)).toMatchObject({ json: Buffer.from('{"score":7.10}') });
      await world.rows(
        `UPDATE last_answers SET answered_at = now() - interval '61 seconds' WHERE app_id = $1`,
        one.appId,
      );
      expect((await elsewhere.last(key))!.ageMs).toBeGreaterThan(60_000);
      const other = await world.startEngine({ consume: false, sweep: false });
      const request = { ...key, body: Buffer.from('{}'), context: {}, requestId: newId() };
      await expect(other.get(Delegation).invoke(request)).rejects.toMatchObject({ code: 'APP_UNAVAILABLE' });
      await other.stop();
    });

    it('the last good answer in memory while the table is unavailable', async () => {
      let status = 200;
      const one = await app(() => ({ status, body: '7' }), { fallback: 'last_success' });
      await one.invoke();
      status = 500;
      await world.rows('ALTER TABLE last_answers RENAME TO elsewhere');
      const answer = await one
        .invoke()
        .finally(() => world.rows('ALTER TABLE elsewhere RENAME TO last_answers'));
      expect(answer).toMatchObject({ source: 'fallback', data: 7 });
    });

    it('the queue: accepted now, delivered when the app is available again', async () => {
      let status = 500;
      const one = await app(() => ({ status }), { fallback: 'queue', retry: { initialDelayMs: 20 } });
      const requestId = newId();
      const result = (await one.invoke({ requestId })) as Extract<InvokeResult, { kind: 'accepted' }>;
      expect(result).toMatchObject({ kind: 'accepted', replayed: false, reason: 'http_error' });
      status = 200;
      await eventually(async () => (await world.delivery(result.deliveryId))['status'] === 'completed');
      expect(await world.delivery(result.deliveryId)).toMatchObject({
        mode: 'async',
        kind: 'invocation',
        request_id: requestId,
      });
      expect(world.receiver.callsTo(one.path).at(-1)!.body.toString()).toBe('{"q":1}');
    });

    it('the queue, also while the capability is paused: it waits', async () => {
      const one = await app({}, { fallback: 'queue' });
      const holds = world.engine.get(Holds);
      await holds.pause(one.appId, 'quiz_answer', null, { name: 'ops', isPlatform: true });
      const { deliveryId } = (await one.invoke()) as { deliveryId: string };
      expect(await world.delivery(deliveryId)).toMatchObject({ status: 'pending', enqueued_at: null });
      await holds.resume(one.appId, 'quiz_answer', { name: 'ops', isPlatform: true });
      await eventually(async () => (await world.delivery(deliveryId))['status'] === 'completed');
    });

    it('not the queue when the app is disabled', async () => {
      const one = await app({}, { fallback: 'queue' });
      await world.rows(`UPDATE apps SET status = 'disabled' WHERE id = $1`, one.appId);
      await world.engine.get(EndpointDirectory).announce(one.appId);
      await expect(one.invoke()).rejects.toMatchObject({
        code: 'APP_UNAVAILABLE',
        reason: 'endpoint_disabled',
      });
    });

    it('text as it was written: of the app, of the manifest, of the caller', async () => {
      const text = '{ "id" : 616581622363398142, "b": 1.10, "a": [1E2, "\\u00e4"] }';
      let status = 200;
      const last = await app(() => ({ status, body: text }), { fallback: 'last_success' });
      expect(await last.text()).toBe(text);
      status = 500;
      expect(await last.text()).toBe(text);
      const lone = await app({ status: 500 }, {}, 'winner_selection');
      const context = { participants: [1] }; // As far as a number can hold it.
      const contextBytes = Buffer.from('{"participants":[ 616581622363398142 ]}');
      expect(await lone.text({ context, contextBytes })).toBe('{"winner":616581622363398142}');
      const asked = await app({ status: 500 }, { fallback: 'pending_approval' });
      await asked.invoke({ context, contextBytes });
      const [waiting] = await world.engine.get(Approvals).list({ appId: asked.appId }, 1);
      expect(Buffer.from(waiting!.contextBytes!).equals(contextBytes)).toBe(true);
    });

    it('no answer of a strategy that is not JSON', async () => {
      const one = await app({ status: 500 }, { fallback: 'echo_reason' });
      await expect(
        one.invoke({ context: { large: 1n }, contextBytes: Buffer.from('{}') }),
      ).rejects.toMatchObject({ code: 'FALLBACK_FAILED' });
    });

    it('a plug-in strategy, which manifests may name', async () => {
      const one = await app({ status: 500 }, { fallback: 'echo_reason' });
      expect(await one.invoke()).toMatchObject({
        source: 'fallback',
        strategy: 'echo_reason',
        data: { reason: 'http_error' },
      });
      const unknown = {
        name: 'x',
        ownerEmail: 'a@b.co',
        baseUrl: world.receiver.url,
        webhooks: { a: { url: '/', fallback: 'echo' } },
      };
      await expect(world.engine.get(ManifestRegistry).validate(unknown)).rejects.toMatchObject({
        code: 'MANIFEST_INVALID',
      });
    });

    it('nothing when its strategy takes too long', async () => {
      const one = await app({ status: 500 }, { fallback: 'echo_reason' });
      await expect(one.invoke({ context: { dawdle: true } })).rejects.toMatchObject({
        code: 'FALLBACK_FAILED',
      });
    });
  });

  describe('in a room', () => {
    it('that a fallback answered notifies the organizer: stored, and pushed', async () => {
      const hints = world.engine.get(HintBus);
      const pushed: (string | null)[] = [];
      const unsubscribe = hints.subscribe(ROOM_CHANNEL, (id) => pushed.push(id));
      const one = await app({ status: 500 }, { fallback: { strategy: 'static', value: 0 } });
      await eventually(async () => {
        await hints.publish(ROOM_CHANNEL, 'ready');
        return pushed.includes('ready');
      });
      await one.invoke({ context: { roomId: 'room-1' }, requestId: 'req-9' });
      const notice = await eventually(
        async () => (await world.rows('SELECT * FROM notifications WHERE app_id = $1', one.appId))[0],
      );
      expect(notice).toMatchObject({
        channel: 'in_app',
        kind: 'fallback_used',
        room_id: 'room-1',
        recipient: 'room:room-1',
        capability: 'quiz_answer',
        status: 'sent',
        data: { capability: 'quiz_answer', reason: 'http_error', requestId: 'req-9' },
      });
      await eventually(() => pushed.includes(String(notice['id'])));
      unsubscribe();
    });

    it('that the app answered notifies nobody', async () => {
      const one = await app({});
      const requestId = newId();
      await one.invoke({ context: { roomId: 'room-2' }, requestId });
      await recorded(requestId);
      expect(await world.rows(`SELECT 1 FROM notifications WHERE room_id = 'room-2'`)).toEqual([]);
    });
  });

  it('whose caller disconnects is aborted, without a fallback, and recorded', async () => {
    const one = await app('hang', { fallback: { strategy: 'static', value: 0 } });
    const caller = new AbortController();
    const requestId = newId();
    const answer = one.invoke({ requestId, signal: caller.signal, context: { roomId: 'room-3' } });
    await eventually(() => world.receiver.callsTo(one.path).length === 1);
    caller.abort();
    await expect(answer).rejects.toMatchObject({ code: 'CALLER_GONE' });
    expect(await recorded(requestId)).toMatchObject({
      status: 'failed',
      last_outcome: 'aborted',
      attempts: 1,
      fallback_strategy: null,
      fallback_reason: 'aborted',
    });
    await eventually(async () => (await world.receiver.connections()) === 0);
    expect(await world.rows(`SELECT 1 FROM notifications WHERE room_id = 'room-3'`)).toEqual([]);
  });

  it('of a capability that is async is accepted instead', async () => {
    const one = await app({}, { async: true });
    const first = (await one.invoke({ idempotencyKey: 'k' })) as Extract<InvokeResult, { kind: 'accepted' }>;
    expect(first).toMatchObject({ kind: 'accepted', replayed: false });
    expect(await one.invoke({ idempotencyKey: 'k' })).toEqual({
      kind: 'accepted',
      deliveryId: first.deliveryId,
      replayed: true,
    });
    await eventually(async () => (await world.delivery(first.deliveryId))['status'] === 'completed');
  });

  it('of a missing or removed capability is refused', async () => {
    const one = await app({});
    await expect(one.invoke({ capability: 'other' })).rejects.toMatchObject({ code: 'CAPABILITY_NOT_FOUND' });
    await expect(one.invoke({ appId: 'nobody' })).rejects.toMatchObject({ code: 'CAPABILITY_NOT_FOUND' });
  });

  it('is never sent unsigned', async () => {
    const one = await app({}, { fallback: { strategy: 'static', value: 0 } });
    await world.rows(`UPDATE signing_secrets SET sealed = 'damaged' WHERE app_id = $1`, one.appId);
    await world.engine.get(EndpointDirectory).announce(one.appId);
    expect(await one.invoke()).toMatchObject({ source: 'fallback', reason: 'misconfigured' });
    expect(world.receiver.callsTo(one.path)).toEqual([]);
  });

  it('over the bulkhead of its breaker gets its fallback', async () => {
    const narrow = await world.startEngine({ consume: false, sweep: false, env: { BULKHEAD_CAPACITY: '2' } });
    const one = await app('hang', { fallback: { strategy: 'static', value: 0 } });
    const request = { appId: one.appId, capability: 'quiz_answer', body: Buffer.from('{}'), context: {} };
    const results = await Promise.all(
      [1, 2, 3].map(() => narrow.get(Delegation).invoke({ ...request, requestId: newId() })),
    );
    const reasons = results.map((result) => ('reason' in result ? result.reason : undefined));
    expect(reasons).toHaveLength(3);
    expect(reasons.filter((reason) => reason === 'timeout')).toHaveLength(2);
    expect(reasons).toContain('bulkhead_full');
    await narrow.stop();
  });

  it('is recorded although its process stops right after it', async () => {
    const other = await world.startEngine({ consume: false, sweep: false });
    const one = await app({ body: '1' });
    const request = {
      appId: one.appId,
      capability: 'quiz_answer',
      body: Buffer.from('{}'),
      context: {},
      requestId: newId(),
    };
    await other.get(Delegation).invoke(request);
    await other.stop();
    expect(
      await world.rows('SELECT status FROM deliveries WHERE request_id = $1', request.requestId),
    ).toEqual([{ status: 'completed' }]);
  });
});
