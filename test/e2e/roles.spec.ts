import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import type { HttpClient } from '../support/http.js';
import { backends, Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

describe.each(backends())('one api and two workers, queue on %s', (backend) => {
  let platform: Platform;
  let api: Role;
  let client: HttpClient;
  let appId: string;
  const accepted: string[] = [];

  beforeAll(async () => {
    platform = await Platform.start({ backend });
    [api] = await Promise.all([platform.api(), platform.worker(), platform.worker()]);
    client = platform.client(api);
    const soon = { initialDelayMs: 100, jitter: 0 };
    appId = await platform.register(api, {
      quiz_answer: {},
      flaky: { async: true, retry: soon },
      broken: { async: true },
      held: { async: true, concurrency: 8 },
      steady: { async: true },
    });
    platform.receiver.on('/quiz_answer', { body: '{"success":true,"data":{"answer":42}}' });
    platform.receiver.on('/flaky', ({ headers }) => ({
      status: Number(headers['x-retry-attempt']) < 3 ? 503 : 200,
    }));
    platform.receiver.on('/broken', { status: 400 });
  });

  afterAll(async () => platform?.stop());

  const invoke = async (capability: string, payload: unknown = {}): Promise<string> => {
    const { status, json, text } = await client.invoke(appId, capability, payload);
    expect(status, text).toBe(202);
    accepted.push(json.deliveryId as string);
    return json.deliveryId as string;
  };
  const ended = (id: string): Promise<Record<string, unknown>> =>
    eventually(async () => {
      const { json } = await client.get(`/api/v1/deliveries/${id}`);
      return json.status !== 'pending' && (json as Record<string, unknown>);
    });

  it('answers a sync call', async () => {
    expect(await client.invoke(appId, 'quiz_answer')).toMatchObject({
      status: 200,
      json: { source: 'primary', data: { answer: 42 } },
    });
  });

  it('delivers an async call by retries, under one webhook-id', async () => {
    const id = await invoke('flaky', { n: 1 });
    expect(await ended(id)).toMatchObject({ status: 'completed', attempts: 3 });
    const calls = platform.receiver.callsTo('/flaky');
    expect(calls.map(({ headers }) => headers['webhook-id'])).toEqual([id, id, id]);
    expect(calls.map(({ body }) => body.toString())).toEqual(['{"n":1}', '{"n":1}', '{"n":1}']);
  });

  it('keeps what is refused for good as a dead letter', async () => {
    expect(await ended(await invoke('broken'))).toMatchObject({ status: 'dead_letter', attempts: 1 });
  });

  it('has every part ready', async () => {
    const { status, json } = await client.get('/readyz');
    expect({ status, parts: Object.keys(json.details).sort() }).toEqual({
      status: 200,
      parts: ['clock', 'database', 'migrations', 'queue'],
    });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'finishes the calls in hand on %s, burns no attempt, ends with 0',
    async (signal) => {
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      platform.receiver.on('/held', () => released.then(() => ({})));
      const before = platform.receiver.callsTo('/held').length;
      const ids = await Promise.all(Array.from({ length: 20 }, (_, n) => invoke('held', { n })));
      await eventually(() => platform.receiver.callsTo('/held').length >= before + 2, {
        what: 'calls in hand',
      });
      const workers = platform.roles.filter(({ name, isRunning }) => name === 'worker' && isRunning);
      const stopping = Promise.all(workers.map((worker) => worker.stop(signal)));
      const inHand = platform.receiver.callsTo('/held').length - before;
      release();
      for (const { code, afterMs } of await stopping) {
        expect(code).toBe(0);
        expect(afterMs).toBeLessThan(30_000);
      }
      expect(platform.receiver.callsTo('/held').length - before).toBeGreaterThanOrEqual(inHand);
      await Promise.all([platform.worker(), platform.worker()]);
      for (const id of ids) expect(await ended(id)).toMatchObject({ status: 'completed', attempts: 1 });
    },
  );

  it('gives calls back that outlast the shutdown, and they cost no attempt', async () => {
    await Promise.all(
      platform.roles
        .filter(({ name, isRunning }) => name === 'worker' && isRunning)
        .map((role) => role.stop()),
    );
    platform.receiver.on('/held', 'hang');
    const worker = await platform.worker({ SHUTDOWN_TIMEOUT: '300' });
    const before = platform.receiver.callsTo('/held').length;
    const ids = await Promise.all([invoke('held'), invoke('held')]);
    await eventually(() => platform.receiver.callsTo('/held').length >= before + 2, {
      what: 'calls in hand',
    });
    const { code, afterMs } = await worker.stop();
    expect(code).toBe(0);
    expect(afterMs).toBeLessThan(6_000);
    platform.receiver.on('/held');
    await Promise.all([platform.worker(), platform.worker()]);
    for (const id of ids) {
      const { status, history } = (await ended(id)) as {
        status: string;
        history: { outcome: string; next: string }[];
      };
      expect(status).toBe('completed');
      expect(history.map(({ outcome, next }) => [outcome, next])).toEqual([
        ['aborted', 'again'],
        ['delivered', 'done'],
      ]);
    }
  });

  it('the api says it is not ready before it closes, and keeps what it accepted', async () => {
    let going = true;
    const seen = { notReady: false, acceptedAfter: 0 };
    const load = async (): Promise<void> => {
      while (going) {
        const answer = await client.invoke(appId, 'steady').catch(() => null);
        if (!answer) return;
        if (answer.status !== 202) throw new Error(`${answer.status}: ${answer.text}`);
        accepted.push(answer.json.deliveryId as string);
        if (seen.notReady) seen.acceptedAfter++;
      }
    };
    const probe = async (): Promise<void> => {
      while (going) {
        const answer = await client.get('/readyz').catch(() => null);
        if (!answer) return;
        if (answer.status === 503) seen.notReady = true;
      }
    };
    const underLoad = Promise.all([load(), load(), load(), probe()]);
    await eventually(() => accepted.length > 60, { what: 'load' });
    const { code, afterMs } = await api.stop('SIGTERM');
    going = false;
    await underLoad;
    expect(code).toBe(0);
    expect(afterMs).toBeLessThan(30_000);
    expect(seen.notReady).toBe(true);
    expect(seen.acceptedAfter).toBeGreaterThan(0);
  });

  it('nothing accepted is lost', async () => {
    const isOver = async (): Promise<boolean> => !(await platform.counts())['pending'];
    await eventually(isOver, { limitMs: 30_000, what: 'all ended' });
    const rows = await platform.rows<{ id: string }>(
      `SELECT id FROM deliveries WHERE mode = 'async' AND status <> 'pending'`,
    );
    expect(rows.map(({ id }) => id).sort()).toEqual([...accepted].sort());
    const called = new Set(platform.receiver.calls.map(({ headers }) => headers['webhook-id']));
    expect(accepted.filter((id) => !called.has(id))).toEqual([]);
    for (const role of platform.roles) expect(role.log.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
