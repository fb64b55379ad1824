import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectRefusal, type Refusal } from '../support/refusals.js';

const APP = 'quiz-app';
const V1 = '/api/v1';
const ADMIN = '/api/v1/admin';
const ID = randomUUID();

let platform: Platform;
let admin: HttpClient;

beforeAll(async () => {
  platform = await Platform.start();
  const api = await platform.api();
  admin = platform.client(api);
  await platform.register(api, { quiz_answer: {} }, APP);
});

afterAll(async () => platform?.stop());

const paths: Refusal[] = [
  ['an unknown route', `GET ${V1}/nowhere`, undefined, 'ROUTE_NOT_FOUND'],
  ['the root', 'GET /', undefined, 'ROUTE_NOT_FOUND'],
  ['another method', `PATCH ${V1}/apps/${APP}/capabilities/quiz_answer/invoke`, {}, 'ROUTE_NOT_FOUND'],
  ['another method with a body', `DELETE ${V1}/deliveries`, { a: 1 }, 'ROUTE_NOT_FOUND'],
  ['no URI', `GET ${ADMIN}/apps/%ZZ`, undefined, 'INPUT_INVALID'],
  ['U+0000', `GET ${ADMIN}/apps/a%00b`, undefined, 'INPUT_INVALID', { rule: 'text' }],
  ['U+0000 in the query', `GET ${V1}/deliveries?appId=a%00b`, undefined, 'INPUT_INVALID', { rule: 'text' }],
  ['10 000 characters', `GET ${ADMIN}/apps/${'a'.repeat(10_000)}`, undefined, 'ROUTE_NOT_FOUND'],
  ['an unknown app', `GET ${ADMIN}/apps/nobody`, undefined, 'APP_NOT_FOUND'],
  ['an app that is a path', `GET ${ADMIN}/apps/..%2f..`, undefined, 'APP_NOT_FOUND'],
  ['an unknown app to delete', `DELETE ${ADMIN}/apps/nobody`, undefined, 'APP_NOT_FOUND'],
  ['an unknown app, two ways', `DELETE ${ADMIN}/apps/nobody?force=yes&force=no`, undefined, 'APP_NOT_FOUND'],
  ['an unknown app to change', `PATCH ${ADMIN}/apps/nobody`, {}, 'APP_NOT_FOUND'],
  [
    'an unknown app to ask',
    `POST ${V1}/apps/nobody/capabilities/x/invoke`,
    { payload: 1 },
    'CAPABILITY_NOT_FOUND',
  ],
  ...['nothing', '__proto__', 'constructor', 'x'.repeat(300)].map((name): Refusal => {
    const path = `POST ${V1}/apps/${APP}/capabilities/${name}/invoke`;
    return [`the capability ${name.slice(0, 20)}`, path, { payload: 1 }, 'CAPABILITY_NOT_FOUND'];
  }),
  ['an unknown version', `GET ${ADMIN}/apps/${APP}/manifests/999`, undefined, 'MANIFEST_VERSION_NOT_FOUND'],
  [
    'a vast version',
    `GET ${ADMIN}/apps/${APP}/manifests/${'9'.repeat(20)}`,
    undefined,
    'MANIFEST_VERSION_NOT_FOUND',
  ],
  ['a version in words', `GET ${ADMIN}/apps/${APP}/manifests/last`, undefined, 'INPUT_INVALID'],
  ['version 0', `POST ${ADMIN}/apps/${APP}/manifests/0/rollback`, undefined, 'MANIFEST_VERSION_NOT_FOUND'],
];

