import { brotliCompressSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sliceMember } from '@breakwater/json';
import { jsonText } from '@breakwater/testing/json-text.js';
import { run } from '../../apps/cli/src/run.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectProblem } from '../support/refusals.js';
import type { Role } from '../support/roles.js';

const APP = 'quiz-app';
/** What parsing and printing would change: digits, exponents, order, repeated keys, escapes, white space. */
const ODD =
  '{ "id" : 616581622363398142, "b":1.10,"a":[1E400,-0.0,1e2], "2":1,"1":2, "x":"\\u00e4\\/", "x":null }';

let platform: Platform;
let api: Role;
/** With traces, an invocation uses the whole pipeline instead of the fast route. */
let traced: Role;
let admin: HttpClient;
let answered = '';

beforeAll(async () => {
  platform = await Platform.start();
  [api, traced] = await Promise.all([
    platform.api(),
    platform.api({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }),
  ]);
  admin = platform.client(api);
  await platform.register(
    api,
    { quiz_answer: {}, last: { fallback: 'last_success' }, report: { async: true } },
    APP,
  );
  platform.receiver.on('/quiz_answer', () => ({ body: answered }));
});

afterAll(async () => platform?.stop());

const dataOf = (text: string): string => sliceMember(Buffer.from(text), 'data')!.toString();

describe("an app's answer", () => {
  it.each(['past the pipeline', 'through the pipeline'])(
    'is its own text in both formats: %s',
    async (way) => {
      const client = platform.client(way === 'past the pipeline' ? api : traced);
      await fc.assert(
        fc.asyncProperty(jsonText, fc.boolean(), async (text, isEnvelope) => {
          const expected = isEnvelope ? text : `[${text}]`;
          answered = isEnvelope ? `{"success":true, "data" : ${text} }` : `[${text}]`;
          const answer = await client.invoke(APP, 'quiz_answer');
          expect(answer.status).toBe(200);
          expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
          expect(dataOf(answer.text)).toBe(expected);
          expect(answer.json).toMatchObject({ source: 'primary', requestId: expect.any(String) });
        }),
        { numRuns: 50 },
      );
      answered = ODD;
      expect(dataOf((await client.invoke(APP, 'quiz_answer')).text)).toBe(ODD);
    },
  );

  it('is its own text as the last good answer', async () => {
    platform.receiver.on('/last', ({ number }) => (number === 1 ? { body: ODD } : { status: 500 }));
    expect(dataOf((await admin.invoke(APP, 'last')).text)).toBe(ODD);
    const later = await admin.invoke(APP, 'last');
    expect(later.json).toMatchObject({ source: 'fallback', strategy: 'last_success' });
    expect(dataOf(later.text)).toBe(ODD);
  });

  it('is its own text on the command line', async () => {
    answered = ODD;
    const lines: string[] = [];
    const args = ['--url', admin.url, '--key', platform.adminKey, 'invoke', APP, 'quiz_answer', '{}'];
    expect(await run(args, { out: (line) => lines.push(line), err: () => undefined })).toBe(0);
    expect(
      lines
        .find((line) => line.startsWith('data:'))!
        .slice('data:'.length)
        .trim(),
    ).toBe(ODD);
  });

  it('may be an answer without a body', async () => {
    platform.receiver.on('/quiz_answer', () => ({ status: 204 }));
    expect((await admin.invoke(APP, 'quiz_answer')).json).toMatchObject({ source: 'primary', data: null });
    platform.receiver.on('/quiz_answer', () => ({ body: answered }));
  });
});

