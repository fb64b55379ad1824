import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '@breakwater/testing/build.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { Platform } from '../support/platform.js';
import { expectProblem } from '../support/refusals.js';
import type { Role } from '../support/roles.js';

const pem = (name: string): string =>
  readFileSync(join(root, `libs/webhook-client/src/fixtures/${name}.pem`), 'utf8');

let platform: Platform;
let api: Role;
beforeAll(async () => {
  platform = await Platform.start();
  api = await platform.api();
  await platform.worker();
  await platform.register(api, { report: { async: true } }, 'quiz');
});
afterAll(async () => platform?.stop());

interface Jwk {
  kty: string;
  crv: string;
  x: string;
}

describe('signatures with a public key', () => {
  it('verify with the keys that anybody may read, over a rotation', async () => {
    const admin = platform.client(api);
    expect(
      (await admin.request('PATCH', '/api/v1/admin/apps/quiz', { body: { signatures: ['v1', 'v1a'] } })).json,
    ).toMatchObject({ signatures: ['v1', 'v1a'] });
    const published = await platform.client(api, '').get('/.well-known/webhook-keys');
    expect(published.headers['cache-control']).toBe('public, max-age=300');
    const [before] = published.json.keys as Jwk[];
    const rotated = await admin.post('/api/v1/admin/webhook-keys/rotate', { overlapMs: 60_000 });
    const [after] = rotated.json.keys as Jwk[];
    expect(await isSigned(before!)).toBe(true);
    await eventually(async () => isSigned(after!), { what: 'a call with a signature of the new key' });
  });

  it('are not there for apps that did not ask', async () => {
    await platform.register(api, { report: { async: true } }, 'plain');
    const { headers } = await callOf('plain');
    expect(headers['webhook-signature']).toMatch(/^v1,\S{44}$/);
  });
});

describe('a client certificate', () => {
  const path = '/api/v1/admin/apps/quiz/client-certificate';

  it('is given, shown without its key, written down and deleted', async () => {
    const admin = platform.client(api);
    const put = await admin.put(path, { certificate: pem('client'), key: pem('key') });
    expect(put).toMatchObject({ status: 200, json: { subject: 'CN=client of quiz-night' } });
    expect(put.json.validTo).toBe('2120-01-01T00:00:00.000Z');
    expect((await admin.get(path)).json).toEqual(put.json);
    expect((await admin.request('DELETE', path)).status).toBe(204);
    expectProblem(await admin.get(path), 'CLIENT_CERTIFICATE_NOT_FOUND');
    const { json } = await admin.get('/api/v1/admin/audit-log?limit=10');
    expect(JSON.stringify(json)).not.toContain('PRIVATE');
    expect((json.items as { action: string }[]).map(({ action }) => action)).toEqual(
      expect.arrayContaining(['client_certificate.put', 'client_certificate.delete']),
    );
  });

  it('that cannot be used is refused with every problem, and its key is in no answer', async () => {
    const answer = await platform
      .client(api)
      .put(path, { certificate: pem('good'), key: 'PRIVATE nonsense' });
    expectProblem(answer, 'CLIENT_CERTIFICATE_INVALID');
    expect(answer.json.problems).toMatchObject([
      { pointer: '/key', rule: 'pem' },
      { pointer: '/certificate', rule: 'purpose' },
    ]);
    expect(JSON.stringify(answer.json)).not.toContain('nonsense');
  });
});

async function callOf(appId: string): Promise<{ headers: Record<string, string>; body: Buffer }> {
  const before = platform.receiver.calls.length;
  await platform.client(api).invoke(appId, 'report', { for: appId });
  await eventually(() => platform.receiver.calls.length > before, { what: `a call of ${appId}` });
  const { headers, body } = platform.receiver.calls.at(-1)!;
  return { headers: headers as Record<string, string>, body };
}

async function isSigned({ kty, crv, x }: Jwk): Promise<boolean> {
  const { headers, body } = await callOf('quiz');
  const key = createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
  const prefix = `${headers['webhook-id']}.${headers['webhook-timestamp']}.`;
  return headers['webhook-signature']!.split(' ')
    .filter((entry) => entry.startsWith('v1a,'))
    .some((entry) =>
      verify(null, Buffer.concat([Buffer.from(prefix), body]), key, Buffer.from(entry.slice(4), 'base64')),
    );
}
