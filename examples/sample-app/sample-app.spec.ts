import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateManifest } from '@breakwater/manifest';
import { sampleManifest } from './manifest.js';
import { startSampleApp, type SampleApp } from './sample-app.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const BODY = '{"room":"größe"}';

describe('the sample app', () => {
  let app: SampleApp;
  const lines: string[] = [];
  let known: string | undefined = SECRET;
  let id = 0;
  beforeAll(async () => {
    app = await startSampleApp({ port: 0, secret: () => known, print: (line) => lines.push(line) });
  });
  afterAll(() => app.stop());

  function headersOf(webhookId: string): Record<string, string> {
    const now = new Date();
    return {
      'webhook-id': webhookId,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(SECRET).sign(webhookId, now, BODY),
      'x-retry-attempt': '1',
    };
  }
  async function post(
    path: string,
    options: { webhookId?: string; body?: string; limitMs?: number; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; body: unknown }> {
    const response = await request(app.url + path, {
      method: 'POST',
      headers: options.headers ?? headersOf(options.webhookId ?? `msg_${++id}`),
      body: options.body ?? BODY,
      signal: AbortSignal.timeout(options.limitMs ?? 4000),
    });
    return { status: response.statusCode, body: await response.body.json() };
  }

  it.each([
    ['/quiz_answer', 200, { success: true, data: { answer: 42 } }],
    ['/report', 200, { success: true, data: { report: 'ready' } }],
    ['/failing', 500, { success: false, error: 'failing on purpose' }],
    ['/broken', 400, { success: false, error: 'no such room' }],
    ['/ledger', 200, { success: true, data: {} }],
    ['/mailer', 200, { success: true, data: {} }],
    ['/stock', 503, { success: false, error: 'out of order' }],
    ['/health', 200, { status: 'ok' }],
    ['/nowhere', 404, { error: 'no such webhook' }],
  ])('answers %s with %i', async (path, status, body) => {
    expect(await post(path)).toEqual({ status, body });
  });

  it.each(['/hang', '/winner_selection', '/slow'])('leaves a caller of %s waiting', async (path) => {
    await expect(post(path, { limitMs: 300 })).rejects.toThrow(/aborted|timeout/i);
  });

  it('answers /slow after 5 s', async () => {
    const startedMs = performance.now();
    expect((await post('/slow', { limitMs: 10_000 })).status).toBe(200);
    expect(performance.now() - startedMs).toBeGreaterThan(4900);
  });

  it('refuses the first two attempts of each flaky delivery', async () => {
    const statuses: number[] = [];
    for (const webhookId of ['msg_a', 'msg_b', 'msg_a', 'msg_a', 'msg_b', 'msg_b']) {
      statuses.push((await post('/flaky', { webhookId })).status);
    }
    expect(statuses).toEqual([503, 503, 503, 200, 503, 200]);
  });

  it.each([
    ['failing', 500],
    ['broken', 400],
    ['stock', 503],
  ])('has %s repaired and broken again by a person', async (name, sick) => {
    expect((await post(`/control/${name}`, { body: '{"healthy":true}' })).status).toBe(200);
    expect((await post(`/${name}`)).status).toBe(200);
    expect((await post(`/control/${name}`, { body: '{"healthy":false}' })).status).toBe(200);
    expect((await post(`/${name}`)).status).toBe(sick);
  });

  it.each([
    ['another name', '/control/quiz_answer', '{"healthy":true}'],
    ['no answer to the question', '/control/failing', '{}'],
    ['no JSON', '/control/failing', 'healthy'],
    ['null', '/control/failing', 'null'],
  ])('takes no control request with %s', async (_, path, body) => {
    expect((await post(path, { body })).status).toBe(400);
  });

  it.each([
    ['another body', { body: '{"room":"other"}' }],
    ['no signature', { headers: { 'content-type': 'application/json' } }],
    ['an old timestamp', { headers: { ...headersOf('msg_old'), 'webhook-timestamp': '1600000000' } }],
  ])('answers 401 to a call with %s', async (_, options) => {
    expect((await post('/quiz_answer', options)).status).toBe(401);
  });

  it('verifies the signature of the code host whose webhooks are forwarded', async () => {
    const signed = (key: string): Record<string, string> => ({
      'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(BODY).digest('hex')}`,
    });
    expect((await post('/pushes', { headers: signed('secret-of-the-code-host') })).status).toBe(200);
    expect((await post('/pushes', { headers: signed('another') })).status).toBe(401);
    expect((await post('/pushes', { headers: {} })).status).toBe(401);
    expect((await post('/pushes', { headers: headersOf('msg_push') })).status).toBe(401);
  });

  it('verifies nothing while it has no secret', async () => {
    known = undefined;
    expect((await post('/quiz_answer', { headers: {} })).status).toBe(200);
    known = SECRET;
  });

  it('answers 413 to a body beyond 2 MiB', async () => {
    expect((await post('/report', { body: 'x'.repeat(2 * 1024 * 1024 + 1) })).status).toBe(413);
  });

  it('prints and keeps one line per webhook call', async () => {
    lines.length = 0;
    await post('/quiz_answer', { webhookId: 'msg_line' });
    expect(lines).toEqual(['sample app: /quiz_answer attempt 1 → 200']);
    expect(app.calls.at(-1)).toEqual({
      path: '/quiz_answer',
      webhookId: 'msg_line',
      attempt: 1,
      status: 200,
    });
  });

  it('keeps running when a caller disconnects in the middle of its body', async () => {
    const half = httpRequest(`${app.url}/report`, { method: 'POST', headers: { 'content-length': '100' } });
    half.on('error', () => undefined).write('half');
    await once(half, 'socket');
    half.destroy();
    expect((await post('/quiz_answer')).status).toBe(200);
  });

  it('stops at once, also with callers that hang', async () => {
    const other = await startSampleApp({ port: 0, secret: () => undefined, print: () => undefined });
    const hanging = request(`${other.url}/hang`, { method: 'POST', body: '{}' }).catch(String);
    await expect.poll(() => other.calls.length).toBe(1);
    await other.stop();
    expect(await hanging).toContain('other side closed');
    await expect(request(other.url)).rejects.toThrow('ECONNREFUSED');
  });

  it('has a manifest that the validator accepts, whose paths it serves', async () => {
    const manifest = sampleManifest(app.url);
    expect(manifest.baseUrl).toBe(app.url);
    expect(validateManifest(manifest)).toMatchObject({ ok: true });
    const served = [
      'quiz_answer',
      'slow',
      'winner_selection',
      'failing',
      'flaky',
      'broken',
      'report',
      'hang',
    ];
    expect(Object.keys(manifest.webhooks).sort()).toEqual(served.sort());
    expect(Object.entries(manifest.webhooks).every(([name, { url }]) => url === `/${name}`)).toBe(true);
    const heard = Object.values(manifest.subscriptions).map(({ url }) => url);
    expect(heard.toSorted()).toEqual(['/ledger', '/ledger', '/mailer', '/stock']);
  });
});
