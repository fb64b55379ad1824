import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CannedApi, page } from '../canned-api.fixture.js';

describe('the command', () => {
  const api = new CannedApi();
  beforeAll(() => api.start());
  beforeEach(() => api.forget());
  afterAll(() => api.stop());

  const id = '0190-7';
  const story = { id, status: 'pending', lastError: null, history: [], timeline: [] };
  const attempt = {
    number: 1,
    startedAt: 'then',
    durationMs: 7,
    outcome: 'http_error',
    httpStatus: 503,
    error: null,
    next: 'retry',
    requestHeaders: { 'webhook-id': id, authorization: '***' },
    responseBody: 'no room "12"',
    truncated: true,
  };
  const letter = { id, appId: 'quiz', payload: '{"room":12}', delivery: { ...story, history: [attempt] } };
  it.each<[title: string, args: string[], answered: unknown, request: object, printed: string]>([
    [
      'apps',
      ['apps', '--limit', '2'],
      page({ id: 'quiz', name: 'Quiz', manifestVersion: 3 }),
      { method: 'GET', path: '/api/v1/admin/apps?limit=2' },
      'quiz  Quiz',
    ],
    [
      'pause of an app',
      ['pause', 'quiz', '--reason', 'moving'],
      { id: 'quiz', pausedReason: 'moving' },
      { method: 'POST', path: '/api/v1/admin/apps/quiz/pause', body: '{"reason":"moving"}' },
      'moving',
    ],
    [
      'pause of a capability',
      ['pause', 'quiz', 'report'],
      { capability: 'report', hold: 'paused' },
      { method: 'POST', path: '/api/v1/admin/apps/quiz/capabilities/report/pause' },
      'paused',
    ],
    [
      'resume',
      ['resume', 'quiz', 'report'],
      { capability: 'report', status: 'active' },
      { method: 'POST', path: '/api/v1/admin/apps/quiz/capabilities/report/resume', body: '' },
      'active',
    ],
    [
      'disable of a capability',
      ['disable', 'quiz', 'report', '--reason', 'abuse'],
      { capability: 'report', status: 'disabled' },
      {
        method: 'POST',
        path: '/api/v1/admin/apps/quiz/capabilities/report/disable',
        body: '{"reason":"abuse"}',
      },
      'disabled',
    ],
    [
      'disable of an app',
      ['disable', 'quiz', '--reason', 'abuse'],
      { id: 'quiz', status: 'disabled' },
      {
        method: 'PATCH',
        path: '/api/v1/admin/apps/quiz',
        body: '{"status":"disabled","disabledReason":"abuse"}',
      },
      'disabled',
    ],
    [
      'enable of a capability',
      ['enable', 'quiz', 'report'],
      { capability: 'report', status: 'active' },
      { method: 'POST', path: '/api/v1/admin/apps/quiz/capabilities/report/enable' },
      'active',
    ],
    [
      'enable of an app',
      ['enable', 'quiz'],
      { id: 'quiz', status: 'active' },
      { method: 'PATCH', path: '/api/v1/admin/apps/quiz', body: '{"status":"active"}' },
      'active',
    ],
    [
      'capabilities',
      ['capabilities', 'quiz'],
      { items: [{ capability: 'report', hold: 'paused' }] },
      { method: 'GET', path: '/api/v1/admin/apps/quiz/capabilities' },
      'paused',
    ],
    [
      'deliveries cancel-all',
      ['deliveries', 'cancel-all', '--app', 'quiz', '--event-type', 'order.paid', '--dry-run'],
      { count: 4, dryRun: true },
      {
        method: 'POST',
        path: '/api/v1/deliveries/cancel',
        body: '{"filter":{"appId":"quiz","eventType":"order.paid"},"dryRun":true}',
      },
      '4 would be cancelled',
    ],
    [
      'approvals list',
      ['approvals', 'list', '--app', 'quiz', '--status', 'approved'],
      page({ id, appId: 'quiz', reason: 'timeout' }),
      { method: 'GET', path: '/api/v1/admin/approvals?appId=quiz&status=approved' },
      'timeout',
    ],
    ['approvals show', ['approvals', 'show', id], { id }, { path: `/api/v1/admin/approvals/${id}` }, id],
    [
      'approvals resolve',
      ['approvals', 'resolve', id, 'approved', '--notes', 'known'],
      { id, status: 'approved' },
      {
        method: 'POST',
        path: `/api/v1/admin/approvals/${id}/resolve`,
        body: '{"status":"approved","notes":"known"}',
      },
      'approved',
    ],
    [
      'dlq list',
      [
        'dlq',
        'list',
        '--app',
        'quiz',
        '--capability',
        'report',
        '--reason',
        'exhausted',
        '--category',
        'RETRYABLE',
      ],
      page({ id, appId: 'quiz', error: 'http 500' }),
      { path: '/api/v1/admin/dlq?appId=quiz&capability=report&reason=exhausted&category=RETRYABLE' },
      'http 500',
    ],
    ['dlq show', ['dlq', 'show', id], letter, { method: 'GET', path: `/api/v1/admin/dlq/${id}` }, '503'],
    ['dlq show, with the payload', ['dlq', 'show', id], letter, { method: 'GET' }, 'payload\n{"room":12}'],
    [
      "dlq show, with the app's answer",
      ['dlq', 'show', id],
      letter,
      { method: 'GET' },
      'answer to attempt 1, its beginning\nno room "12"',
    ],
    [
      'dlq show, with the headers that were sent',
      ['dlq', 'show', id],
      letter,
      { method: 'GET' },
      'authorization:  ***',
    ],
    [
      'deliveries list by what the caller knows',
      ['deliveries', 'list', '--request-id', 'r-1', '--mode', 'sync', '--kind', 'invocation'],
      page({ id, status: 'fallback' }),
      { path: '/api/v1/deliveries?requestId=r-1&mode=sync&kind=invocation' },
      'fallback',
    ],
    [
      'deliveries list by idempotency key',
      ['deliveries', 'list', '--idempotency-key', 'k-1'],
      page({ id }),
      { path: '/api/v1/deliveries?idempotencyKey=k-1' },
      id,
    ],
    [
      'dlq retry-all --all',
      ['dlq', 'retry-all', '--all'],
      { count: 3 },
      { body: '{"filter":{},"dryRun":false}' },
      '3 retried',
    ],
    [
      'dlq show without its delivery',
      ['dlq', 'show', id],
      { ...letter, delivery: null },
      { path: `/api/v1/admin/dlq/${id}` },
      'appId:  quiz',
    ],
    [
      'dlq retry',
      ['dlq', 'retry', id],
      letter,
      { method: 'POST', path: `/api/v1/admin/dlq/${id}/retry`, body: '' },
      'delivery',
    ],
    [
      'dlq retry-all',
      ['dlq', 'retry-all', '--app', 'quiz'],
      { count: 3 },
      { method: 'POST', path: '/api/v1/admin/dlq/retry', body: '{"filter":{"appId":"quiz"},"dryRun":false}' },
      '3 retried',
    ],
    [
      'dlq retry-all --dry-run',
      ['dlq', 'retry-all', '--dry-run'],
      { count: 3 },
      { body: '{"filter":{},"dryRun":true}' },
      '3 would be retried',
    ],
    [
      'dlq resolve',
      ['dlq', 'resolve', id, '--notes', 'called them'],
      { id, notes: 'called them' },
      { method: 'POST', path: `/api/v1/admin/dlq/${id}/resolve`, body: '{"notes":"called them"}' },
      'notes:  called them',
    ],
    [
      'breaker list',
      ['breaker', 'list', '--state', 'open', '--app', 'quiz'],
      page({ appId: 'quiz', capability: 'quiz_answer', state: 'open', failureCount: 5 }),
      { path: '/api/v1/admin/circuit-breaker/status?appId=quiz&state=open' },
      'quiz_answer  open',
    ],
    [
      'breaker show',
      ['breaker', 'show', 'quiz', 'quiz_answer'],
      {
        appId: 'quiz',
        capability: 'quiz_answer',
        state: 'open',
        failureCount: 5,
        successCount: 0,
        history: [{ at: '2026-11-26T10:00:00Z', from: 'closed', to: 'open', cause: 'failures', actor: null }],
      },
      { method: 'GET', path: '/api/v1/admin/circuit-breaker/quiz/quiz_answer' },
      '2026-11-26T10:00:00Z  closed  open  failures',
    ],
    [
      'breaker reset',
      ['breaker', 'reset', 'quiz', 'quiz_answer'],
      { state: 'closed' },
      { method: 'POST', path: '/api/v1/admin/circuit-breaker/quiz/quiz_answer/reset' },
      'quiz quiz_answer: closed',
    ],
    [
      'deliveries list',
      ['deliveries', 'list', '--app', 'quiz', '--status', 'pending', '--error-class', 'network'],
      page({ id, status: 'pending' }),
      { path: '/api/v1/deliveries?appId=quiz&status=pending&errorClass=network' },
      'pending',
    ],
    [
      'deliveries show',
      ['deliveries', 'show', id],
      story,
      { method: 'GET', path: `/api/v1/deliveries/${id}` },
      'status:  pending',
    ],
    [
      'deliveries redeliver',
      ['deliveries', 'redeliver', id],
      story,
      { method: 'POST', path: `/api/v1/deliveries/${id}/redeliver` },
      'pending',
    ],
    [
      'deliveries cancel',
      ['deliveries', 'cancel', id],
      story,
      { method: 'POST', path: `/api/v1/deliveries/${id}/cancel` },
      'pending',
    ],
    [
      'invoke',
      ['invoke', 'quiz', 'quiz_answer', '{"n": 1.0}', '--context', '{"roomId":"r1"}'],
      { source: 'primary', data: { answer: 42 } },
      {
        method: 'POST',
        path: '/api/v1/apps/quiz/capabilities/quiz_answer/invoke',
        body: '{"payload":{"n": 1.0},"context":{"roomId":"r1"}}',
      },
      'source:  primary',
    ],
    [
      'invoke with an idempotency key',
      ['invoke', 'quiz', 'report', '7', '--idempotency-key', 'k1'],
      { deliveryId: id },
      { body: '{"payload":7}', headers: { 'idempotency-key': 'k1' } },
      id,
    ],
    [
      'keys create',
      [
        'keys',
        'create',
        'ci',
        '--scope',
        'invoke',
        'read',
        '--app',
        'quiz',
        '--expires-at',
        '2027-01-01T00:00:00Z',
      ],
      { id, key: 'bw_new' },
      {
        method: 'POST',
        path: '/api/v1/admin/api-keys',
        body: '{"name":"ci","scopes":["invoke","read"],"appId":"quiz","expiresAt":"2027-01-01T00:00:00Z"}',
      },
      'key:  bw_new',
    ],
    [
      'keys list',
      ['keys', 'list', '--app', 'quiz'],
      page({ id, scopes: ['app', 'read'] }),
      { path: '/api/v1/admin/api-keys?appId=quiz' },
      'app read',
    ],
    [
      'keys revoke',
      ['keys', 'revoke', id],
      undefined,
      { method: 'DELETE', path: `/api/v1/admin/api-keys/${id}` },
      'revoked',
    ],
    [
      'audit',
      [
        'audit',
        '--actor',
        'ci',
        '--action',
        'app.delete',
        '--app',
        'quiz',
        '--target',
        'quiz',
        '--outcome',
        'refused',
        '--from',
        '2026-01-01T00:00:00Z',
        '--to',
        '2026-02-01T00:00:00Z',
        '--limit',
        '5',
      ],
      page({
        at: 'then',
        actor: 'ci',
        action: 'app.delete',
        target: 'quiz',
        outcome: 'refused',
        status: 409,
      }),
      {
        path:
          '/api/v1/admin/audit-log?appId=quiz&actor=ci&action=app.delete&target=quiz&outcome=refused' +
          '&from=2026-01-01T00%3A00%3A00Z&to=2026-02-01T00%3A00%3A00Z&limit=5',
      },
      'then  ci     app.delete  quiz         refused  409',
    ],
    [
      'maintenance',
      ['maintenance'],
      {
        partitionsMade: ['deliveries_20261203'],
        partitionsDropped: [{ name: 'attempts_20261001', aboutRows: 70, kept: 2 }],
        removed: { deadLetters: 3, idempotencyKeys: 0 },
      },
      { method: 'POST', path: '/api/v1/admin/maintenance' },
      'made deliveries_20261203\ndropped attempts_20261001: about 70 rows, 2 kept\nremoved 3 dead letters',
    ],
    [
      'maintenance that finds nothing',
      ['maintenance'],
      { partitionsMade: [], partitionsDropped: [], removed: { deadLetters: 0 } },
      { method: 'POST', path: '/api/v1/admin/maintenance' },
      'nothing to do',
    ],
  ])('%s calls the API and prints the answer', async (_, args, answered, request, printed) => {
    api.answerWith(answered);
    expect(await api.breakwater(...args)).toBe(0);
    expect(api.requests).toMatchObject([request]);
    expect(api.out.join('\n')).toContain(printed);
    expect(api.err).toEqual([]);
  });

  it('dlq retry-all without a filter sends nothing, and says how to send everything', async () => {
    expect(await api.breakwater('dlq', 'retry-all')).toBe(1);
    expect(api.requests).toEqual([]);
    expect(api.err.join()).toMatch(/--app.*--dry-run.*--all/);
  });
});
