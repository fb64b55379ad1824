import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '@breakwater/testing/build.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { sampleManifest } from '../../examples/sample-app/manifest.js';
import { startSampleApp, type SampleApp } from '../../examples/sample-app/sample-app.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { expectProblem } from '../support/refusals.js';
import type { Role } from '../support/roles.js';

const RUNS = '/api/v1/apps/sample/conformance-runs';

describe('conformance of the sample app', () => {
  let platform: Platform;
  let api: Role;
  let admin: HttpClient;
  let app: SampleApp;
  let key: string;
  beforeAll(async () => {
    let secret: string | undefined;
    app = await startSampleApp({ port: 0, secret: () => secret, print: () => undefined });
    platform = await Platform.start();
    api = await platform.api();
    admin = platform.client(api);
    const manifest = sampleManifest(app.url);
    const registered = await admin.put('/api/v1/admin/apps/sample/manifest', manifest);
    secret = registered.json.signingSecret as string;
    key = await platform.key(api, { scopes: ['app'], appId: 'sample' });
  });
  afterAll(async () => {
    await platform?.stop();
    await app?.stop();
  });

  /** Runs the built command line with a key of the app. */
  const breakwater = (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
    const cli = join(root, 'dist/apps/cli/src/main.js');
    return new Promise((resolve) => {
      execFile(process.execPath, [cli, '--url', api.url, '--key', key, ...args], (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), out, err }),
      );
    });
  };

  it('passes where it answers, and the command line ends with 0', async () => {
    const { code, out, err } = await breakwater(
      'conformance',
      'sample',
      '--capability',
      'quiz_answer',
      '--keep',
    );
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('ok       A body of 1 MiB is accepted\n');
    expect(out).toMatch(
      /capability quiz_answer: passed \(20 passed, 0 failed, 0 skipped of 20\)\nreport: \S+/,
    );
    expect(app.calls.filter(({ path }) => path === '/quiz_answer')).toHaveLength(20);
  });

  it('fails where the app has a fault, with what to do, and the command line ends with 1', async () => {
    const { code, out } = await breakwater('conformance', 'sample', '--capability', 'failing');
    expect(code).toBe(1);
    expect(out).toContain('FAILED   A signed call is accepted\n');
    expect(out).toMatch(
      /\naccepts-signed:\n {2}expected .*\n {2}seen {6}HTTP 500\n {2}matters .*\n {2}do {8}Verify/,
    );
  });

  it('is seen while it runs, makes others wait, and is listed afterwards', async () => {
    const owner = platform.client(api, key);
    const started = await owner.post(RUNS, { capability: 'slow' });
    expect(started).toMatchObject({ status: 202, json: { state: 'running', total: 20, results: [] } });
    const second = await owner.post(RUNS, { capability: 'slow' });
    expect(second).toMatchObject({
      status: 409,
      headers: { 'retry-after': '10' },
      json: { code: 'CONFORMANCE_RUNNING' },
    });
    const run = await eventually(async () => {
      const { json } = await owner.get(`${RUNS}/${started.json.id as string}`);
      return json.state !== 'running' && json;
    });
    expect(run).toMatchObject({ state: 'failed', failed: 1, skipped: 19 });
    expect(run.results[0]).toMatchObject({
      id: 'answers',
      seen: expect.stringMatching(/timeout.* after 1\d{3} ms$/),
    });
    const { items } = (await owner.get(RUNS)).json;
    expect(items.map(({ target, state, kept }: Record<string, unknown>) => [target, state, kept])).toEqual([
      [{ kind: 'capability', name: 'slow' }, 'failed', false],
      [{ kind: 'capability', name: 'failing' }, 'failed', false],
      [{ kind: 'capability', name: 'quiz_answer' }, 'passed', true],
    ]);
  });

  it('names what can be checked when the request does not', async () => {
    const refused = await breakwater('conformance', 'sample');
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('name capability broken, capability failing');
    expectProblem(await admin.post(RUNS, { capability: 'report', payload: [1] }), 'INPUT_INVALID');
  });

  it('left no delivery, no attempt, no open circuit and no number', async () => {
    expect((await admin.get('/api/v1/deliveries?appId=sample')).json.items).toEqual([]);
    for (const table of ['deliveries', 'attempts', 'circuit_breaker_state'])
      expect(await platform.rows(`SELECT 1 FROM ${table}`)).toEqual([]);
  });
});
