import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '@breakwater/testing/build.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { freePort } from '@breakwater/testing/free-port.js';
import { PrivatePostgres } from '@breakwater/testing/private-servers.js';
import type { HttpClient } from '../support/http.js';
import { Platform } from '../support/platform.js';
import { hasPromtool, promtool } from '../support/promtool.js';

const GAUGES = [
  'webhook_dead_letter_queue_size',
  'webhook_queue_deliveries',
  'webhook_queue_oldest_due_seconds',
  'webhook_breakers',
  'webhook_notifications',
];

let postgres: PrivatePostgres;
let platform: Platform;
let admin: HttpClient;
let apiScrape: () => Promise<string>;
let workerScrape: () => Promise<string>;
let workerUrl: string;
let appKey: string;

/** Value of a line, by its name with its labels. */
const valueOf = (text: string, line: string): number | undefined => {
  const found = text.split('\n').find((each) => each.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.split(' ').at(-1));
};
const namesIn = (text: string): string[] => [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);

beforeAll(async () => {
  postgres = await PrivatePostgres.start();
  platform = await Platform.start({ databaseUrl: postgres.url });
  const port = await freePort();
  const [api] = await Promise.all([platform.api(), platform.worker({ METRICS_PORT: String(port) })]);
  admin = platform.client(api);
  apiScrape = async () => (await admin.get('/metrics')).text;
  workerUrl = `http://127.0.0.1:${port}`;
  workerScrape = async () => (await fetch(`${workerUrl}/metrics`)).text();
  const appId = await platform.register(api, {
    report: { async: true, retry: { maxAttempts: 1 } },
    answer: { fallback: 'none', circuitBreaker: { failureThreshold: 1 } },
    guess: { fallback: { strategy: 'static', value: 1 } },
  });
  appKey = await platform.key(api, { scopes: ['app'], appId });
  platform.receiver.on('/report', ({ body }) => ({ status: JSON.parse(body.toString()).status as number }));
  for (const status of [200, 200, 400]) await admin.invoke(appId, 'report', { status });
  platform.receiver.on('/answer', { status: 500 });
  platform.receiver.on('/guess', { status: 500 });
  await admin.invoke(appId, 'answer', {});
  await admin.invoke(appId, 'guess', {});
  await eventually(async () => !(await platform.counts())['pending'], { what: 'the end of all deliveries' });
});
afterAll(async () => {
  await platform?.stop();
  await postgres?.remove();
});

