import { readFileSync } from 'node:fs';
import { Test } from '@nestjs/testing';
import { Module } from '@nestjs/common';
import {
  ConfigModule,
  Database,
  HintBus,
  PeriodicRuns,
  PrismaService,
  SecretsModule,
  Telemetry,
} from '@breakwater/platform';
import { MetricsModule, RollUp, WebhookMetrics } from '@breakwater/metrics';
import { ManifestModule, ManifestRegistry } from '@breakwater/manifest';
import { WebhookClientModule } from '@breakwater/webhook-client';
import { eventually } from '@breakwater/testing/eventually.js';
import { World } from '@breakwater/testing/world.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_APPS } from './day/demo-apps.js';
import { DemoHistory } from './demo-history.service.js';
import { DemoModule } from './demo.module.js';

const RECEIVER = 'http://127.0.0.1:7001';
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

@Module({})
class PlatformParts {}

let world: World;
let demo: DemoHistory;
let rollUp: RollUp;
let metrics: WebhookMetrics;
beforeAll(async () => {
  world = await World.start({ OUTBOUND_ALLOW: '127.0.0.1:7001,127.0.0.1:7002' });
  const config = world.config();
  const providers = [
    { provide: Database, useValue: world.node({ poolMax: 10 }) },
    PrismaService,
    HintBus,
    PeriodicRuns,
    Telemetry,
  ];
  const module = await Test.createTestingModule({
    imports: [
      { module: PlatformParts, global: true, providers, exports: providers },
      ConfigModule.forRoot(config),
      SecretsModule,
      WebhookClientModule.forConfig(config),
      DemoModule,
      ManifestModule,
      MetricsModule,
    ],
  }).compile();
  await module.init();
  world.endsWith(() => module.close());
  demo = module.get(DemoHistory);
  rollUp = module.get(RollUp);
  metrics = module.get(WebhookMetrics);
  const manifests = module.get(ManifestRegistry);
  for (const id of ['sample', 'real'])
    await manifests.register(
      id,
      {
        name: id,
        ownerEmail: 'owner@example.com',
        baseUrl: RECEIVER,
        webhooks: { report: { url: '/r', async: true } },
      },
      'tester',
    );
  await demo.seed(RECEIVER, { appId: 'sample', signingSecret: SECRET });
});
afterAll(() => world.stop());

/** Every table with the app of its rows. */
async function tablesOfApps(): Promise<{ table: string; column: string }[]> {
  return world.rows(
    `SELECT c.table_name AS "table", c.column_name AS "column" FROM information_schema.columns c
     JOIN pg_class k ON k.relname = c.table_name AND k.relnamespace = 'public'::regnamespace AND k.relkind IN ('r', 'p')
     WHERE c.table_schema = 'public' AND c.column_name IN ('app_id', 'scope') ORDER BY 1`,
  );
}

/** Rows of an app, by table. */
async function rowsOf(appId: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { table, column } of await tablesOfApps()) {
    const rows = await world.rows<{ digest: string | null; count: number }>(
      `SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) AS digest, count(*)::int AS count FROM ${table} t WHERE t.${column} = $1`,
      appId,
    );
    if (rows[0]!.count > 0) found[table] = `${rows[0]!.count} ${rows[0]!.digest}`;
  }
  return found;
}

