import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectProblem } from '../support/refusals.js';
import type { Role } from '../support/roles.js';

interface Line {
  id: string;
  at: string;
  actor: string;
  actorKeyId: string | null;
  action: string;
  target: string;
  appId: string | null;
  requestId: string | null;
  outcome: string;
  status: number | null;
  detail: Record<string, unknown> | null;
  finishedAt: string | null;
}

let platform: Platform;
let api: Role;
let admin: HttpClient;
let adminId: string;
let appId: string;

const ok = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
  const answer = await admin.request(method, `/api/v1/${path}`, { body, headers });
  expect(answer.status, answer.text).toBeLessThan(300);
  return answer;
};
const lines = async (query = ''): Promise<Line[]> =>
  (await ok('GET', `admin/audit-log?limit=200${query}`)).json.items as Line[];
const ofAction = async (action: string, query = ''): Promise<Line[]> => lines(`&action=${action}${query}`);
/** A dead letter made by hand: why it failed does not matter here. */
async function deadLetter(): Promise<{ letterId: string; deliveryId: string }> {
  const { deliveryId } = (await admin.invoke(appId, 'report')).json as { deliveryId: string };
  const [row] = await platform.rows<{ id: string }>(
    `WITH dead AS (
       UPDATE deliveries SET status = 'dead_letter', finished_at = now(), next_attempt_at = NULL, enqueued_at = NULL
       WHERE id = $1 RETURNING *)
     INSERT INTO webhook_dead_letter_queue (id, app_id, capability, payload, attempts, delivery_id, endpoint_id, category,
       reason)
     SELECT gen_random_uuid(), app_id, capability, body, 1, id, endpoint_id, 'RETRYABLE', 'exhausted' FROM dead
     RETURNING id`,
    deliveryId,
  );
  return { letterId: row!.id, deliveryId };
}
/** Waits until there are exactly this many. */
async function deadLetters(count: number): Promise<void> {
  await platform.rows('DELETE FROM webhook_dead_letter_queue');
  for (let n = 0; n < count; n++) await deadLetter();
}
async function approval(): Promise<string> {
  const id = randomUUID();
  await platform.rows(
    `INSERT INTO pending_approvals (id, app_id, capability, request_id, payload, reason)
     VALUES ($1, $2, 'report', 'r', '{}', 'timeout')`,
    id,
    appId,
  );
  return id;
}
const breaker = async (app: string): Promise<unknown> =>
  platform.rows(
    `INSERT INTO circuit_breaker_state (app_id, capability, state, retry_at) VALUES ($1, 'report', 'open', now())`,
    app,
  );

beforeAll(async () => {
  platform = await Platform.start();
  api = await platform.api();
  admin = platform.client(api);
  const keys = (await ok('GET', 'admin/api-keys')).json.items as { id: string }[];
  adminId = keys[0]!.id;
  appId = await platform.register(api, { report: { async: true } });
});

afterAll(async () => platform?.stop());

