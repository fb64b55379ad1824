import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiError, ClientUsageError } from './api.error.js';
import { createClient, type Client, type ClientOptions } from './client.service.js';
import { OPERATIONS } from './generated/operations.gen.js';

interface Seen {
  method: string;
  path: string;
  key: string | undefined;
  body: string;
}

type Answerer = (request: IncomingMessage, response: ServerResponse) => void;

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answerer =>
  (_, response) =>
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(body === undefined ? '' : JSON.stringify(body));
const cut: Answerer = (request) => request.socket.destroy();
const silent: Answerer = () => undefined;
const busy = json(503, { code: 'DATABASE_UNAVAILABLE', title: 'Busy', detail: 'try later' });

describe('the client', () => {
  let seen: Seen[] = [];
  /** The answers in their order; the last one is given to all that follow. */
  let answers: Answerer[] = [];
  const server: Server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    void text(request).then((body) => {
      seen.push({ method, path: url, key: headers['idempotency-key'] as string | undefined, body });
      return (answers.length > 1 ? answers.shift() : answers[0])!(request, response);
    });
  });
  let url = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => (seen = []));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const client = (options: Partial<ClientOptions> = {}): Client =>
    createClient({ url, apiKey: 'bw_test', ...options });
  const refused = async (call: Promise<unknown>): Promise<ApiError> => {
    const error = await call.then(
      () => expect.unreachable(),
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ApiError);
    return error as ApiError;
  };

  it('has one function for each operation of the document, invoke apart', () => {
    const document = JSON.parse(
      readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'),
    ) as { paths: Record<string, Record<string, { operationId: string }>> };
    const documented = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const operations = Object.values(OPERATIONS).flatMap((group) => Object.values(group));
    const known = operations.map(({ method, path }) => `${method} ${path}`);
    expect(documented.filter((each) => !known.includes(each))).toEqual([
      'POST /api/v1/apps/{appId}/capabilities/{capability}/invoke',
    ]);
    expect(known.filter((each) => !documented.includes(each))).toEqual([]);
  });

  it('sends ids, query and body, and gives the answer', async () => {
    answers = [json(200, { id: 'quiz' })];
    expect(await client().apps.get('a/b')).toEqual({ id: 'quiz' });
    await client().apps.remove('quiz', { force: true });
    await client().approvals.resolve('7', { status: 'approved' });
    expect(seen).toMatchObject([
      { method: 'GET', path: '/api/v1/admin/apps/a%2Fb', body: '' },
      { method: 'DELETE', path: '/api/v1/admin/apps/quiz?force=true' },
      { method: 'POST', path: '/api/v1/admin/approvals/7/resolve', body: '{"status":"approved"}' },
    ]);
  });

  it('sends the key, the headers of each request and its id', async () => {
    let headers: IncomingMessage['headers'] = {};
    answers = [
      (request, response) => {
        headers = request.headers;
        response.end('{}');
      },
    ];
    await client({ headers: { 'x-team': 'money' } }).system.get({ requestId: 'r-1' });
    expect(headers).toMatchObject({
      authorization: 'Bearer bw_test',
      'x-team': 'money',
      'x-request-id': 'r-1',
    });
    await createClient({ url }).system.get();
    expect(headers.authorization).toBeUndefined();
  });

  it('reads a list page by page', async () => {
    answers = [
      json(200, { items: [{ id: 'a' }, { id: 'b' }], nextCursor: 'c 1' }),
      json(200, { items: [{ id: 'c' }], nextCursor: null }),
    ];
    const ids: string[] = [];
    for await (const { id } of client().deliveries.list({ appId: 'quiz' })) ids.push(id);
    expect(ids).toEqual(['a', 'b', 'c']);
    expect(seen.map(({ path }) => path)).toEqual([
      '/api/v1/deliveries?appId=quiz',
      '/api/v1/deliveries?appId=quiz&cursor=c+1',
    ]);
  });

  it('gives undefined for an answer without a body', async () => {
    answers = [(_, response) => response.writeHead(204).end()];
    expect(await client().keys.revoke('7')).toBeUndefined();
  });

  describe('repeats', () => {
    it.each<[string, Answerer]>([
      ['an answer that may be over soon', busy],
      ['a connection that was lost', cut],
    ])('what is idempotent after %s', async (_, first) => {
      answers = [first, json(200, { id: 'quiz' })];
      expect(await client().apps.get('quiz')).toEqual({ id: 'quiz' });
      expect(seen).toHaveLength(2);
    });

    it('an event under one key, which it makes itself', async () => {
      answers = [cut, busy, json(202, { id: 'e' })];
      await client().events.publish({ type: 'order.paid', payload: {} });
      const keys = seen.map(({ key }) => key);
      expect(keys).toEqual([expect.stringMatching(/^[\da-f-]{36}$/), keys[0], keys[0]]);
    });

    it('under the key of the caller', async () => {
      answers = [busy, json(202, { id: 'e' })];
      await client().events.publish({ type: 'order.paid', payload: {} }, { idempotencyKey: 'mine' });
      expect(seen.map(({ key }) => key)).toEqual(['mine', 'mine']);
    });

    it('not more often than it may', async () => {
      answers = [busy];
      expect(await refused(client({ retries: 1 }).apps.get('quiz'))).toMatchObject({
        status: 503,
        code: 'DATABASE_UNAVAILABLE',
      });
      expect(seen).toHaveLength(2);
    });

    it('nothing that is refused', async () => {
      answers = [json(404, { code: 'APP_NOT_FOUND', title: 'No such app', detail: 'none' })];
      await refused(client().apps.get('quiz'));
      expect(seen).toHaveLength(1);
    });

    it.each<[string, (api: Client) => Promise<unknown>]>([
      ['POST without a key', (api) => api.deliveries.redeliver('7')],
      ['PATCH', (api) => api.apps.update('quiz', {})],
      ['a call of a capability', (api) => api.invoke('quiz', 'answer', {})],
    ])('not %s', async (_, call) => {
      answers = [cut];
      expect(await refused(call(client()))).toMatchObject({ status: 0, code: 'UNREACHABLE' });
      expect(seen).toHaveLength(1);
    });

    it('after Retry-After, and not when that is beyond its time', async () => {
      const body = { code: 'RATE_LIMITED', title: 'Too many', detail: 'wait' };
      answers = [json(429, body, { 'retry-after': '1' }), json(200, {})];
      await client().apps.get('quiz');
      answers = [json(429, body, { 'retry-after': '90' })];
      expect(await refused(client().apps.get('quiz'))).toMatchObject({ retryAfterMs: 90_000 });
      expect(seen).toHaveLength(3);
    });
  });

  describe('ends', () => {
    it('after its time, repetitions included', async () => {
      answers = [silent];
      const error = await refused(client({ timeoutMs: 50 }).apps.get('quiz'));
      expect(error).toMatchObject({ status: 0, code: 'TIMEOUT', detail: `no answer of ${url} within 50 ms` });
    });

    it('with the reason of the caller’s signal', async () => {
      const end = new AbortController();
      answers = [() => end.abort(new Error('enough'))];
      await expect(client().apps.get('quiz', { signal: end.signal })).rejects.toThrow('enough');
      await expect(client().apps.get('quiz', { signal: end.signal })).rejects.toThrow('enough');
      expect(seen).toHaveLength(1);
    });

    it('with it also while it waits for the next try', async () => {
      const end = new AbortController();
      answers = [json(503, {}, { 'retry-after': '30' })];
      const call = client().apps.get('quiz', { signal: end.signal });
      await expect.poll(() => seen.length).toBe(1);
      end.abort(new Error('enough'));
      await expect(call).rejects.toThrow('enough');
    });
  });

  describe('an error', () => {
    it('has what the API said', async () => {
      const problems = [{ pointer: '/name', rule: 'required', message: 'name is missing' }];
      const body = { code: 'INPUT_INVALID', title: 'Not valid', detail: 'see problems', problems };
      answers = [json(400, body, { 'x-request-id': 'r-7' })];
      expect(await refused(client().apps.get('quiz'))).toMatchObject({
        name: 'ApiError',
        message: 'Not valid: see problems',
        status: 400,
        code: 'INPUT_INVALID',
        requestId: 'r-7',
        problems,
        body: JSON.stringify(body),
      });
    });

    it.each<[string, Answerer, object]>([
      [
        'of a proxy',
        (_, response) => response.writeHead(418).end('<html>'),
        { code: 'HTTP_418', detail: '<html>', requestId: null },
      ],
      ['without a body', (_, response) => response.writeHead(418).end(), { detail: 'no details' }],
      [
        'with a bare code',
        json(400, { code: 'X' }),
        { code: 'X', title: 'HTTP 400', detail: '', problems: [] },
      ],
      ['with another JSON', json(400, null), { code: 'HTTP_400', detail: 'null' }],
      ['that is a redirect', json(302, undefined, { location: 'http://x.test' }), { code: 'HTTP_302' }],
    ])('%s is told, too', async (_, answerer, expected) => {
      answers = [answerer];
      expect(await refused(client().apps.get('quiz'))).toMatchObject(expected);
    });

    it('is also a success that is not JSON', async () => {
      answers = [(_, response) => response.end('<html>')];
      expect(await refused(client().apps.get('quiz'))).toMatchObject({
        status: 200,
        code: 'NOT_JSON',
        body: '<html>',
      });
    });

    it('is a redirect that a browser does not show', async () => {
      const hidden = {
        type: 'opaqueredirect',
        status: 0,
        ok: false,
        headers: new Headers(),
        text: async () => '',
      };
      const fetch = async (): Promise<Response> => hidden as unknown as Response;
      expect(await refused(client({ fetch }).apps.get('quiz'))).toMatchObject({ code: 'HTTP_302' });
    });

    it('says why there is no answer', async () => {
      const closed = createServer();
      await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
      const { port } = closed.address() as AddressInfo;
      await new Promise((resolve) => closed.close(resolve));
      const { detail } = await refused(
        createClient({ url: `http://127.0.0.1:${port}`, retries: 0 }).system.get(),
      );
      expect(detail).toMatch(/^cannot reach http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/);
    });
  });

  describe('a capability', () => {
    it('is called with payload and context', async () => {
      answers = [
        json(200, { source: 'fallback', data: [1], reason: 'timeout', requestId: 'r', durationMs: 3 }),
      ];
      const answer = await client().invoke<number[]>('quiz', 'answer', 'a text', {
        context: { roomId: 'x' },
      });
      expect(answer).toMatchObject({ source: 'fallback', data: [1], reason: 'timeout' });
      expect(seen[0]).toEqual({
        method: 'POST',
        path: '/api/v1/apps/quiz/capabilities/answer/invoke',
        key: undefined,
        body: '{"payload":"a text","context":{"roomId":"x"}}',
      });
    });

    it('that is async is stored once, also when the answer is lost', async () => {
      answers = [cut, json(202, { deliveryId: 'd', status: 'accepted', requestId: 'r', replayed: true })];
      expect(await client().enqueue('quiz', 'report', null)).toMatchObject({
        deliveryId: 'd',
        isReplayed: true,
      });
      expect(seen[1]).toEqual(seen[0]);
      expect(seen[0]!.key).toBeDefined();
    });

    it('that is sync is no async one', async () => {
      answers = [json(200, { source: 'primary', data: 1, requestId: 'r', durationMs: 3 })];
      await expect(client().enqueue('quiz', 'answer', {})).rejects.toThrow(ClientUsageError);
    });
  });

  it('gives the answer to any request as it was received', async () => {
    answers = [(_, response) => response.end('{"n": 1.0}')];
    const { status, body } = await client().request({ path: ['x'], query: { a: 1 }, method: 'GET' });
    expect([status, body, seen[0]!.path]).toEqual([200, '{"n": 1.0}', '/x?a=1']);
  });

  it('uses another fetch', async () => {
    const fetch = async (): Promise<Response> => new Response('{"id":"other"}');
    expect(await client({ fetch }).apps.get('quiz')).toEqual({ id: 'other' });
  });

  it.each([
    ['a URL', { url: 'nope' }, 'not an http URL: nope'],
    ['a key', { apiKey: 'a\nb' }, 'characters that no key has'],
  ])('is not made with %s that cannot be one', (_, options, message) => {
    expect(() => client(options)).toThrow(message);
  });
});