describe('/metrics', () => {
  it('of a worker counts its calls, and how deliveries ended', async () => {
    const text = await workerScrape();
    expect(valueOf(text, 'webhook_attempts_total{mode="async",outcome="delivered"}')).toBe(2);
    expect(valueOf(text, 'webhook_attempts_total{mode="async",outcome="http_error"}')).toBe(1);
    expect(valueOf(text, 'webhook_total{mode="async",status="completed"}')).toBe(2);
    expect(valueOf(text, 'webhook_total{mode="async",status="dead_letter"}')).toBe(1);
    expect(valueOf(text, 'webhook_completed_total{mode="async"}')).toBe(2);
    expect(valueOf(text, 'webhook_processing_duration_seconds_count{mode="async"}')).toBe(3);
  });

  it('of the api counts sync calls, and both show the deliveries of the whole installation', async () => {
    const counts = await apiScrape();
    expect(valueOf(counts, 'webhook_attempts_total{mode="sync",outcome="http_error"}')).toBe(2);
    expect(valueOf(counts, 'webhook_total{mode="sync",status="failed"}')).toBe(1);
    expect(valueOf(counts, 'webhook_total{mode="sync",status="fallback"}')).toBe(1);
    expect(valueOf(counts, 'webhook_completed_total{mode="sync"}')).toBe(0);
    expect(valueOf(counts, 'webhook_fallbacks_total{strategy="static",reason="http_error"}')).toBe(1);
    for (const scrape of [apiScrape, workerScrape]) {
      await eventually(async () => valueOf(await scrape(), 'webhook_dead_letter_queue_size') === 1, {
        limitMs: 10_000,
        what: 'a new read of the database',
      });
      const text = await scrape();
      expect(valueOf(text, 'webhook_breakers{state="open"}')).toBe(1);
      expect(valueOf(text, 'webhook_queue_deliveries{state="waiting"}')).toBe(0);
      expect(valueOf(text, 'webhook_database_up')).toBe(1);
    }
  });

  it('has probes beside it, for roles without an API', async () => {
    for (const path of ['/healthz', '/readyz']) {
      const answer = await fetch(workerUrl + path);
      expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
    }
    expect((await fetch(`${workerUrl}/api/v1/apps`)).status).toBe(404);
  });

  it('of the api is for admins', async () => {
    const { url } = platform.roles.find(({ name }) => name === 'api')!;
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    expect((await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${appKey}` } })).status).toBe(
      403,
    );
  });

  it('names no app, capability, URL or key', async () => {
    const text = ((await apiScrape()) + (await workerScrape())).replaceAll(/^#.*\n/gm, '');
    expect(text).not.toMatch(/app-|report|answer|guess|127\.0\.0\.1|bw_|whsec/);
    const labels = [...text.matchAll(/^webhook_\w+\{(.*?)\}/gm)].flatMap(([, all]) =>
      [...all!.matchAll(/(\w+)=/g)].map(([, label]) => label!),
    );
    expect([...new Set(labels)].sort((a, b) => a.localeCompare(b))).toEqual([
      'le',
      'mode',
      'outcome',
      'reason',
      'result',
      'state',
      'status',
      'strategy',
    ]);
  });

  it('is described in docs/reference/metrics.md, every metric of it', async () => {
    const [, page] = readFileSync(join(root, 'docs/reference/metrics.md'), 'utf8').split(
      /^## (?=Prometheus|With SQL)/m,
    );
    const described = [...page!.matchAll(/^\| `(webhook_\w+)` /gm)].map(([, name]) => name);
    const there = new Set(namesIn((await apiScrape()) + (await workerScrape())));
    const ours = [...there].filter((name) => name.startsWith('webhook_'));
    expect(new Set(described)).toEqual(new Set(ours));
  });

  it.skipIf(!hasPromtool)('is valid for Prometheus', async () => {
    // The names of prom-client's own metrics are not ours to choose.
    const ours = (text: string): string => text.replaceAll(/^(# \w+ )?(nodejs|process)_.*\n/gm, '');
    for (const scrape of [apiScrape, workerScrape]) {
      expect(promtool(['check', 'metrics'], ours(await scrape()))).toBe('');
    }
  });

  it('works without the database: counts stay, the rest is missing', async () => {
    await postgres.stop();
    await eventually(async () => valueOf(await workerScrape(), 'webhook_database_up') === 0, {
      limitMs: 15_000,
    });
    const text = await workerScrape();
    expect(valueOf(text, 'webhook_total{mode="async",status="completed"}')).toBe(2);
    for (const name of GAUGES) expect(text).not.toMatch(new RegExp(`^${name}[ {]`, 'm'));
    await postgres.startAgain();
    await eventually(async () => valueOf(await workerScrape(), 'webhook_dead_letter_queue_size') === 1, {
      limitMs: 20_000,
    });
  });
});

describe('deploy/', () => {
  const file = (name: string): string => join(root, 'deploy', name);
  const dashboard = JSON.parse(readFileSync(file('grafana/breakwater.json'), 'utf8')) as {
    panels: { title: string; targets: { expr: string }[] }[];
  };
  const exprs = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

  it.skipIf(!hasPromtool).each([
    ['rules', ['check', 'rules', file('prometheus/alerts.yml')]],
    ['the scrape configuration', ['check', 'config', '--syntax-only', file('prometheus/prometheus.yml')]],
    ['the tests of the rules', ['test', 'rules', file('prometheus/alerts.test.yml')]],
  ])('%s: promtool accepts it', (_, args) => {
    expect(promtool(args)).toContain('SUCCESS');
  });

  it('every alert rule is tested to fire', () => {
    const rules = [...readFileSync(file('prometheus/alerts.yml'), 'utf8').matchAll(/- alert: (\w+)/g)];
    const tests = readFileSync(file('prometheus/alerts.test.yml'), 'utf8');
    for (const [, name] of rules)
      expect(tests).toMatch(new RegExp(`alertname: ${name}\\n\\s+exp_alerts:\\n`));
  });

  it('rules and the dashboard use existing metrics', async () => {
    const there = new Set(namesIn((await apiScrape()) + (await workerScrape())).concat('up'));
    const asked = [readFileSync(file('prometheus/alerts.yml'), 'utf8'), ...exprs]
      .join('\n')
      .matchAll(/\b(webhook_\w+|nodejs_\w+|process_\w+)/g);
    for (const [name] of asked) expect(there).toContain(name.replace(/_(bucket|count|sum)$/, ''));
    expect(exprs.length).toBeGreaterThan(12);
  });

  it.skipIf(!hasPromtool)('the dashboard’s queries are PromQL', () => {
    const folder = mkdtempSync(join(tmpdir(), 'breakwater-promql-'));
    const rules = exprs.map((expr, n) => ({
      record: `dashboard:panel:${n}`,
      expr: expr.replaceAll('$__rate_interval', '5m'),
    }));
    writeFileSync(join(folder, 'rules.json'), JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    expect(promtool(['check', 'rules', join(folder, 'rules.json')])).toContain(`${rules.length} rules found`);
    rmSync(folder, { recursive: true });
  });
});