const ids = ['not-an-id', ID, "' OR 1=1 --", 'x'.repeat(400)]
  .map(encodeURIComponent)
  .flatMap((id): Refusal[] => [
    [id, `GET ${V1}/deliveries/${id}`, undefined, 'DELIVERY_NOT_FOUND'],
    [id, `POST ${V1}/deliveries/${id}/redeliver`, undefined, 'DELIVERY_NOT_FOUND'],
    [id, `POST ${V1}/deliveries/${id}/cancel`, undefined, 'DELIVERY_NOT_FOUND'],
    [id, `GET ${ADMIN}/dlq/${id}`, undefined, 'DEAD_LETTER_NOT_FOUND'],
    [id, `POST ${ADMIN}/dlq/${id}/retry`, undefined, 'DEAD_LETTER_NOT_FOUND'],
    [id, `POST ${ADMIN}/dlq/${id}/resolve`, {}, 'DEAD_LETTER_NOT_FOUND'],
    [id, `DELETE ${ADMIN}/dlq/${id}`, undefined, 'DEAD_LETTER_NOT_FOUND'],
    [id, `GET ${ADMIN}/notifications/${id}`, undefined, 'NOTIFICATION_NOT_FOUND'],
    [id, `DELETE ${ADMIN}/api-keys/${id}`, undefined, 'API_KEY_NOT_FOUND'],
    [id, `POST ${ADMIN}/approvals/${id}/resolve`, { status: 'approved' }, 'APPROVAL_NOT_FOUND'],
    [id, `GET ${ADMIN}/circuit-breaker/${id}/x`, undefined, 'BREAKER_NOT_FOUND'],
    [id, `POST ${ADMIN}/circuit-breaker/${id}/x/reset`, undefined, 'BREAKER_NOT_FOUND'],
  ]);

const lists = [
  ...[`${V1}/deliveries`, `${ADMIN}/apps`, `${ADMIN}/apps/${APP}/manifests`, `${ADMIN}/api-keys`],
  ...[`${ADMIN}/circuit-breaker/status`, `${ADMIN}/dlq`, `${ADMIN}/approvals`, `${ADMIN}/notifications`],
];
const cursor = (content: string): string => Buffer.from(content).toString('base64url');
const cursors = [
  'nonsense',
  cursor('[1,2,3]'),
  cursor('["\\u0000"]'),
  cursor('["\\u0000","\\u0000"]'),
  cursor('{}'),
];

const pages = lists.flatMap((list): Refusal[] => [
  ...['0', '-1', '1.5', 'ten', '1e99', '201', '', '1&limit=2'].map((limit): Refusal => {
    return [`limit=${limit}`, `GET ${list}?limit=${limit}`, undefined, 'INPUT_INVALID', '/limit'];
  }),
  ...cursors.map((value): Refusal => {
    return [
      `cursor=${value}`,
      `GET ${list}?cursor=${value}`,
      undefined,
      'CURSOR_INVALID',
      { pointer: '/cursor', value },
    ];
  }),
  ['cursor=a&cursor=b', `GET ${list}?cursor=a&cursor=b`, undefined, 'INPUT_INVALID', '/cursor'],
  ['nonsense=1', `GET ${list}?nonsense=1`, undefined, 'INPUT_INVALID', '/nonsense'],
]);

