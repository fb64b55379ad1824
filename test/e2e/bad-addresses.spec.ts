import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectProblem, expectRefusal, type Refusal } from '../support/refusals.js';

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
  ['no URI', `GET ${ADMIN}/apps/%ZZ`, undefined, 'INPUT_INVALID'],
  ['U+0000', `GET ${ADMIN}/apps/a%00b`, undefined, 'INPUT_INVALID', { rule: 'text' }],
  ['U+0000 in the query', `GET ${V1}/deliveries?appId=a%00b`, undefined, 'INPUT_INVALID', { rule: 'text' }],
  ['10 000 characters', `GET ${ADMIN}/apps/${'a'.repeat(10_000)}`, undefined, 'ROUTE_NOT_FOUND'],
  ['an unknown app', `GET ${ADMIN}/apps/nobody`, undefined, 'APP_NOT_FOUND'],
  ['an app that is a path', `GET ${ADMIN}/apps/..%2f..`, undefined, 'APP_NOT_FOUND'],
  ['an unknown app to delete', `DELETE ${ADMIN}/apps/nobody`, undefined, 'APP_NOT_FOUND'],
  [
    'an unknown app, two ways',
    `DELETE ${ADMIN}/apps/nobody?force=true&force=true`,
    undefined,
    'INPUT_INVALID',
    '/force',
  ],
  ['an unknown app by force', `DELETE ${ADMIN}/apps/nobody?force=true`, undefined, 'APP_NOT_FOUND'],
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
  ...['last', '0', '01', '1e0', '0x1', '%2B1', '-1', '1.0', '%201', '2147483648', '9'.repeat(20)].flatMap(
    (version): Refusal[] => [
      [
        `version ${version}`,
        `GET ${ADMIN}/apps/${APP}/manifests/${version}`,
        undefined,
        'INPUT_INVALID',
        { pointer: '/version', value: decodeURIComponent(version) },
      ],
      [
        `a rollback to version ${version}`,
        `POST ${ADMIN}/apps/${APP}/manifests/${version}/rollback`,
        undefined,
        'INPUT_INVALID',
        '/version',
      ],
    ],
  ),
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
    [id, `DELETE ${ADMIN}/apps/${APP}/portal-links/${id}`, undefined, 'PORTAL_LINK_NOT_FOUND'],
    [id, `POST ${ADMIN}/approvals/${id}/resolve`, { status: 'approved' }, 'APPROVAL_NOT_FOUND'],
    [id, `GET ${ADMIN}/circuit-breaker/${id}/x`, undefined, 'BREAKER_NOT_FOUND'],
    [id, `POST ${ADMIN}/circuit-breaker/${id}/x/reset`, undefined, 'BREAKER_NOT_FOUND'],
  ]);

const lists = [
  `${V1}/deliveries`,
  `${ADMIN}/apps`,
  `${ADMIN}/apps/${APP}/manifests`,
  `${ADMIN}/api-keys`,
  `${ADMIN}/apps/${APP}/portal-links`,
  `${ADMIN}/circuit-breaker/status`,
  `${ADMIN}/dlq`,
  `${ADMIN}/approvals`,
  `${ADMIN}/notifications`,
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
  ...['yesterday', '1', '1795320971', '2026-11-26', '2026-11-26T21:00:00', '2026-02-30T00:00:00Z'].map(
    (from): Refusal => [
      `the time ${from}`,
      `GET ${V1}/deliveries?from=${from}`,
      undefined,
      'INPUT_INVALID',
      {
        pointer: '/from',
        rule: 'moment',
        value: from,
        message: `from must be a time in ISO 8601 with a time zone, for example 2026-11-26T21:00:00Z; it came as "${from}"`,
      },
    ],
  ),
  [
    'a time whose + is not escaped',
    `GET ${V1}/deliveries?to=2026-11-26T21:00:00+01:00`,
    undefined,
    'INPUT_INVALID',
    { pointer: '/to', message: expect.stringMatching(/read as a space, write it as %2B$/) },
  ],
  [
    'a period that ends before it begins',
    `GET ${V1}/deliveries?from=2026-11-26T21:00:00Z&to=2026-11-26T20:00:00Z`,
    undefined,
    'INPUT_INVALID',
    { pointer: '/to', rule: 'period' },
  ],
  ...['maybe', '1', 'yes', 'TRUE', ''].map((force): Refusal => [
    `force=${force}`,
    `DELETE ${ADMIN}/apps/${APP}?force=${force}`,
    undefined,
    'INPUT_INVALID',
    { pointer: '/force', value: force },
  ]),
  [
    'a query where none is taken',
    `POST ${V1}/apps/${APP}/capabilities/quiz_answer/invoke?wait=1`,
    { payload: 1 },
    'INPUT_INVALID',
    { pointer: '/wait', rule: 'not_taken' },
  ],
  ['a query of one thing', `GET ${ADMIN}/apps/${APP}?verbose=1`, undefined, 'INPUT_INVALID', '/verbose'],
  ['a query of one item', `POST ${ADMIN}/maintenance?dryRun=true`, undefined, 'INPUT_INVALID', '/dryRun'],
  ['a query of numbers', `GET ${V1}/webhook-metrics/queue-health?x=1`, undefined, 'INPUT_INVALID', '/x'],
  ['a query of the alias', `GET /api/webhook-metrics/queue-health?x=1`, undefined, 'INPUT_INVALID', '/x'],
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
    'INPUT_INVALID',
    '/overlapMs',
  ],
];