describe('the audit log', () => {
  it('contains the creation of the first key, by the system', async () => {
    expect(await lines('&actor=system')).toEqual([
      expect.objectContaining({
        actor: 'system',
        actorKeyId: null,
        action: 'api_key.create',
        outcome: 'done',
        requestId: null,
        target: 'configured admin key',
        detail: { id: adminId, scopes: ['admin'] },
      }),
    ]);
  });

  type Doing = () => Promise<{
    method: string;
    path: string;
    body?: unknown;
    target: string;
    detail?: object;
  }>;
  it.each<[action: string, doing: Doing]>([
    [
      'manifest.register',
      async () => ({
        method: 'PUT',
        path: `admin/apps/${appId}/manifest`,
        body: {
          name: 'Quiz',
          ownerEmail: 'o@example.com',
          baseUrl: platform.receiver.url,
          webhooks: { report: { url: '/report', async: true, headers: { 'x-token': 'canary-of-a-header' } } },
        },
        target: appId,
        detail: { version: 2, changed: true },
      }),
    ],
    [
      'manifest.rollback',
      async () => ({
        method: 'POST',
        path: `admin/apps/${appId}/manifests/1/rollback`,
        target: `${appId}/1`,
        detail: { version: 3, changed: true },
      }),
    ],
    [
      'app.update',
      async () => ({
        method: 'PATCH',
        path: `admin/apps/${appId}`,
        body: { webhookTimeouts: { report: 5000 } },
        target: appId,
        detail: { fields: ['webhookTimeouts'] },
      }),
    ],
    [
      'signing_secret.rotate',
      async () => ({
        method: 'POST',
        path: `admin/apps/${appId}/signing-secret/rotate`,
        body: { overlapMs: 0 },
        target: appId,
        detail: { overlapMs: 0 },
      }),
    ],
    [
      'conformance.run',
      async () => ({
        method: 'POST',
        path: `apps/${appId}/conformance-runs`,
        body: { capability: 'report', payload: { secret: 1 } },
        target: appId,
        detail: { capability: 'report', id: expect.any(String) },
      }),
    ],
    [
      'api_key.create',
      async () => ({
        method: 'POST',
        path: 'admin/api-keys',
        body: { name: 'board', scopes: ['app'], appId },
        target: 'board',
        detail: { scopes: ['app'], id: expect.any(String) },
      }),
    ],
    [
      'api_key.revoke',
      async () => {
        const { id } = (await ok('POST', 'admin/api-keys', { name: 'short', scopes: ['app'], appId })).json;
        return { method: 'DELETE', path: `admin/api-keys/${id}`, target: id as string };
      },
    ],
    [
      'portal_link.create',
      async () => ({
        method: 'POST',
        path: `admin/apps/${appId}/portal-links`,
        body: { capabilities: ['test'], expiresIn: 3600, note: 'Ann' },
        target: appId,
        detail: {
          capabilities: ['test'],
          expiresIn: 3600,
          note: 'Ann',
          id: expect.any(String),
        },
      }),
    ],
    [
      'portal_link.revoke',
      async () => {
        const { id } = (await ok('POST', `admin/apps/${appId}/portal-links`, {})).json;
        return { method: 'DELETE', path: `admin/apps/${appId}/portal-links/${id}`, target: id as string };
      },
    ],
    [
      'circuit_breaker.reset',
      async () => {
        await breaker(appId);
        const path = `admin/circuit-breaker/${appId}/report/reset`;
        return { method: 'POST', path, target: `${appId}/report` };
      },
    ],
    [
      'delivery.cancel',
      async () => {
        const { deliveryId } = (await admin.invoke(appId, 'report')).json as { deliveryId: string };
        return { method: 'POST', path: `deliveries/${deliveryId}/cancel`, target: deliveryId };
      },
    ],
    [
      'delivery.redeliver',
      async () => {
        const { deliveryId } = await deadLetter();
        return { method: 'POST', path: `deliveries/${deliveryId}/redeliver`, target: deliveryId };
      },
    ],
    [
      'delivery.retry_failed',
      async () => {
        const { letterId } = await deadLetter();
        return { method: 'POST', path: `webhook-metrics/retry-failed/${letterId}`, target: letterId };
      },
    ],
    [
      'dead_letter.retry',
      async () => {
        const { letterId } = await deadLetter();
        return { method: 'POST', path: `admin/dlq/${letterId}/retry`, target: letterId };
      },
    ],
    [
      'dead_letter.resolve',
      async () => {
        const { letterId } = await deadLetter();
        const body = { notes: 'canary-of-a-note' };
        return { method: 'POST', path: `admin/dlq/${letterId}/resolve`, body, target: letterId };
      },
    ],
    [
      'dead_letter.delete',
      async () => {
        const { letterId } = await deadLetter();
        return { method: 'DELETE', path: `admin/dlq/${letterId}`, target: letterId };
      },
    ],
    [
      'dead_letters.retry',
      async () => {
        await deadLetters(1);
        const body = { filter: { appId, minAgeMs: 0 } };
        const detail = { filter: body.filter, count: 1 };
        return { method: 'POST', path: 'admin/dlq/retry', body, target: '*', detail };
      },
    ],
    [
      'dead_letters.resolve',
      async () => {
        await deadLetters(2);
        const body = { filter: { appId, reason: 'exhausted', state: 'unresolved' } };
        const detail = { filter: body.filter, count: 2 };
        return { method: 'POST', path: 'admin/dlq/resolve', body, target: '*', detail };
      },
    ],
    [
      'approval.resolve',
      async () => {
        const id = await approval();
        const body = { status: 'rejected', notes: 'canary-of-a-note' };
        const detail = { status: 'rejected' };
        return { method: 'POST', path: `admin/approvals/${id}/resolve`, body, target: id, detail };
      },
    ],
    [
      'app.delete',
      async () => {
        const other = await platform.register(api, { report: { async: true } });
        const path = `admin/apps/${other}?force=true`;
        return { method: 'DELETE', path, target: other, detail: { force: 'true', cancelled: 0 } };
      },
    ],
  ])('contains %s: who, what, to what, when, and its result', async (action, doing) => {
    const { method, path, body, target, detail = null } = await doing();
    const requestId = `of-${action}`;
    const { status } = await ok(method, path, body, { 'x-request-id': requestId });
    const line = (await ofAction(action)).find((each) => each.target === target)!;
    expect(line).toEqual({
      id: expect.any(String),
      actor: 'configured admin key',
      actorKeyId: adminId,
      action,
      target,
      status,
      appId: action === 'dead_letter.delete' ? null : action === 'app.delete' ? target : appIdOf(action),
      requestId,
      outcome: 'done',
      detail,
      at: expect.stringMatching(/Z$/),
      finishedAt: expect.stringMatching(/Z$/),
    });
    expect(Math.abs(Date.parse(line.at) - Date.now())).toBeLessThan(60_000);
  });

  /** A revoked key is named by its id alone. */
  const appIdOf = (action: string): string | null => (action === 'api_key.revoke' ? null : appId);

  it('contains no secret, no payload and no note', async () => {
    const kept = JSON.stringify(await platform.rows('SELECT * FROM audit_log'));
    expect(kept).not.toMatch(/canary|bwp?_|whsec_/);
    expect(kept).not.toContain(platform.receiver.url);
  });

  it.each([
    ['a missing thing', 'POST', 'admin/circuit-breaker/none/none/reset', undefined, 404, 'BREAKER_NOT_FOUND'],
    [
      'a body that is not valid',
      'POST',
      'admin/api-keys',
      { name: 'x', scopes: ['root'] },
      400,
      'INPUT_INVALID',
    ],
    ['a manifest that is not valid', 'PUT', 'admin/apps/never/manifest', {}, 400, 'MANIFEST_INVALID'],
  ])('contains refused actions: %s', async (_, method, path, body, status, code) => {
    const answer = await admin.request(method, `/api/v1/${path}`, { body });
    expectProblem(answer, code);
    const [line] = await lines('&outcome=refused');
    expect(line).toMatchObject({ status, outcome: 'refused', requestId: answer.json.requestId });
    expect(line!.detail).toMatchObject({ code });
  });

  it('contains no request that only reads', async () => {
    const before = (await lines()).length;
    await ok('POST', 'admin/dlq/retry', { filter: {}, dryRun: true });
    await ok('POST', 'admin/dlq/resolve', { filter: {}, dryRun: true });
    await ok('GET', `admin/apps/${appId}`);
    await admin.post('/api/v1/admin/manifests/validate', {});
    expect((await lines()).length).toBe(before);
  });

  it("contains what an app's own key did, under its name and app, and cannot be read with it", async () => {
    const key = await platform.key(api, { name: 'their board', scopes: ['app'], appId });
    const theirs = platform.client(api, key);
    const { deliveryId } = await deadLetter();
    expect((await theirs.post(`/api/v1/deliveries/${deliveryId}/redeliver`)).status).toBe(202);
    const [line] = await lines(`&target=${deliveryId}`);
    expect(line).toMatchObject({
      actor: 'their board',
      action: 'delivery.redeliver',
      appId,
      outcome: 'done',
    });
    for (const scope of ['app', 'read', 'invoke']) {
      const client = platform.client(api, await platform.key(api, { scopes: [scope], appId }));
      expectProblem(await client.get('/api/v1/admin/audit-log'), 'FORBIDDEN');
    }
  });

  it('is read page by page, newest first, and refuses a cursor of another list', async () => {
    const all = (await lines()).map(({ id }) => id);
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const page = (await ok('GET', `admin/audit-log?limit=7${cursor}`)).json as {
        items: Line[];
        nextCursor: string | null;
      };
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(seen).toEqual(all);
    expectProblem(await admin.get('/api/v1/admin/audit-log?cursor=xyz'), 'CURSOR_INVALID');
    expect(await lines('&to=2020-01-01T00:00:00Z')).toEqual([]);
    expect((await lines('&from=2020-01-01T00:00:00Z')).length).toBe(all.length);
  });

  it('has the line before the action: it stays `started` when the process is killed in the middle', async () => {
    const victim = await platform.api();
    const killed = await platform.register(api, { report: { async: true } });
    await breaker(killed);
    const lock = await platform.db.connect();
    try {
      await lock.query('BEGIN');
      await lock.query('SELECT 1 FROM circuit_breaker_state WHERE app_id = $1 FOR UPDATE', [killed]);
      const asking = platform
        .client(victim)
        .post(`/api/v1/admin/circuit-breaker/${killed}/report/reset`)
        .catch((error: Error) => error);
      const line = await eventually(async () => (await lines(`&appId=${killed}&outcome=started`))[0]);
      await victim.kill9();
      expect(await asking).toBeInstanceOf(Error);
      expect(line).toMatchObject({
        action: 'circuit_breaker.reset',
        target: `${killed}/report`,
        status: null,
      });
    } finally {
      await lock.query('ROLLBACK');
      lock.release();
    }
    expect(await ofAction('circuit_breaker.reset', `&appId=${killed}`)).toMatchObject([
      { outcome: 'started' },
    ]);
  });

  it('refuses an action with 503 that cannot be recorded, and does nothing', async () => {
    await platform.rows(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$`);
    await platform.rows(
      'CREATE TRIGGER full_disk BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION full_disk()',
    );
    const path = `/api/v1/admin/apps/${appId}`;
    const answer = await admin.request('PATCH', path, { body: { webhookTimeouts: { report: 7000 } } });
    await platform.rows('DROP TRIGGER full_disk ON audit_log');
    expect(answer).toMatchObject({ status: 503, json: { code: 'DATABASE_UNAVAILABLE' } });
    expect(answer.headers['retry-after']).toBeDefined();
    expect((await ok('GET', `admin/apps/${appId}`)).json.webhookTimeouts).not.toEqual({ report: 7000 });
  });
});
