import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { freePort } from '@breakwater/testing/free-port.js';
import { HttpClient } from '../support/http.js';
import { spawnRole, startRole, type Role } from '../support/roles.js';

let dataDir: string;
let env: Record<string, string>;
let role: Role | undefined;
/** Deliveries of the demo after the first start. */
let seeded: number;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'breakwater-standalone-'));
  // PostgreSQL runs as another user than root and must be able to enter the folder.
  await chmod(dataDir, 0o755);
  env = {
    BREAKWATER_DATA_DIR: dataDir,
    API_PORT: String(await freePort()),
    // The claim of a killed process lasts as long as both together.
    WEBHOOK_TIMEOUT_ASYNC_DEFAULT: '5000',
    DELIVERY_LEASE_MARGIN: '500',
  };
});

afterAll(async () => {
  if (role?.isRunning) await role.kill9();
  await eventually(() => postgresProcesses().length === 0, { what: 'no PostgreSQL left' });
  await rm(dataDir, { recursive: true, force: true });
});

/** Command lines that contain the data folder. */
const postgresProcesses = (): string[] =>
  spawnSync('ps', ['-axo', 'args='], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line.includes(join(dataDir, 'postgres')));
const keyFile = (): Promise<string> =>
  readFile(join(dataDir, 'admin-key'), 'utf8').then((text) => text.trim());
const client = async (): Promise<HttpClient> => new HttpClient(role!.url, await keyFile());
const sampleUrl = (): string => /misbehaves on (\S+)\. In/.exec(role!.output)![1]!;