it.each(paths)('a path is refused: %s', (...row) => expectRefusal(admin, ...row));
it.each(ids)('the id %s is refused by %s', (...row) => expectRefusal(admin, ...row));
it.each(pages)('a page is refused: %s of %s', (...row) => expectRefusal(admin, ...row));
it.each(values)('a value is refused: %s', (...row) => expectRefusal(admin, ...row));

it('each wrong value is one problem', async () => {
  for (const query of [
    'limit=x',
    'limit=1.5',
    'limit=201',
    'from=x',
    'to=1',
    'status=lost',
    'endpointId=7',
  ]) {
    const { json } = await admin.get(`${V1}/deliveries?${query}`);
    expect(json.problems, query).toHaveLength(1);
  }
});

describe('a known path refuses another method, and says which it knows:', () => {
  it.each([
    ['PATCH', `${V1}/apps/${APP}/capabilities/quiz_answer/invoke`, 'POST'],
    ['DELETE', `${V1}/deliveries`, 'GET, HEAD'],
    ['POST', `${ADMIN}/apps/${APP}/manifest`, 'PUT'],
    ['PUT', `${ADMIN}/dlq/${ID}`, 'DELETE, GET, HEAD'],
    ['QUERY', `${V1}/deliveries`, 'GET, HEAD'],
    ['OPTIONS', `${ADMIN}/api-keys`, 'GET, HEAD, POST'],
    ['POST', '/healthz', 'GET, HEAD'],
  ])('%s %s', async (method, path, allow) => {
    for (const body of [undefined, { a: 1 }, '{']) {
      const answer = await admin.request(method, path, { body });
      expectProblem(answer, 'METHOD_NOT_ALLOWED');
      expect(answer.headers['allow']).toBe(allow);
    }
  });
});

describe("an app's key that names another app in the query", () => {
  it.each([
    `${V1}/deliveries`,
    ...['queue-health', 'delivery-stats', 'recent-failures', 'dead-letter-queue'].map(
      (name) => `${V1}/webhook-metrics/${name}`,
    ),
  ])('gets the error that there is no such app: %s', async (path) => {
    const owner = platform.client(
      platform.roles[0]!,
      await platform.key(platform.roles[0]!, { name: path.slice(-50), scopes: ['app'], appId: APP }),
    );
    expectProblem(await owner.get(`${path}?appId=other`), 'APP_NOT_FOUND');
    expect((await owner.get(`${path}?appId=${APP}`)).status).toBe(200);
    expect((await owner.get(path)).status).toBe(200);
  });
});

describe('what may be absent', () => {
  const json = { 'content-type': 'application/json' };

  it.each([
    ['POST', `${ADMIN}/maintenance`],
    ['POST', `${ADMIN}/apps/${APP}/signing-secret/rotate`],
    ['GET', `${ADMIN}/apps`],
    ['DELETE', `${ADMIN}/apps/nobody`],
  ])('is the body, also when its type is named: %s %s', async (method, path) => {
    for (const sending of [{}, { headers: json }, { headers: json, body: '' }]) {
      const { status, text } = await admin.request(method, path, sending);
      expect([200, 404], text).toContain(status);
    }
  });

  it.each([undefined, '', {}])('is every change of an app: %j changes nothing', async (body) => {
    const before = (await admin.get(`${ADMIN}/apps/${APP}`)).json as object;
    const { status, json: after } = await admin.request('PATCH', `${ADMIN}/apps/${APP}`, { body });
    expect([status, after]).toEqual([200, before]);
  });

  it.each([undefined, '', {}])('is every change of an alert rule: %j changes nothing', async (body) => {
    const [before] = (await admin.get(`${ADMIN}/alert-rules`)).json.items as { id: string }[];
    const { status, json: after } = await admin.request('PATCH', `${ADMIN}/alert-rules/${before!.id}`, {
      body,
    });
    expect([status, after]).toEqual([200, { ...before, changed: {} }]);
  });
});

describe('after all that', () => {
  it('nothing has changed', async () => {
    expect((await admin.get(`${ADMIN}/apps`)).json.items).toMatchObject([{ id: APP, webhookTimeouts: {} }]);
    // One admin's, and one for each list that an app's key was tried on.
    expect((await admin.get(`${ADMIN}/api-keys`)).json.items).toHaveLength(6);
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

  it('no answer was an unforeseen error', () => {
    expect(platform.roles[0]!.log.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
