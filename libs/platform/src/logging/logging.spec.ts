import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pinoHttp } from 'pino-http';
import { describe, expect, it } from 'vitest';
import { trustedProxies } from '../client-address/trusted-proxies.js';
import { configFrom } from '../config/index.js';
import { hideSecrets } from './hide-secrets.js';
import { loggingOptions } from './logging-options.js';
import { requestIdFrom } from './request-id.js';
import { scrub } from './scrub.js';

const apiKey = `bw_${'k'.repeat(43)}`;

function logger(env: Record<string, string> = {}) {
  const lines: Record<string, unknown>[] = [];
  const { log, api } = configFrom(env, { standalone: true });
  const middleware = pinoHttp(
    loggingOptions(log, () => 'made-up', trustedProxies(api.trustedProxies)),
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  return { lines, middleware, logger: middleware.logger };
}

async function request(
  path: string,
  headers: Record<string, string>,
  { status = 200, env = {} }: { status?: number; env?: Record<string, string> } = {},
) {
  const { lines, middleware } = logger(env);
  const server = createServer((incoming, response) => {
    middleware(incoming, response);
    incoming.log.info({ step: 'inside' }, 'inside');
    response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    await response.text();
    return { lines, requestId: response.headers.get('x-request-id') };
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('a log line', () => {
  it('is one JSON object with level by name, ISO time and the fields given', () => {
    const { lines, logger: pino } = logger();
    pino.info({ deliveryId: 'd1' }, 'attempt made');
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
        deliveryId: 'd1',
        msg: 'attempt made',
      },
    ]);
  });

  it('is not written below the configured level', () => {
    const { lines, logger: pino } = logger({ LOG_LEVEL: 'warn' });
    pino.info('quiet');
    pino.warn('loud');
    expect(lines.map(({ msg }) => msg)).toEqual(['loud']);
  });

  it('holds no secret, neither in a field nor in a text nor in an error', () => {
    const { lines, logger: pino } = logger();
    pino.info(
      { headers: { Authorization: 'Token zebra-1' }, endpoint: { signingSecret: 'zebra-2' } },
      `key ${apiKey}`,
    );
    pino.error({ err: new Error('connect to postgresql://app:zebra-3@db/x failed') });
    const written = JSON.stringify(lines);
    expect(written).not.toContain('zebra');
    expect(written).not.toContain(apiKey);
    expect(written).toContain('postgresql://app:***@db/x');
  });
});

describe('the line of a request', () => {
  it('has method, path without query, status and duration under the caller’s request id', async () => {
    const { lines, requestId } = await request('/a/b?key=zebra', {
      'x-request-id': 'abc-1',
      'x-api-key': apiKey,
    });
    expect(requestId).toBe('abc-1');
    expect(lines.map(({ msg, requestId: id }) => [msg, id])).toEqual([
      ['inside', 'abc-1'],
      ['request completed', 'abc-1'],
    ]);
    expect(lines[1]).toMatchObject({ req: { method: 'GET', path: '/a/b' }, res: { statusCode: 200 } });
    expect(lines[1]).toHaveProperty('durationMs');
    expect(JSON.stringify(lines)).not.toMatch(/zebra|bw_/);
  });

  it.each([
    ['', '127.0.0.1'],
    ['loopback', '203.0.113.5'],
  ])('has the address of the client, with API_TRUSTED_PROXIES=%s', async (proxies, remoteAddress) => {
    const env = { API_TRUSTED_PROXIES: proxies };
    const { lines } = await request('/', { 'x-forwarded-for': '203.0.113.5' }, { env });
    expect(lines[1]).toMatchObject({ req: { remoteAddress } });
  });

  it('gets an id of ours when the caller’s is malformed', async () => {
    const { requestId } = await request('/', { 'x-request-id': 'a b"c' });
    expect(requestId).toBe('made-up');
  });

  it.each(['/healthz', '/readyz'])('is not written for %s', async (path) => {
    const { lines } = await request(path, {});
    expect(lines.map(({ msg }) => msg)).toEqual(['inside']);
  });

  it.each([
    [404, 'info'],
    [500, 'error'],
    [503, 'warn'],
  ])('with status %i has level %s and no invented error', async (status, level) => {
    const { lines } = await request('/', {}, { status });
    expect(lines.at(-1)).toMatchObject({ level, res: { statusCode: status } });
    expect(lines.at(-1)).not.toHaveProperty('err');
  });
});

describe('requestIdFrom', () => {
  const make = () => 'new';
  it.each([
    ['req-1.2_3:4', 'req-1.2_3:4'],
    ['a'.repeat(128), 'a'.repeat(128)],
    ['a'.repeat(129), 'new'],
    ['', 'new'],
    ['-starts-odd', 'new'],
    ['line\nbreak', 'new'],
    [['two', 'headers'], 'new'],
    [undefined, 'new'],
  ])('returns for %j %j', (header, expected) => expect(requestIdFrom(header, make)).toBe(expected));
});

describe('hideSecrets', () => {
  it('returns the same object when there is nothing to hide', () => {
    const fields = { a: [1, { b: 2 }], c: { d: null } };
    expect(hideSecrets(fields)).toBe(fields);
  });

  it('hides by name in any case, inside arrays and objects, and does not change the original', () => {
    const fields = { list: [1, { Password: 'p' }], deep: { 'X-API-Key': 'k', kept: 1 } };
    expect(hideSecrets(fields)).toEqual({
      list: [1, { Password: '***' }],
      deep: { 'X-API-Key': '***', kept: 1 },
    });
    expect(fields.deep['X-API-Key']).toBe('k');
  });
});

describe('scrub', () => {
  it.each([
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', '***'],
    [`POST /in/${'0a'.repeat(20)}/x`, 'POST /in/***/x'],
    ['whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=', '***'],
    [
      '-----BEGIN EC PRIVATE KEY-----\\nMHcCAQ\\n-----END EC PRIVATE KEY-----',
      '***-----END EC PRIVATE KEY-----',
    ],
    [`key "${apiKey}" used`, 'key "***" used'],
    ['Authorization: Bearer abcdefgh.ijk', 'Authorization: ***'],
    ['redis://:pass@host:6379', 'redis://:***@host:6379'],
    ['https://u:p@h/ and smtp://a:b@c', 'https://u:***@h/ and smtp://a:***@c'],
    ['https://example.com:8443/a@b', 'https://example.com:8443/a@b'],
    ['basic needs', 'basic needs'],
    [`token bwp_${'k'.repeat(43)}.`, 'token ***.'],
    ['breakwater_session=Fe26.2*281*a-b_c*d*e*1788*f*g~2; Path=/', 'breakwater_session=***~2; Path=/'],
  ])('turns %s into %s', (line, expected) => expect(scrub(line)).toBe(expected));
});