describe('the demo', () => {
  it('is present, with its apps and since when', async () => {
    const presence = await demo.presence();
    expect(presence).toMatchObject({ present: true, apps: DEMO_APPS.length + 1 });
    expect(presence.deliveries).toBeGreaterThan(3_000);
    const [{ hours }] = (await world.rows<{ hours: number }>(
      'SELECT extract(epoch FROM now() - min(created_at))::float8 / 3600 AS hours FROM apps WHERE demo',
    )) as [{ hours: number }];
    expect(hours).toBeCloseTo(24, 1);
    expect(presence.since).toBeInstanceOf(Date);
  });

  it('has numbers that agree, counted by hand', async () => {
    // Another database of this server may hold back the roll-up for a moment.
    const [{ attempts }] = (await world.rows<{ attempts: number }>(
      'SELECT count(*)::int AS attempts FROM attempts',
    )) as [{ attempts: number }];
    let rolledUp = 0;
    await eventually(async () => (rolledUp += await rollUp.run()) >= attempts, { what: 'all rolled up' });
    for (const { id, capabilities } of DEMO_APPS) {
      for (const capability of [null, ...capabilities.map(({ name }) => name)]) {
        const { totals } = await metrics.of(id, capability, '7d');
        const [byHand] = await world.rows(
          `SELECT count(*)::int AS total, count(*) FILTER (WHERE outcome = 'delivered')::int AS successes,
             count(*) FILTER (WHERE outcome = 'timeout')::int AS timeouts
           FROM attempts WHERE app_id = $1 AND ($2::text IS NULL OR capability = $2)`,
          id,
          capability,
        );
        expect(totals).toMatchObject(byHand!);
      }
    }
  });

  it.each([
    [
      'a delivery whose attempts are not those that it counts',
      `SELECT d.id FROM deliveries d WHERE d.attempts <> (SELECT count(*) FROM attempts a WHERE a.delivery_id = d.id)
         OR d.last_attempt_at IS DISTINCT FROM (SELECT max(started_at) FROM attempts a WHERE a.delivery_id = d.id)
         OR d.finished_at < d.last_attempt_at`,
    ],
    [
      'a dead letter without its delivery, or the other way round',
      `SELECT 1 FROM deliveries d FULL JOIN webhook_dead_letter_queue q ON q.delivery_id = d.id
       WHERE (d.status = 'dead_letter') IS DISTINCT FROM (q.id IS NOT NULL) OR q.attempts <> d.attempts OR q.failed_at <> d.finished_at`,
    ],
    [
      'a breaker that is not as its last turn left it',
      `SELECT 1 FROM circuit_breaker_state b WHERE (b.state, b.generation) IS DISTINCT FROM (
         SELECT (t.to_state, t.generation) FROM circuit_breaker_transitions t
         WHERE t.app_id = b.app_id AND t.capability = b.capability ORDER BY t.id DESC LIMIT 1)`,
    ],
    [
      'a turn that people would be notified of',
      `SELECT 1 FROM circuit_breaker_transitions WHERE notified_at IS NULL`,
    ],
    [
      'a dead letter that people would be notified of',
      `SELECT 1 FROM webhook_dead_letter_queue q JOIN failure_notices n USING (app_id, capability) WHERE q.failed_at > n.told_until`,
    ],
    ['a delivery that is due', `SELECT 1 FROM deliveries WHERE status = 'pending'`],
    [
      'a row in a default partition',
      `SELECT 1 FROM partitions.deliveries_default UNION ALL SELECT 1 FROM partitions.attempts_default`,
    ],
    ['an app without the mark', `SELECT 1 FROM apps WHERE id LIKE 'demo-%' AND NOT demo`],
  ])('has not %s', async (_, sql) => {
    expect(await world.rows(sql)).toEqual([]);
  });

  it('has alerts of which none reads as suppressed', async () => {
    const alerts = await world.rows<{ told: boolean }>('SELECT notified_at IS NOT NULL AS told FROM alerts');
    expect(alerts.length).toBeGreaterThan(1);
    expect(alerts.every(({ told }) => told)).toBe(true);
  });

  it('moves with the server that answers its calls', async () => {
    await demo.move('http://127.0.0.1:7002');
    const urls = await world.rows(`SELECT DISTINCT base_url AS url, demo FROM apps WHERE id LIKE 'demo-%'`);
    expect(urls).toEqual([{ url: 'http://127.0.0.1:7002', demo: true }]);
  });

  it('has a statement for each table with an app, unless the app takes its rows with it', async () => {
    const removal = readFileSync(new URL('demo-removal.store.ts', import.meta.url), 'utf8');
    const cascading = await world.rows<{ name: string }>(
      `SELECT conrelid::regclass::text AS name FROM pg_constraint WHERE confrelid = 'apps'::regclass AND confdeltype = 'c'`,
    );
    const byTrigger = ['circuit_breaker_state', 'circuit_breaker_transitions', 'breaker_notices'];
    // Subscriptions go with their endpoints, items with their operation. The audit log and the directory's number stay.
    const others = ['subscriptions', 'bulk_items', 'audit_log', 'directory_versions'];
    const gone = new Set([...cascading.map(({ name }) => name), ...byTrigger, ...others]);
    const left = (await tablesOfApps())
      .map(({ table }) => table)
      .filter((table) => !gone.has(table) && !new RegExp(`(FROM|UPDATE) ${table}\\b`).test(removal));
    expect(left).toEqual([]);
  });

  it('is removed with all its rows, and nothing of another app changes', async () => {
    await world.rows(
      `INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, content_type, timeout_ms, status, finished_at)
       SELECT overlay(uuid_floor(now())::text PLACING right(gen_random_uuid()::text, 22) FROM 15)::uuid, e.app_id, e.id,
         e.capability, 'invocation', 'async', 'r', '', 'text/plain', 1000, 'completed', now()
       FROM endpoints e, generate_series(1, 20) WHERE e.app_id IN ('real', 'sample')`,
    );
    for (const table of ['metric_minutes', 'metric_hours'])
      await world.rows(
        `INSERT INTO ${table} (app_id, capability, at, calls, successes, timeouts, ended, ended_attempts)
         VALUES ('real', '', date_trunc('hour', now()), 20, 20, 0, 20, 20)`,
      );
    const before = await rowsOf('real');
    const { deliveries } = await demo.presence();
    expect(await demo.remove()).toEqual({ apps: DEMO_APPS.length + 1, deliveries });
    for (const appId of [...DEMO_APPS.map(({ id }) => id), 'sample']) {
      const left = await rowsOf(appId);
      // What people did stays in the audit log; the directory's number stays, so that no process reads old entries.
      delete left['audit_log'];
      delete left['directory_versions'];
      expect(left).toEqual({});
    }
    expect(await rowsOf('real')).toEqual(before);
    expect(Object.keys(before).sort()).toEqual(
      [
        'deliveries',
        'endpoints',
        'manifest_versions',
        'metric_hours',
        'metric_minutes',
        'signing_secrets',
      ].sort(),
    );
    expect(await world.rows('SELECT id FROM apps')).toEqual([{ id: 'real' }]);
    expect(await demo.presence()).toEqual({ present: false, apps: 0, since: null, deliveries: 0 });
    expect(await demo.remove()).toEqual({ apps: 0, deliveries: 0 });
  });
});