describe('a static value', () => {
  const odd = ODD.replace('1E400', '1E40').replace(', "x":null', '');
  const manifest = (): string =>
    `{"name":"n","ownerEmail":"o@example.com","baseUrl":"${platform.receiver.url}","webhooks":{"a":{"url":"/a","fallback":{"strategy":"static","value": ${odd} }}}}`;

  it('is the manifest’s own text, in answers and in the stored version', async () => {
    platform.receiver.on('/a', { status: 500 });
    expect((await admin.put('/api/v1/admin/apps/static-app/manifest', manifest())).status).toBe(200);
    const answer = await admin.invoke('static-app', 'a');
    expect(answer.json).toMatchObject({ source: 'fallback', strategy: 'static' });
    expect(dataOf(answer.text)).toBe(odd);
    const version = await admin.get('/api/v1/admin/apps/static-app/manifests/1');
    expect(version.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(version.text).toContain(`"value":${odd}`);
  });
});

describe('a context', () => {
  it('is shown to a person as the caller wrote it', async () => {
    await platform.register(api, { ask: { fallback: 'pending_approval' } }, 'asking-app');
    platform.receiver.on('/ask', () => ({ status: 500 }));
    const path = '/api/v1/apps/asking-app/capabilities/ask/invoke';
    await admin.post(path, `{"payload":1,"context":${ODD}}`);
    const list = await admin.get('/api/v1/admin/approvals?appId=asking-app');
    expect(list.text).toContain(`"context":${ODD}`);
    const id = list.json.items[0].id as string;
    const resolved = await admin.post(`/api/v1/admin/approvals/${id}/resolve`, { status: 'approved' });
    expect(resolved.text).toContain(`"context":${ODD}`);
  });
});

describe('a request body', () => {
  const REPORT = `/api/v1/apps/${APP}/capabilities/report/invoke`;
  const VALIDATE = '/api/v1/admin/manifests/validate';
  const inGzip = { 'content-encoding': 'gzip' };
  const notUtf8 = Buffer.from('{"payload":"Z\xfcrich"}', 'latin1');
  const bomb = gzipSync(`{"payload":"${'x'.repeat(30 * 1024 * 1024)}"}`);
  const zipped = gzipSync('{ "payload" : 616581622363398142 }');

  it.each<[string, Buffer, Record<string, string>, string]>([
    ['that is not UTF-8', notUtf8, {}, 'JSON_INVALID'],
    ['in UTF-16', Buffer.from('\ufeff{"payload":1}', 'utf16le'), {}, 'JSON_INVALID'],
    ['that is not UTF-8, with gzip', gzipSync(notUtf8), inGzip, 'JSON_INVALID'],
    [
      'of another charset',
      Buffer.from('{"payload":1}'),
      { 'content-type': 'application/json; charset=iso-8859-1' },
      'MEDIA_TYPE_UNSUPPORTED',
    ],
    ['that claims to be gzip and is not', Buffer.from('{"payload":1}'), inGzip, 'JSON_INVALID'],
    ['that is half a gzip', zipped.subarray(0, -9), inGzip, 'JSON_INVALID'],
    ['that unpacks to 30 MiB', bomb, inGzip, 'BODY_TOO_LARGE'],
    ['in br', brotliCompressSync('{"payload":1}'), { 'content-encoding': 'br' }, 'MEDIA_TYPE_UNSUPPORTED'],
  ])('%s is refused, and its Idempotency-Key stays free', async (what, body, headers, code) => {
    const key = { 'idempotency-key': `free-${what.replaceAll(' ', '-')}` };
    const sync = `/api/v1/apps/${APP}/capabilities/quiz_answer/invoke`;
    for (const path of [REPORT, sync, VALIDATE])
      expectProblem(await admin.post(path, body, { headers: { ...headers, ...key } }), code);
    const taken = await admin.post(REPORT, '{"payload":2}', { headers: key });
    expect(taken.json).toMatchObject({ status: 'accepted', replayed: false });
  });

  it('is accepted with gzip, and the bytes that were packed are passed on', async () => {
    platform.receiver.on('/quiz_answer', ({ body }) => ({ body: `[${body.toString()}]` }));
    const sync = `/api/v1/apps/${APP}/capabilities/quiz_answer/invoke`;
    const answer = await admin.post(sync, zipped, { headers: inGzip });
    expect(answer.text).toContain('"data":[616581622363398142]');
    const manifests = gzipSync(
      `{"name":"n","ownerEmail":"o@example.com","baseUrl":"${platform.receiver.url}","webhooks":{}}`,
    );
    expect((await admin.post(VALIDATE, manifests, { headers: inGzip })).json).toMatchObject({ valid: true });
  });
});
