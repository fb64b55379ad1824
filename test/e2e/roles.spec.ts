import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
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

  it('stores what is refused for good as a dead letter', async () => {
    expect(await ended(await invoke('broken'))).toMatchObject({ status: 'dead_letter', attempts: 1 });
  });

  it('has every part ready', async () => {
    const { status, json } = await client.get('/readyz');
    expect({ status, parts: Object.keys(json.details).sort() }).toEqual({
      status: 200,
      parts: ['clock', 'database', 'hints', 'keys', 'migrations', 'queue'],
    });
  });

  const workers = (): Role[] =>
    platform.roles.filter(({ name, isRunning }) => name === 'worker' && isRunning);
  const callsHeld = (): number => platform.receiver.callsTo('/held').length;

  it('workers finish the calls in progress on SIGTERM and SIGINT, use up no attempt, and end with 0', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    platform.receiver.on('/held', () => released.then(() => ({})));
    const ids = await Promise.all(Array.from({ length: 20 }, (_, n) => invoke('held', { n })));
    await eventually(() => callsHeld() >= 2, { what: 'calls in progress' });
    const [one, other] = workers();
    const stopping = Promise.all([one!.stop('SIGTERM'), other!.stop('SIGINT')]);
    release();
    for (const { code, afterMs } of await stopping) {
      expect(code).toBe(0);
      expect(afterMs).toBeLessThan(30_000);
    }
    await platform.worker({ SHUTDOWN_TIMEOUT: '300' });
    for (const id of ids) expect(await ended(id)).toMatchObject({ status: 'completed', attempts: 1 });
    expect(callsHeld()).toBe(20);
  });

  it('a worker releases calls that take longer than its shutdown, and they cost no attempt', async () => {
    platform.receiver.on('/held', 'hang');
    const before = callsHeld();
    const ids = await Promise.all([invoke('held'), invoke('held')]);
    await eventually(() => callsHeld() >= before + 2, { what: 'calls in progress' });
    const { code, afterMs } = await workers()[0]!.stop();
    expect(code).toBe(0);
    expect(afterMs).toBeLessThan(20_000); // Not the 30 s that a stop has by default.
    platform.receiver.on('/held');
    await platform.worker();
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

  it('the api reports that it is not ready before it closes, and accepts requests until then', async () => {
    const state = { going: true, notReady: false, acceptedAfter: 0 };
    const load = async (): Promise<void> => {
      while (state.going) {
        const answer = await client.invoke(appId, 'steady').catch(() => null);
        if (!answer) return;
        if (answer.status !== 202) throw new Error(`${answer.status}: ${answer.text}`);
        accepted.push(answer.json.deliveryId as string);
        if (state.notReady) state.acceptedAfter++;
      }
    };
    const probe = async (): Promise<void> => {
      while (state.going) {
        const answer = await client.get('/readyz').catch(() => null);
        if (!answer) return;
        if (answer.status === 503) state.notReady = true;
      }
    };
    const underLoad = Promise.all([load(), load(), load(), probe()]);
    await eventually(() => accepted.length > 60, { what: 'load' });
    const { code, afterMs } = await api.stop('SIGTERM');
    state.going = false;
    await underLoad;
    expect({ code, notReady: state.notReady }).toEqual({ code: 0, notReady: true });
    expect(afterMs).toBeLessThan(30_000);
    expect(state.acceptedAfter).toBeGreaterThan(0);
  });

  it('nothing accepted is lost', async () => {
    const isOver = async (): Promise<boolean> => !(await platform.counts())['pending'];
    // Before lost wake-ups are repeated (15 s): an orderly stop loses none.
    await eventually(isOver, { limitMs: 10_000, what: 'all ended' });
    const rows = await platform.rows<{ id: string }>(
      `SELECT id FROM deliveries WHERE mode = 'async' AND status <> 'pending'`,
    );
    expect(rows.map(({ id }) => id).sort()).toEqual([...accepted].sort());
    const called = new Set(platform.receiver.calls.map(({ headers }) => headers['webhook-id']));
    expect(accepted.filter((id) => !called.has(id))).toEqual([]);
    for (const role of platform.roles) expect(role.log.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
