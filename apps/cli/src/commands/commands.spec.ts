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
  const operation = { id, kind: 'replay', status: 'planned', planned: 3 };
  const item = { number: 1, subjectId: 'v', endpointId: 'e', result: null, reason: null, deliveryId: null };
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
      'event-types list',
      ['event-types', 'list', '--limit', '2'],
      page(
        { type: 'order.created', schema: {}, mode: 'enforce' },
        { type: 'order.paid', schema: null, mode: 'warn' },
      ),
      { method: 'GET', path: '/api/v1/event-types?limit=2' },
      'order.created  enforce',
    ],
    [
      'event-types show',
      ['event-types', 'show', 'order.created'],
      { type: 'order.created', schema: { type: 'object' } },
      { method: 'GET', path: '/api/v1/event-types/order.created' },
      '{"type":"object"}',
    ],
    [
      'event-types delete',
      ['event-types', 'delete', 'order.created'],
      undefined,
      { method: 'DELETE', path: '/api/v1/event-types/order.created' },
      'deleted',
    ],
    [
      'subscriptions test-filter',
      [
        'subscriptions',
        'test-filter',
        'quiz',
        'ledger',
        '--events',
        'order.*',
        '--filter',
        '{"payload":{"n":1}}',
      ],
      {
        tested: 7,
        since: 'yesterday',
        cut: true,
        taken: { count: 6, samples: [{ id, type: 'order.paid', createdAt: 'then' }] },
        newlyTaken: { count: 0, samples: [] },
        noLongerTaken: { count: 1, samples: [{ id, type: 'order.sent', createdAt: 'then' }] },
      },
      {
        method: 'POST',
        path: '/api/v1/apps/quiz/subscriptions/ledger/filter/test',
        body: '{"events":["order.*"],"filter":{"payload":{"n":1}}}',
      },
      'taken: 6, the newest 1',
    ],
    [
      'subscriptions test-filter as it is',
      ['subscriptions', 'test-filter', 'quiz', 'ledger'],
      {
        tested: 0,
        since: 'yesterday',
        cut: false,
        taken: { count: 0, samples: [] },
        newlyTaken: { count: 0, samples: [] },
        noLongerTaken: { count: 0, samples: [] },
      },
      { body: '{}' },
      '0 events since yesterday',
    ],
    [
      'subscriptions test-filter without a filter',
      ['subscriptions', 'test-filter', 'quiz', 'ledger', '--no-filter'],
      {
        tested: 0,
        since: 'yesterday',
        cut: false,
        taken: { count: 0, samples: [] },
        newlyTaken: { count: 0, samples: [] },
        noLongerTaken: { count: 0, samples: [] },
      },
      { body: '{"filter":null}' },
      'newly taken: 0',
    ],
    [
      'subscriptions ping',
      ['subscriptions', 'ping', 'quiz', 'ledger'],
      { outcome: 'http_error', httpStatus: 503, error: 'http 503' },
      { method: 'POST', path: '/api/v1/apps/quiz/subscriptions/ledger/ping' },
      'error:       http 503',
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
      'breaker force',
      ['breaker', 'force', 'quiz', 'quiz_answer', 'open', '--reason', 'a move'],
      { appId: 'quiz', capability: 'quiz_answer', state: 'open', forced: 'open' },
      {
        method: 'POST',
        path: '/api/v1/admin/circuit-breaker/quiz/quiz_answer/force',
        body: '{"state":"open","reason":"a move"}',
      },
      'quiz quiz_answer: open, forced',
    ],
    [
      'breaker automatic',
      ['breaker', 'automatic', 'quiz', 'quiz_answer', '--reason', 'it is over'],
      { appId: 'quiz', capability: 'quiz_answer', state: 'closed', forced: null },
      {
        method: 'POST',
        path: '/api/v1/admin/circuit-breaker/quiz/quiz_answer/automatic',
        body: '{"reason":"it is over"}',
      },
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
      'events replay',
      ['events', 'replay', id, '--app', 'quiz', '--subscription', 'ledger', '--idempotency-key', 'k'],
      { operation, items: [item] },
      {
        method: 'POST',
        path: `/api/v1/events/${id}/replay`,
        body: '{"appId":"quiz","subscription":"ledger"}',
      },
      'waiting',
    ],
    [
      'bulk plan',
      'bulk plan replay --app quiz --type order.* invoice.* --from a --to b --result failed --per-second 5'.split(
        ' ',
      ),
      {
        ...operation,
        sample: [item],
        endpoints: [
          { appId: 'quiz', capability: 'c', subscription: 'ledger', items: 3, breaker: 'open', hold: null },
        ],
      },
      {
        method: 'POST',
        path: '/api/v1/bulk-operations',
        body: '{"kind":"replay","filter":{"appId":"quiz","types":["order.*","invoice.*"],"from":"a","to":"b","result":"failed"},"perSecond":5}',
      },
      'quiz  ledger    3      open',
    ],
    [
      'bulk run',
      ['bulk', 'run', id],
      { ...operation, sample: [], endpoints: [] },
      { method: 'POST', path: `/api/v1/bulk-operations/${id}/run` },
      'planned:  3',
    ],
    [
      'bulk cancel',
      ['bulk', 'cancel', id],
      { ...operation, sample: [], endpoints: [] },
      { method: 'POST', path: `/api/v1/bulk-operations/${id}/cancel` },
      'planned',
    ],
    [
      'bulk show',
      ['bulk', 'show', id],
      { ...operation, sample: [], endpoints: [] },
      { method: 'GET', path: `/api/v1/bulk-operations/${id}` },
      'planned',
    ],
    [
      'bulk list',
      ['bulk', 'list', '--kind', 'replay', '--status', 'running', '--limit', '5'],
      page(operation),
      { path: '/api/v1/bulk-operations?kind=replay&status=running&limit=5' },
      'replay',
    ],
    [
      'bulk items',
      ['bulk', 'items', id, '--result', 'waiting'],
      page(item),
      { path: `/api/v1/bulk-operations/${id}/items?result=waiting` },
      'waiting',
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
