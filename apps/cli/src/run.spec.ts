import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CannedApi, page } from './canned-api.fixture.js';

describe('breakwater', () => {
  const api = new CannedApi();
  beforeAll(() => api.start());
  beforeEach(() => api.forget());
  afterAll(() => api.stop());
  afterEach(() => {
    delete process.env['BREAKWATER_URL'];
    delete process.env['BREAKWATER_API_KEY'];
  });

  const problems = [
    { pointer: '/name', rule: 'required', message: 'name is missing' },
    { pointer: '', rule: 'unknown_key', message: 'nmae is no key; did you mean name?' },
  ];

  describe('a list', () => {
    it('is a table with aligned columns', async () => {
      api.answerWith(
        page({ id: 'a', name: 'A', status: 'active' }, { id: 'longer', name: 'B', status: 'disabled' }),
      );
      await api.breakwater('apps');
      const at = api.out[0]!.indexOf('name');
      expect(api.out.map((line) => line[at])).toEqual(['n', 'A', 'B']);
    });

    it('says none when it is empty', async () => {
      api.answerWith(page());
      await api.breakwater('dlq', 'list');
      expect(api.out).toEqual(['none']);
    });

    it('has no next page when its answer has no cursor', async () => {
      api.answerWith({ items: [{ id: 'a' }] });
      await api.breakwater('apps');
      expect(api.out.at(-1)).toMatch(/^a\b/);
    });

    it('says how to get the next page, and gets it', async () => {
      api.answerWith({ items: [{ id: 'a' }], nextCursor: 'c d' });
      await api.breakwater('apps', '--cursor', 'a b');
      expect(api.requests[0]!.path).toBe('/api/v1/admin/apps?cursor=a+b');
      expect(api.out.at(-1)).toBe('more: --cursor c d');
    });

    it('keeps escape sequences of apps from the terminal, and cuts long cells', async () => {
      api.answerWith(page({ id: 'a', error: `\u001b[2J\u001b]0;owned\u0007${'x'.repeat(200)}` }));
      await api.breakwater('dlq', 'list');
      // eslint-disable-next-line no-control-regex
      expect(api.out.join('\n')).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
      expect(api.out.join('\n')).toContain('x…');
    });
  });

  describe('--json', () => {
    it.each([
      ['before', ['--json', 'apps']],
      ['after', ['apps', '--json']],
    ])('%s the command prints the answer unchanged', async (_, args) => {
      api.answer = { status: 200, body: '{ "items": [], "nextCursor": null }' };
      expect(await api.breakwater(...args)).toBe(0);
      expect(api.out).toEqual([api.answer.body]);
    });

    it('prints a refusal unchanged, and still ends with its exit code', async () => {
      api.refuseWith();
      expect(await api.breakwater('dlq', 'show', '7', '--json')).toBe(3);
      expect([api.out, api.err]).toEqual([[api.answer.body], []]);
    });

    it('prints null for an answer without a body', async () => {
      api.answerWith(undefined, 204);
      await api.breakwater('keys', 'revoke', '7', '--json');
      expect(api.out).toEqual(['null']);
    });
  });

  describe('a refusal', () => {
    it('is printed with title, detail, code and each problem, and ends with its exit code', async () => {
      api.refuseWith({ problems });
      expect(await api.breakwater('dlq', 'show', '7')).toBe(3);
      expect(api.err).toEqual([
        'Not found: no dead letter "7" (DEAD_LETTER_NOT_FOUND)',
        '/name  required     name is missing',
        '""     unknown_key  nmae is no key; did you mean name?',
      ]);
      expect(api.out).toEqual([]);
    });

    it('that is an error of Breakwater has the request id, to find it in the log', async () => {
      const problem = { title: 'Wrong', detail: 'the log has it', code: 'INTERNAL', requestId: 'r-17' };
      api.answer = { status: 500, body: JSON.stringify(problem) };
      expect(await api.breakwater('apps')).toBe(1);
      expect(api.err).toEqual(['Wrong: the log has it (INTERNAL)', 'request id: r-17']);
    });

    it.each<[what: string, status: number, body: string, line: string, code?: number]>([
      ['a proxy’s page', 502, '<html>Bad\nGateway</html>', 'HTTP 502: <html>Bad Gateway</html> (HTTP_502)'],
      ['nothing', 503, '', 'HTTP 503: no details (HTTP_503)'],
      ['another JSON', 500, 'null', 'HTTP 500: null (HTTP_500)'],
      ['a bare code', 400, '{"code":"X"}', 'HTTP 400:  (X)', 2],
      ['a redirect', 302, 'moved', 'HTTP 302: moved (HTTP_302)'],
    ])('that is %s is printed, too', async (_, status, body, line, code = 1) => {
      api.answer = { status, body };
      expect(await api.breakwater('apps')).toBe(code);
      expect(api.err).toEqual([line]);
    });
  });

  it('says that an answer that is not JSON may come from another server', async () => {
    api.answer = { status: 200, body: '<html>' };
    expect(await api.breakwater('apps')).toBe(1);
    expect(api.err).toEqual(['the answer is not JSON: is this URL the API’s?']);
  });

  it.each(['{"message":"hello"}', '[]', 'null', '"text"'])(
    'says so for JSON of another server: %s',
    async (body) => {
      api.answer = { status: 200, body };
      expect(await api.breakwater('apps')).toBe(1);
      expect(api.err).toEqual(['the answer is not one of Breakwater’s: is this URL the API’s?']);
    },
  );

  it('prints its version', async () => {
    expect(await api.bare('--version')).toBe(0);
    expect(api.out).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+/)]);
  });

  it('ends with 1 when no server listens', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    await new Promise((resolve) => silent.close(resolve));
    expect(await api.breakwater('--url', `http://127.0.0.1:${port}`, 'apps')).toBe(1);
    expect(api.err[0]).toMatch(/^cannot reach http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/);
  });

  it('takes URL and key from the environment, and a path in front of the API', async () => {
    process.env['BREAKWATER_URL'] = `${api.url}/behind/`;
    process.env['BREAKWATER_API_KEY'] = 'bw_env';
    api.answerWith(page());
    expect(await api.bare('apps')).toBe(0);
    expect(api.requests).toMatchObject([
      { path: '/behind/api/v1/admin/apps', headers: { authorization: 'Bearer bw_env' } },
    ]);
  });

  it('sends no key when there is none', async () => {
    api.answerWith(page());
    await api.bare('--url', api.url, 'apps');
    expect(api.requests[0]!.headers.authorization).toBeUndefined();
  });

  it('escapes values in a path', async () => {
    api.answerWith({ state: 'closed' });
    await api.breakwater('breaker', 'reset', 'a/b', 'c?d');
    expect(api.requests[0]!.path).toBe('/api/v1/admin/circuit-breaker/a%2Fb/c%3Fd/reset');
  });

  it.each([
    ['an unknown command', ['nonsense'], 'unknown command'],
    ['a missing argument', ['dlq', 'show'], 'missing required argument'],
    ['an unknown option', ['dlq', 'list', '--nonsense'], 'unknown option'],
    ['a key without scopes', ['keys', 'create', 'ci'], '--scope'],
    ['a payload that is not JSON', ['invoke', 'a', 'b', '{'], 'the payload is not JSON'],
    ['a context that is not JSON', ['invoke', 'a', 'b', '1', '--context', '{'], '--context is not JSON'],
    ['a URL that is invalid', ['--url', 'nope', 'apps'], 'not an http URL'],
    ['a URL of another kind', ['--url', 'ftp://x', 'apps'], 'not an http URL'],
    ['a key with a line break', ['--key', 'a\nb', 'apps'], 'characters that no key has'],
    ['an id that leads up the path', ['keys', 'revoke', '..'], 'not an id'],
    ['an empty id', ['dlq', 'show', ''], 'not an id'],
  ])('ends with 2 for %s, and sends no request', async (_, args, told) => {
    expect(await api.breakwater(...args)).toBe(2);
    expect(api.err.join('\n')).toContain(told);
    expect(api.requests).toEqual([]);
  });

  it('lists all its commands, and ends with 0', async () => {
    expect(await api.breakwater('--help')).toBe(0);
    for (const name of [
      'validate',
      'apply',
      'apps',
      'dlq',
      'breaker',
      'deliveries',
      'invoke',
      'keys',
      'BREAKWATER_URL',
    ]) {
      expect(api.out.join('\n')).toContain(name);
    }
  });
});