const values: Refusal[] = [
  [
    'a status',
    `GET ${V1}/deliveries?status=lost`,
    undefined,
    'INPUT_INVALID',
    { pointer: '/status', value: 'lost' },
  ],
  [
    'an endpoint',
    `GET ${V1}/deliveries?endpointId=7`,
    undefined,
    'INPUT_INVALID',
    { pointer: '/endpointId', value: '7' },
  ],
  ['a time', `GET ${V1}/deliveries?from=yesterday`, undefined, 'INPUT_INVALID', '/from'],
  [
    'a time after all',
    `GET ${V1}/deliveries?to=%2B275760-09-14T00:00:00Z`,
    undefined,
    'INPUT_INVALID',
    '/to',
  ],
  [
    'a time before all',
    `GET ${V1}/deliveries?from=-271821-04-20T00:00:00Z`,
    undefined,
    'INPUT_INVALID',
    '/from',
  ],
  ['a state', `GET ${ADMIN}/circuit-breaker/status?state=ajar`, undefined, 'INPUT_INVALID', '/state'],
  [
    'a category',
    `GET ${ADMIN}/dlq?category=ODD`,
    undefined,
    'INPUT_INVALID',
    { pointer: '/category', value: 'ODD' },
  ],
  ['a reason', `GET ${ADMIN}/dlq?reason=odd`, undefined, 'INPUT_INVALID', '/reason'],
  ...['-1', '1e300', '9007199254740991', 'old'].flatMap((age): Refusal[] => [
    [`the age ${age}`, `GET ${ADMIN}/dlq?minAgeMs=${age}`, undefined, 'INPUT_INVALID', '/minAgeMs'],
    [`the youth ${age}`, `GET ${ADMIN}/dlq?maxAgeMs=${age}`, undefined, 'INPUT_INVALID', '/maxAgeMs'],
  ]),
  ...['retry', 'resolve'].flatMap((verb): Refusal[] => [
    [`${verb} by nothing`, `POST ${ADMIN}/dlq/${verb}`, undefined, 'INPUT_INVALID', '/filter'],
    [`${verb} by null`, `POST ${ADMIN}/dlq/${verb}`, { filter: null }, 'INPUT_INVALID', '/filter'],
    [`${verb} by a list`, `POST ${ADMIN}/dlq/${verb}`, { filter: [] }, 'INPUT_INVALID', '/filter'],
    [
      `${verb} by a colour`,
      `POST ${ADMIN}/dlq/${verb}`,
      { filter: { colour: 1 } },
      'INPUT_INVALID',
      '/filter/colour',
    ],
    [
      `${verb} by no app`,
      `POST ${ADMIN}/dlq/${verb}`,
      { filter: { appId: '' } },
      'INPUT_INVALID',
      '/filter/appId',
    ],
    [
      `${verb} by age`,
      `POST ${ADMIN}/dlq/${verb}`,
      { filter: { minAgeMs: 1e300 } },
      'INPUT_INVALID',
      '/filter/minAgeMs',
    ],
  ]),
  ['a decision', `POST ${ADMIN}/approvals/${ID}/resolve`, { status: 'maybe' }, 'INPUT_INVALID', '/status'],
  ['a key without a name', `POST ${ADMIN}/api-keys`, { scopes: ['admin'] }, 'INPUT_INVALID', '/name'],
  ['a key of no scope', `POST ${ADMIN}/api-keys`, { name: 'x', scopes: [] }, 'INPUT_INVALID', '/scopes'],
  [
    'a key of an unknown scope',
    `POST ${ADMIN}/api-keys`,
    { name: 'x', scopes: ['root'] },
    'INPUT_INVALID',
    '/scopes',
  ],
  [
    'a key for no app',
    `POST ${ADMIN}/api-keys`,
    { name: 'x', scopes: ['app'], appId: 'nobody' },
    'API_KEY_INVALID',
    '/appId',
  ],
  ...[999, 30_001].map((ms): Refusal => {
    const problem = {
      pointer: '/webhookTimeouts/quiz_answer',
      bounds: { min: 1000, max: 30_000 },
      value: ms,
    };
    const body = { webhookTimeouts: { quiz_answer: ms } };
    return [`a timeout of ${ms}`, `PATCH ${ADMIN}/apps/${APP}`, body, 'APP_UPDATE_INVALID', problem];
  }),
  [
    'an overlap',
    `POST ${ADMIN}/apps/${APP}/signing-secret/rotate`,
    { overlapMs: -1 },
    'INPUT_INVALID',
    '/overlapMs',
  ],
  [
    'a long one',
    `POST ${ADMIN}/apps/${APP}/signing-secret/rotate`,
    { overlapMs: 1e15 },
    'APP_UPDATE_INVALID',
    '/overlapMs',
  ],
];

it.each(paths)('a path is refused: %s', (...row) => expectRefusal(admin, ...row));
it.each(ids)('the id %s is refused by %s', (...row) => expectRefusal(admin, ...row));
it.each(pages)('a page is refused: %s of %s', (...row) => expectRefusal(admin, ...row));
it.each(values)('a value is refused: %s', (...row) => expectRefusal(admin, ...row));

describe('after all that', () => {
  it('nothing has changed', async () => {
    expect((await admin.get(`${ADMIN}/apps`)).json.items).toMatchObject([{ id: APP, webhookTimeouts: {} }]);
    expect((await admin.get(`${ADMIN}/api-keys`)).json.items).toHaveLength(1);
  });

  it.each(lists)('%s gives no error for the cursor of another list', async (list) => {
    for (const content of [
      '["x"]',
      '["x","y"]',
      `["${ID}"]`,
      '["2026-01-01T00:00:00.000Z","x"]',
      `["+275760-09-13T00:00:00.000Z","${ID}"]`,
    ]) {
      expect([200, 400]).toContain((await admin.get(`${list}?cursor=${cursor(content)}`)).status);
    }
  });

  it('none was an unforeseen error', () => {
    expect(platform.roles[0]!.log.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
