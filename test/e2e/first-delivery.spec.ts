import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import type { Role } from '../support/roles.js';

/** Starts of a worker for each test. */
const STARTS = Number(process.env['STARTS'] ?? 3);
const starts = Array.from({ length: STARTS }, (_, index) => index + 1);

let platform: Platform;
let api: Role;
let admin: HttpClient;
beforeAll(async () => {
  platform = await Platform.start();
  api = await platform.api();
  admin = platform.client(api);
});
afterAll(async () => platform?.stop());

/** Accepts a delivery of an app that no process knows yet. */
async function accepted(appId: string): Promise<string> {
  const { json } = await admin.post(`/api/v1/apps/${appId}/capabilities/report/invoke`, { payload: 1 });
  return json.deliveryId as string;
}
const newApp = (): Promise<string> => platform.register(api, { answer: {}, report: { async: true } });

/** Its first claim led to its end: no lease had to expire, which would have been an attempt with an unknown end. */
const MADE_ONCE = { status: 'completed', attempts: 1, claims: 1 };

async function endOf(id: string): Promise<Record<string, unknown>> {
  const read = async (): Promise<Record<string, unknown>> =>
    (await platform.rows('SELECT status, attempts, claims FROM deliveries WHERE id = $1', id))[0]!;
  await eventually(async () => (await read())['status'] === 'completed', { limitMs: 100_000 });
  return read();
}

describe('the first delivery of a worker is made at once', () => {
  it.each(starts)('when it waited for the worker (start %i)', async () => {
    const id = await accepted(await newApp());
    const worker = await platform.worker();
    expect(await endOf(id), worker.output).toEqual(MADE_ONCE);
    await worker.kill9();
  });

  it.each(starts)('when it comes a moment later (start %i)', async () => {
    const worker = await platform.worker();
    const id = await accepted(await newApp());
    expect(await endOf(id), worker.output).toEqual(MADE_ONCE);
    await worker.kill9();
  });

  it('when a breaker of its app was forced open and is automatic again', async () => {
    const appId = await newApp();
    const worker = await platform.worker();
    const breaker = `/api/v1/admin/circuit-breaker/${appId}/answer`;
    expect((await admin.post(`${breaker}/force`, { state: 'open', reason: 'a test' })).status).toBe(200);
    expect((await admin.post(`${breaker}/automatic`, { reason: 'it is over' })).status).toBe(200);
    expect(await endOf(await accepted(appId)), worker.output).toEqual(MADE_ONCE);
    await worker.kill9();
  });
});
