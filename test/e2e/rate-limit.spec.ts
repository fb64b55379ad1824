import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, HttpClient } from '../support/http.js';
import { backends, newKey, Platform } from '../support/platform.js';
import { expectProblem } from '../support/refusals.js';
import type { Role } from '../support/roles.js';

const LIMIT = 100;
const FAILURES = 20;
/** What a process may lease without using it: a twentieth of the limit. */
const HELD = { requests: LIMIT / 20, failures: FAILURES / 20 };

/** So many times a limit that each of two processes gets more than two limits. */
const MANY = 5;

describe.each(backends())('the limits of the API over two processes, counted in %s', (backend) => {
  let platform: Platform;
  let apis: Role[];

  beforeAll(async () => {
    const env = {
      API_RATE_LIMIT_PER_MINUTE: String(LIMIT),
      API_AUTH_FAILURES_PER_MINUTE: String(FAILURES),
    };
    platform = await Platform.start({ backend, env });
    apis = await Promise.all([platform.api(), platform.api()]);
  });
  afterAll(async () => platform?.stop());

  const clients = (key: string): HttpClient[] => apis.map((api) => platform.client(api, key));
  const ask = (key: string, count: number): Promise<Answer[]> => {
    const both = clients(key);
    return Promise.all(Array.from({ length: count }, (_, n) => both[n % 2]!.get('/api/v1/deliveries')));
  };
  /**
   * A process whose store gives no answer in time counts alone, and says so: that happens on a busy machine. Then the
   * shared counter and one of each process let requests pass.
   */
  const counters = (): number =>
    apis.some((api) => api.output.includes('kept by each process alone')) ? 3 : 1;
  const withStatus = (answers: Answer[], status: number): Answer[] =>
    answers.filter((answer) => answer.status === status);

  it('let as many requests of a key pass as are allowed, and refuse the others with 429', async () => {
    const key = await platform.key(apis[0]!, { scopes: ['read'] });
    const answers = await ask(key, MANY * LIMIT);
    const passed = withStatus(answers, 200);
    const refused = withStatus(answers, 429);
    expect(passed.length + refused.length).toBe(answers.length);
    expect(passed.length).toBeLessThanOrEqual(LIMIT * counters());
    expect(passed.length).toBeGreaterThanOrEqual(LIMIT - 2 * HELD.requests);
    expectProblem(refused[0]!, 'RATE_LIMITED');
    expect(refused[0]!.json.detail).toContain(`${LIMIT} requests per minute`);
    expect(Number(refused[0]!.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused[0]!.headers['retry-after'])).toBeLessThanOrEqual(60);
  });

  it('leave other keys, health and documentation alone', async () => {
    const key = await platform.key(apis[0]!, { scopes: ['read'] });
    await ask(key, MANY * LIMIT);
    const [client] = clients(key);
    expectProblem(await client!.get('/api/v1/deliveries'), 'RATE_LIMITED');
    for (const path of ['/healthz', '/readyz', '/openapi.json', '/api/v1/manifest.schema.json']) {
      expect((await client!.get(path)).status).toBe(200);
    }
    expect((await platform.client(apis[0]!).get('/api/v1/deliveries')).status).toBe(200);
  });

  it('answer an address with 429 instead of 401 after too many wrong keys, and let its valid key pass', async () => {
    const answers = await ask(newKey(), MANY * FAILURES);
    const unauthenticated = withStatus(answers, 401);
    const refused = withStatus(answers, 429);
    expect(unauthenticated.length + refused.length).toBe(answers.length);
    expect(unauthenticated.length).toBeLessThanOrEqual(FAILURES * counters());
    expect(unauthenticated.length).toBeGreaterThanOrEqual(FAILURES - 2 * HELD.failures);
    expectProblem(refused[0]!, 'RATE_LIMITED');
    const disguised = { headers: { 'x-forwarded-for': '198.51.100.7', forwarded: 'for=198.51.100.7' } };
    expectProblem(await clients('')[0]!.get('/api/v1/deliveries', disguised), 'RATE_LIMITED');
    expect((await platform.client(apis[1]!).get('/api/v1/deliveries')).status).toBe(200);
  });
});
