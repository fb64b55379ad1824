import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

interface Story {
  id: string;
  status: string;
  payload: string;
  editedFrom: string | null;
  warnings: string[];
  request: { bytes: number; sha256: string; encoding: string; content: string };
  history: {
    timings: Record<string, number | null> | null;
    signature: { id: string; schemes: string[] } | null;
    response: { encoding: string; content: string } | null;
  }[];
}

let platform: Platform;
let api: Role;
let admin: HttpClient;
let appId: string;
beforeAll(async () => {
  platform = await Platform.start();
  api = await platform.api();
  await platform.worker();
  admin = platform.client(api);
  appId = await platform.register(api, {
    answer: { fallback: { strategy: 'static', value: 'by the fallback' } },
    report: { async: true },
  });
});
afterAll(async () => platform?.stop());

const breaker = (capability: string): string => `/api/v1/admin/circuit-breaker/${appId}/${capability}`;
const delivered = async (payload: unknown): Promise<Story> => {
  const { json } = await admin.post(`/api/v1/apps/${appId}/capabilities/report/invoke`, { payload });
  return ended(json.deliveryId as string);
};
const ended = async (id: string): Promise<Story> => {
  let story = {} as Story;
  await eventually(async () => {
    story = (await admin.get(`/api/v1/deliveries/${id}`)).json as Story;
    return story.status === 'completed';
  });
  return story;
};

describe('a breaker', () => {
  it('that an admin forced open refuses calls until it is automatic, and tells who, why and what happened', async () => {
    const reason = 'Their data center moves.';
    const forced = await admin.post(`${breaker('answer')}/force`, { state: 'open', reason });
    expect(forced.status, forced.text).toBe(200);
    expect(forced.json).toMatchObject({
      state: 'open',
      forced: 'open',
      forcedDetail: { reason },
      why: expect.stringContaining(reason) as string,
      retryAt: null,
    });
    const call = `/api/v1/apps/${appId}/capabilities/answer/invoke`;
    expect((await admin.post(call, { payload: 1 })).json).toMatchObject({ reason: 'circuit_open' });
    const reset = await admin.post(`${breaker('answer')}/reset`);
    expect(reset.json).toMatchObject({ status: 409, code: 'BREAKER_FORCED' });
    const automatic = await admin.post(`${breaker('answer')}/automatic`, { reason: 'It is done.' });
    expect(automatic.json).toMatchObject({
      forced: null,
      history: [
        { cause: 'automatic', trigger: 'manual', note: 'It is done.' },
        { cause: 'forced_open', trigger: 'manual', note: reason },
      ],
    });
    expect((await admin.post(call, { payload: 1 })).json).toMatchObject({ source: 'primary' });
    const log = await admin.get(`/api/v1/admin/audit-log?action=circuit_breaker.force`);
    expect(log.json).toMatchObject({
      items: [{ target: `${appId}/answer`, detail: { state: 'open', reason } }],
    });
  });
});

describe('a delivery', () => {
  it('shows what was sent and how long it took, is sent again with another payload, and warns of a forced breaker', async () => {
    const original = await delivered({ n: 1 });
    expect(original.request).toMatchObject({ encoding: 'text', content: '{"n":1}', bytes: 7 });
    const [attempt] = original.history;
    expect(attempt!.signature).toMatchObject({ id: original.id, schemes: ['v1'] });
    expect(attempt!.timings).toMatchObject({ dnsMs: null, tlsMs: null });
    expect(attempt!.timings!['firstByteMs']).toBeGreaterThanOrEqual(0);
    const again = `/api/v1/deliveries/${original.id}/redeliver`;
    const sent = await admin.post(again, { payload: { n: 2 } });
    expect(sent.status, sent.text).toBe(202);
    const copy = await ended(sent.json.id as string);
    expect(copy).toMatchObject({ editedFrom: original.id, payload: '{"n":2}' });
    expect(copy.id).not.toBe(original.id);
    expect(await ended(original.id)).toMatchObject({ payload: '{"n":1}', editedFrom: null });

    await admin.post(`${breaker('report')}/force`, { state: 'open', reason: 'a test' });
    const checked = await admin.post(again, { dryRun: true });
    expect(checked.json).toMatchObject({
      id: original.id,
      dryRun: true,
      status: 'completed',
      warnings: [expect.stringContaining('was forced open')],
    });
    await admin.post(`${breaker('report')}/automatic`, { reason: 'the test is over' });
  });
});