describe('npm start on an empty folder', () => {
  it('prints its URL, the key, and what to try', async () => {
    // It makes a database and seeds a day of history first.
    role = await spawnRole('standalone', env).ready(110_000);
    const key = await keyFile();
    expect(role.output).toContain(`First admin key: ${key}`);
    expect((await stat(join(dataDir, 'admin-key'))).mode & 0o777).toBe(0o600);
    expect(role.output.match(/^\d\. /gm)).toEqual(['1. ', '2. ', '3. ', '4. ', '5. ', '6. ', '7. ']);
    expect((await new HttpClient(role.url).get('/readyz')).status).toBe(200);
    expect((await new HttpClient(role.url).get('/docs')).status).toBe(200);
    const page = await (await fetch(role.url)).text();
    for (const way of ['/docs', '/readyz', '.breakwater/admin-key', '/manifest']) expect(page).toContain(way);
  });

  it('has a day of history to show', async () => {
    const demo = (await (await client()).get('/api/v1/admin/demo')).json;
    expect(demo).toMatchObject({ present: true, apps: 6 });
    seeded = demo['deliveries'] as number;
    expect(seeded).toBeGreaterThan(3_000);
    const { json } = await (await client()).get('/api/v1/admin/webhook-metrics/demo-contacts?window=24h');
    expect((json['totals'] as { total: number }).total).toBeGreaterThan(500);
  });

  it('gives a sync answer, and a fallback for a timeout', async () => {
    const http = await client();
    const answer = await http.invoke('sample', 'quiz_answer', { question: '6 x 7' });
    expect(answer).toMatchObject({ status: 200, json: { source: 'primary', data: { answer: 42 } } });
    const participants = ['ann', 'bob', 'cy'];
    const winner = await http.invoke('sample', 'winner_selection', {}, { context: { participants } });
    expect(winner.json).toMatchObject({ source: 'fallback', reason: 'timeout' });
    expect(JSON.stringify(winner.json.data)).toMatch(/ann|bob|cy/);
  });

  const hasCurl = spawnSync('curl', ['--version']).status === 0;
  it.runIf(hasCurl).each(['once', 'a second time'])('prints only commands that work, %s', () => {
    const commands = role!.output
      .split('\n')
      .filter((line) => /^ {2}(BW=|BODY=|curl|for|ID=|member|push|sleep|show)/.test(line));
    expect(commands.length).toBeGreaterThan(10);
    const { stdout, stderr, status } = spawnSync(
      'bash',
      ['--norc', '-euo', 'pipefail', '-c', commands.join('\n')],
      { encoding: 'utf8', timeout: 60_000 },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const answers = stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const [quiz, winner, ...rest] = answers;
    expect(quiz).toMatchObject({ source: 'primary', data: { answer: 42 } });
    expect(winner).toMatchObject({ source: 'fallback', reason: 'timeout' });
    expect(rest.slice(0, 6).map(({ reason }) => reason)).toEqual([
      ...Array.from({ length: 5 }, () => 'http_error'),
      'circuit_open',
    ]);
    const [open, mended, healed, flaky, broken, letters, alsoMended, retried, deliveries, inStock] =
      rest.slice(6);
    const [refused, captures] = rest.slice(16);
    expect([mended, alsoMended, inStock]).toEqual([
      { name: 'failing', healthy: true },
      { name: 'broken', healthy: true },
      { name: 'stock', healthy: true },
    ]);
    expect(open).toMatchObject({ state: 'open', failureCount: 5 });
    expect(healed).toMatchObject({ source: 'primary', data: { answer: 42 } });
    expect(flaky).toMatchObject({ status: 'completed', attempts: 3 });
    expect(broken).toMatchObject({ status: 'accepted' });
    expect((letters as { items: object[] }).items[0]).toMatchObject({
      capability: 'broken',
      reason: 'non_retryable',
      attempts: 1,
    });
    expect(retried).toEqual({ count: 1, dryRun: false });
    expect((deliveries as { items: object[] }).items[0]).toMatchObject({
      capability: 'broken',
      status: 'completed',
      attempts: 2,
    });
    expect(refused).toMatchObject({ code: 'CAPTURE_REJECTED', status: 401 });
    expect((captures as { items: object[] }).items).toMatchObject([
      { result: 'rejected', reason: expect.stringMatching(/^signature_/) },
      { result: 'accepted', eventId: expect.any(String) },
    ]);
    expect(stdout).toMatch(/^code-host\S*main: completed, attempts: 1$/m);
    const shown = stdout.split('\n').filter((line) => /^(ledger|mailer|stock|large_orders): /.test(line));
    const [before, after] = [shown.slice(0, 4), shown.slice(4, 8)].map((lines) => lines.toSorted());
    const others = ['ledger: completed, attempts: 1', 'mailer: completed, attempts: 1'];
    const skipped = 'large_orders: skipped, filter /payload/total/$gte';
    const stock = (is: string): unknown => expect.stringMatching(`^stock: ${is}, attempts: [1-9]`);
    expect(before).toEqual([skipped, ...others, stock('pending')]);
    expect(after).toEqual([skipped, ...others, stock('completed')]);
  });

  it('stops all of it on SIGINT', async () => {
    const { code, afterMs } = await role!.stop('SIGINT');
    expect(code).toBe(0);
    expect(afterMs).toBeLessThan(30_000);
    expect(role!.output).toMatch(/breakwater: stopped\n$/);
    expect(postgresProcesses()).toEqual([]);
    await expect(fetch(sampleUrl())).rejects.toThrow('fetch failed');
  });
});

describe('npm start on the same folder again', () => {
  it('has the data, the key and the sample app', async () => {
    role = await startRole('standalone', env);
    expect(role.output).not.toContain('First admin key');
    const http = await client();
    expect((await http.get('/api/v1/admin/apps/sample')).json).toMatchObject({ manifestVersion: 1 });
    // The tour made a few more; a second demo would be thousands.
    const demo = (await http.get('/api/v1/admin/demo')).json;
    expect(demo).toMatchObject({ present: true, apps: 6 });
    expect((demo['deliveries'] as number) - seeded).toBeLessThan(200);
    expect((await http.get('/api/v1/deliveries')).json.items.length).toBeGreaterThan(0);
    expect((await http.invoke('sample', 'quiz_answer')).json).toMatchObject({ source: 'primary' });
  });

  it('delivers what was accepted before a kill -9, which leaves no PostgreSQL behind', async () => {
    const http = await client();
    const { deliveryId } = (await http.invoke('sample', 'report')).json as { deliveryId: string };
    await role!.kill9();
    await eventually(() => postgresProcesses().length === 0, { what: 'no PostgreSQL left' });
    role = await startRole('standalone', env);
    const again = await client();
    const isThere = async (): Promise<boolean> =>
      (await again.get(`/api/v1/deliveries/${deliveryId}`)).json.status === 'completed';
    expect(await eventually(isThere, { limitMs: 120_000, what: 'delivered' })).toBe(true);
  }, 180_000);

  it('is refused while it already runs there', async () => {
    const second = spawnRole('standalone', { ...env, API_PORT: '0' });
    expect(await second.end()).toMatchObject({ code: 1 });
    expect(second.output).toMatch(/^breakwater cannot start: another Breakwater runs on .*\n$/);
    expect((await (await client()).get('/readyz')).status).toBe(200);
  });

  it('does not have the demo any more when it was removed', async () => {
    expect((await (await client()).request('DELETE', '/api/v1/admin/demo')).json).toMatchObject({ apps: 6 });
    await role!.stop();
    role = await startRole('standalone', env);
    const gone = { present: false, apps: 0, since: null, deliveries: 0 };
    expect((await (await client()).get('/api/v1/admin/demo')).json).toEqual(gone);
    expect(role.output).not.toMatch(/sample app/);
    await role.stop();
  }, 120_000);
});

describe('npm start', () => {
  it('with --no-demo starts empty', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'breakwater-empty-'));
    await chmod(empty, 0o755);
    role = await startRole('standalone', { BREAKWATER_DATA_DIR: empty, API_PORT: '0' }, ['--no-demo']);
    const key = /First admin key: (\S+)/.exec(role.output)![1]!;
    expect((await new HttpClient(role.url, key).get('/api/v1/admin/apps')).json).toEqual({
      items: [],
      nextCursor: null,
    });
    expect(role.output).not.toMatch(/sample app/);
    expect(await role.stop('SIGTERM')).toMatchObject({ code: 0 });
    await rm(empty, { recursive: true, force: true });
  });

  it('with an unknown option explains itself', async () => {
    const odd = spawnRole('standalone', env, ['--demo']);
    expect(await odd.end()).toMatchObject({ code: 1 });
    expect(odd.output).toContain(
      'unknown option --demo; there are --no-demo, --allow-localhost, --print-config',
    );
  });
});