describe('an alert', () => {
  it('is acknowledged once, by a person with a note, and has its notifications', async () => {
    const id = randomUUID();
    await platform.rows(
      `INSERT INTO alerts (id, rule_id, rule_name, type, app_id, threshold, window_ms, value_at_firing, worst_value)
       VALUES ($1, gen_random_uuid(), 'slow', 'response_time', $2, 100, 60000, 200, 300)`,
      id,
      appId,
    );
    const path = `/api/v1/admin/alerts/${id}`;
    expect((await admin.get(path)).json).toMatchObject({
      state: 'open',
      comparison: '>=',
      unit: ' ms',
      notifications: [],
      suppressedBy: 'cooldown',
      series: { stepMs: 60_000 },
    });
    const acknowledged = await admin.post(`${path}/acknowledge`, { note: 'I call them.' });
    expect(acknowledged.json).toMatchObject({ state: 'acknowledged', acknowledgedNote: 'I call them.' });
    const second = await admin.post(`${path}/acknowledge`, { note: 'another' });
    expect(second.json).toMatchObject({ acknowledgedNote: 'I call them.' });
    const list = await admin.get('/api/v1/admin/alerts?state=acknowledged');
    expect(list.json).toMatchObject({ items: [{ id }] });
    expect((await admin.get('/api/v1/admin/alerts?state=open')).json).toMatchObject({ items: [] });
    await platform.rows(`UPDATE alerts SET status = 'resolved', resolved_at = now() WHERE id = $1`, id);
    expect((await admin.get('/api/v1/admin/alerts?state=resolved')).json).toMatchObject({ items: [{ id }] });
    expect((await admin.get(`/api/v1/admin/alerts/${randomUUID()}`)).json).toMatchObject({
      code: 'ALERT_NOT_FOUND',
    });
  });
});

const patch = (path: string, body: object) => admin.request('PATCH', path, { body });

describe('an alert rule', () => {
  const rule = { name: 'slow', type: 'response_time', threshold: 100 };

  it('is told in a sentence, is muted, and shows who changed what', async () => {
    const created = await admin.post('/api/v1/admin/alert-rules', { ...rule, appId });
    expect(created.json.sentence).toMatch(/^Fires when the 95th percentile of the response time of app /);
    const path = `/api/v1/admin/alert-rules/${created.json.id as string}`;
    const tooLong = await patch(path, { mutedUntil: '2099-01-01T00:00:00Z' });
    expect(tooLong.json).toMatchObject({ code: 'ALERT_RULE_INVALID' });
    const mutedUntil = new Date(Date.now() + 3_600_000).toISOString();
    const changed = await patch(path, { mutedUntil, threshold: 200 });
    expect(changed.json).toMatchObject({ mutedUntil, changed: { threshold: { from: 100, to: 200 } } });
    expect((await admin.get(`${path}/history`)).json).toMatchObject({
      items: [
        {
          action: 'update',
          changes: { threshold: { from: 100, to: 200 }, mutedUntil: { from: null, to: mutedUntil } },
        },
        { action: 'create', changes: {} },
      ],
    });
    expect((await patch(path, { mutedUntil: null })).json).toMatchObject({ mutedUntil: null });
  });

  it('is rehearsed against the last 24 h before it is saved', async () => {
    const at = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3 * 3_600_000);
    for (const table of ['metric_minutes', 'metric_hours'])
      await platform.rows(
        `INSERT INTO ${table} (app_id, capability, at, calls, successes, timeouts, ended, ended_attempts, buckets, counts)
         VALUES ($1, '', $2, 30, 30, 0, 30, 30, ARRAY[150], ARRAY[30])`,
        appId,
        at,
      );
    const answer = await admin.post('/api/v1/admin/alert-rules/rehearse', { ...rule, appId });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json).toMatchObject({
      hasHistory: true,
      wouldHaveFired: 1,
      summary: 'It would have fired once within the last 24 h.',
      subjects: [{ appId, capability: null, spans: [{ worstValue: 150 }] }],
    });
    const gauge = await admin.post('/api/v1/admin/alert-rules/rehearse', {
      name: 'q',
      type: 'queue_depth',
      threshold: 5,
    });
    expect(gauge.json).toMatchObject({ hasHistory: false, wouldHaveFired: null });
  });
});
