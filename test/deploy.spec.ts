import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Config, parseConfig } from '@breakwater/platform';
import { addApp } from '@breakwater/testing/rows.js';
import { World } from '@breakwater/testing/world.js';
import { parse } from 'yaml';
import { valuesOf } from '../libs/platform/src/config/describe.js';
import { chart, examples, hasGo, helm, render, renderByHelm } from './support/helm.js';
import type { Manifest, Rendered, Values } from './support/helm.js';
import { problemOf, unknownMembers } from './support/kubernetes.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const NAMES = Object.keys(examples);
const KEYS = `k1:${Buffer.alloc(32, 1).toString('base64')}`;
/** What the Secrets of the examples have. */
const SECRET = {
  DATABASE_URL: 'postgresql://a:b@postgres/breakwater',
  REDIS_URL: 'redis://redis',
  ENCRYPTION_KEYS: KEYS,
};
const smallest = examples['smallest']!;

const fits = new Ajv({ allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8')) as object,
);
/** Where values do not fit the schema, null when they do. */
function misfit(values: Values): string | null {
  return fits(values) ? null : fits.errors!.map((e) => `${e.instancePath} ${e.message}`).join('; ');
}

const manifestsOf = (rendered: Rendered): Manifest[] => {
  if ('refusal' in rendered) throw new Error(rendered.refusal);
  return rendered.manifests;
};
const rendered = (values: Values, objects: Record<string, unknown> = {}): Manifest[] =>
  manifestsOf(render([{ values, objects }])[0]!);
const ofKind = (manifests: Manifest[], kind: string): Manifest[] => manifests.filter((m) => m.kind === kind);
const named = (manifests: Manifest[], kind: string, name: string): Manifest =>
  manifests.find((m) => m.kind === kind && m.metadata.name === name)!;
/** The pods of all Deployments, Jobs and CronJobs. */
const podsOf = (manifests: Manifest[]): [string, Manifest][] =>
  manifests.flatMap((m): [string, Manifest][] => {
    const template = m['spec']?.jobTemplate?.spec?.template ?? m['spec']?.template;
    return template ? [[m.metadata.name, template as Manifest]] : [];
  });

describe('the values of the chart', () => {
  it('fit their schema as they are', () =>
    expect(misfit(parse(readFileSync(join(chart, 'values.yaml'), 'utf8')) as Values)).toBeNull());

  it.each(NAMES)('fit their schema in the example %s', (name) => expect(misfit(examples[name]!)).toBeNull());

  it.each<[string, Values, string]>([
    ['an unknown member', { replicas: 3 }, 'must NOT have additional properties'],
    ['a misspelt member', { api: { replica: 3 } }, '/api must NOT have additional properties'],
    ['a number as text', { api: { replicas: 'many' } }, '/api/replicas must be integer'],
    ['the tag latest', { image: { tag: 'latest' } }, '/image/tag must NOT be valid'],
    ['a repository with its tag', { image: { repository: 'a.example/b:1' } }, '/image/repository must match'],
    ['a public URL with a path', { publicUrl: 'https://a.example/b' }, '/publicUrl must match'],
    ['a setting in small letters', { config: { adminEmails: 'a' } }, '/config property name must be valid'],
    [
      'a password that was to be changed',
      { secrets: { databaseUrl: 'postgresql://a:change-me@b/c' } },
      '/secrets/databaseUrl must NOT be valid',
    ],
    ['an unknown queue', { queue: 'kafka' }, '/queue must be equal to one of the allowed values'],
    ['limits without memory', { api: { resources: { limits: {} } } }, "must have required property 'memory'"],
    ['a pool of one connection', { postgresql: { poolMax: 1 } }, '/postgresql/poolMax must be >= 2'],
  ])('do not fit it with %s', (_, values, problem) => expect(misfit(values)).toContain(problem));
});

describe.skipIf(!hasGo)('the chart', () => {
  const made: Record<string, Manifest[]> = {};
  beforeAll(() => {
    const answers = render(NAMES.map((name) => ({ values: examples[name]! })));
    NAMES.forEach((name, n) => (made[name] = manifestsOf(answers[n]!)));
  });

  it('has six examples', () => expect(NAMES).toHaveLength(6));

  it('makes manifests without unknown members or wrong types', () => {
    expect(unknownMembers(Object.values(made).flat())).toEqual([]);
  });

  it('is checked for unknown members and wrong types', () => {
    const [job] = ofKind(made['smallest']!, 'Job');
    const wrong = { ...job!, spec: { ...job!['spec'], backoffLimits: 2 } };
    const text = { ...job!, spec: { ...job!['spec'], backoffLimit: 'many' } };
    expect(unknownMembers([wrong, text])).toEqual([
      expect.stringMatching(/^Job bw-breakwater-migrate: .*"backoffLimits"/),
      expect.stringMatching(/^Job bw-breakwater-migrate: .*'string' is not assignable to type 'number'/),
    ]);
  });

  it('is checked by schemas that find a mistake', async () => {
    const [deployment] = ofKind(made['smallest']!, 'Deployment');
    const many = { ...deployment!, spec: { ...deployment!['spec'], replicas: 'many' } };
    expect(await problemOf(many)).toContain('must be integer');
  });

  // Only where `npm run nightly` has built Helm.
  it.each(helm ? NAMES : [])('is rendered as Helm itself renders it, in the example %s', (name) => {
    const byName = (manifests: Manifest[]): Manifest[] =>
      manifests
        .filter(({ kind }) => kind !== 'Secret') // with keys made at random
        .toSorted((a, b) => `${a.kind} ${a.metadata.name}`.localeCompare(`${b.kind} ${b.metadata.name}`));
    expect(byName(made[name]!)).toEqual(byName(renderByHelm(examples[name]!)));
  });

  describe.each(NAMES)('with the values of %s', (name) => {
    it('makes manifests that match the schemas of their kinds', async () => {
      expect(made[name]!.length).toBeGreaterThan(6);
      for (const manifest of made[name]!)
        expect([manifest.kind, manifest.metadata.name, await problemOf(manifest)]).toEqual([
          manifest.kind,
          manifest.metadata.name,
          null,
        ]);
    });

    it('makes each object once, in the namespace of the release', () => {
      const names = made[name]!.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      expect(new Set(names).size).toBe(names.length);
      for (const { metadata } of made[name]!) expect(metadata).not.toHaveProperty('namespace');
    });

    it('runs every container without rights: no root, no capability, no writing, no token', () => {
      for (const [, { spec }] of podsOf(made[name]!)) {
        expect(spec).toMatchObject({
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        });
        for (const container of spec.containers) {
          expect(container.securityContext).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          });
          expect(Object.keys(container.resources)).toEqual(['limits', 'requests']);
        }
      }
    });

    it('runs programs that exist, with settings that the product takes', () => {
      for (const [, { spec }] of podsOf(made[name]!)) {
        const [{ command, envFrom }] = spec.containers;
        if (command[0] !== 'node') continue;
        expect(globSync(command.at(-1)!.replace(/^dist\/(.*)\.js$/, '$1.ts'), { cwd: root })).toHaveLength(1);
        const maps = envFrom.flatMap((from: { configMapRef?: { name: string } }) =>
          from.configMapRef ? [from.configMapRef.name] : [],
        ) as string[];
        const config = maps.map(
          (map) => named(made[name]!, 'ConfigMap', map)['data'] as Record<string, string>,
        );
        const { ok, ...rest } = parseConfig(
          Object.assign({ ...SECRET }, ...config) as Record<string, string>,
        );
        expect(ok, JSON.stringify(rest)).toBe(true);
      }
    });

    it('gives each pod the time to stop that its settings promise', () => {
      const { data } = ofKind(made[name]!, 'ConfigMap')[0]!;
      const seconds = (setting: string): number => Number(/^(\d+)s$/.exec(data[setting])![1]);
      for (const [pod, { spec }] of podsOf(ofKind(made[name]!, 'Deployment'))) {
        const notice = pod.endsWith('-api') ? seconds('DRAIN_NOTICE') : 0;
        expect(spec.terminationGracePeriodSeconds).toBe(notice + seconds('SHUTDOWN_TIMEOUT') + 10);
      }
    });

    it('asks each role whether it lives and is ready, with timeouts', () => {
      for (const [pod, { spec }] of podsOf(ofKind(made[name]!, 'Deployment'))) {
        const [container] = spec.containers;
        const port = pod.endsWith('-api') ? 'http' : 'metrics';
        expect(container.ports.map((each: { name: string }) => each.name)).toContain(port);
        expect(container.startupProbe).toMatchObject({
          httpGet: { path: '/healthz', port },
          timeoutSeconds: 2,
        });
        expect(container.livenessProbe).toMatchObject({
          httpGet: { path: '/healthz', port },
          timeoutSeconds: 5,
        });
        expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port });
        expect(container.readinessProbe.timeoutSeconds).toBeGreaterThanOrEqual(2);
      }
    });

    it('selects the pods that it means, each Deployment and budget its own', () => {
      const pods = podsOf(ofKind(made[name]!, 'Deployment'));
      const chosen = (labels: Record<string, string>): string[] =>
        pods
          .filter(([, pod]) =>
            Object.entries(labels).every(([key, value]) => pod.metadata.labels![key] === value),
          )
          .map(([pod]) => pod);
      for (const kind of ['Deployment', 'PodDisruptionBudget'])
        for (const { metadata, spec } of ofKind(made[name]!, kind))
          expect(chosen(spec.selector.matchLabels)).toEqual([metadata.name]);
      const [service] = ofKind(made[name]!, 'Service');
      expect(chosen(service!['spec'].selector)).toEqual([service!.metadata.name]);
    });
  });

  it('migrates before the first start and before each upgrade, with the owner’s login', () => {
    const [job] = ofKind(made['everything']!, 'Job');
    expect(job!.metadata.annotations).toMatchObject({ 'helm.sh/hook': 'pre-install,pre-upgrade' });
    expect(job!['spec'].template.spec.containers[0].envFrom).toEqual([
      { secretRef: { name: 'breakwater' } },
      { secretRef: { name: 'breakwater-owner' } },
    ]);
    expect(ofKind(made['gitops']!, 'Job')).toEqual([]);
  });

  it('makes no Secret where one is named', () => {
    for (const name of NAMES.filter((each) => each !== 'generated'))
      expect(ofKind(made[name]!, 'Secret')).toEqual([]);
  });

  it('makes Secrets with new valid keys, before anything else, which Helm neither changes nor deletes', () => {
    const secrets = ofKind(made['generated']!, 'Secret');
    expect(secrets.map(({ metadata }) => metadata.name)).toEqual(['bw-breakwater', 'bw-breakwater-owner']);
    for (const { metadata } of secrets)
      expect(metadata.annotations).toEqual({
        'helm.sh/hook': 'pre-install',
        'helm.sh/hook-weight': '-10',
        'helm.sh/resource-policy': 'keep',
      });
    const [main, owner] = secrets.map((secret) => secret['stringData'] as Record<string, string>);
    expect(parseConfig(main!)).toMatchObject({
      ok: true,
      config: { adminKey: main!['BREAKWATER_ADMIN_KEY'] },
    });
    expect(Object.keys(main!)).not.toContain('DATABASE_OWNER_URL');
    expect(Object.keys(owner!)).toEqual(['DATABASE_OWNER_URL']);
    const again = ofKind(rendered(examples['generated']!), 'Secret')[0]!['stringData'] as typeof main;
    expect(again!['ENCRYPTION_KEYS']).not.toBe(main!['ENCRYPTION_KEYS']);
    expect(again!['BREAKWATER_ADMIN_KEY']).not.toBe(main!['BREAKWATER_ADMIN_KEY']);
  });

  it('leaves Secrets alone that exist already', () => {
    const objects = {
      'v1/Secret/breakwater/bw-breakwater': { data: { ENCRYPTION_KEYS: 'b2xk' } },
      'v1/Secret/breakwater/bw-breakwater-owner': { data: {} },
    };
    expect(ofKind(rendered(examples['generated']!, objects), 'Secret')).toEqual([]);
  });

  it('starts new pods when a setting or the Secret changes, and otherwise not', () => {
    const hashes = (values: Values, data?: object): Record<string, string> =>
      podsOf(
        ofKind(rendered(values, data ? { 'v1/Secret/breakwater/breakwater': { data } } : {}), 'Deployment'),
      )[0]![1].metadata.annotations!;
    const before = hashes(smallest, { A: 'MQ==' });
    expect(hashes(smallest, { A: 'MQ==' })).toEqual(before);
    expect(hashes(smallest, { A: 'Mg==' })['checksum/secret']).not.toBe(before['checksum/secret']);
    const changed = { ...smallest, config: { LOG_LEVEL: 'debug' } };
    expect(hashes(changed, { A: 'MQ==' })['checksum/config']).not.toBe(before['checksum/config']);
  });

  it('lets a Prometheus find the pods', () => {
    for (const [, { metadata }] of podsOf(ofKind(made['smallest']!, 'Deployment')))
      expect(metadata.annotations).toMatchObject({
        'prometheus.io/scrape': 'true',
        'prometheus.io/port': '9464',
      });
    for (const [, { metadata }] of podsOf(ofKind(made['gitops']!, 'Deployment')))
      expect(metadata.annotations).not.toHaveProperty('prometheus.io/scrape');
  });

  it('has a PodMonitor for the Prometheus Operator that selects the pods with metrics, in place of annotations', () => {
    const [monitor] = ofKind(made['everything']!, 'PodMonitor');
    expect(monitor!.metadata.labels).toMatchObject({ release: 'prometheus' });
    const { selector, podMetricsEndpoints } = monitor!['spec'];
    expect(podMetricsEndpoints).toMatchObject([{ port: 'metrics', path: '/metrics' }]);
    const [{ key, values }] = selector.matchExpressions;
    for (const [, { metadata }] of podsOf(ofKind(made['everything']!, 'Deployment'))) {
      expect(metadata.labels).toMatchObject(selector.matchLabels);
      expect(values).toContain(metadata.labels![key]);
      expect(metadata.annotations).not.toHaveProperty('prometheus.io/scrape');
    }
  });

  it('gives pods what deploy/prometheus/kubernetes.yml looks for', () => {
    const file = parse(readFileSync(join(root, 'deploy/prometheus/kubernetes.yml'), 'utf8')) as Values;
    const [job] = file['scrape_configs'] as [{ relabel_configs: { source_labels: string[] }[] }];
    const wanted = job.relabel_configs.flatMap(({ source_labels: labels }) => labels);
    const word = (text: string): string => text.replaceAll(/\W/g, '_');
    for (const [, { metadata, spec }] of podsOf(ofKind(made['smallest']!, 'Deployment'))) {
      const there = [
        ...Object.keys(metadata.labels!).map((label) => `__meta_kubernetes_pod_label_${word(label)}`),
        ...Object.keys(metadata.annotations!).map((key) => `__meta_kubernetes_pod_annotation_${word(key)}`),
        '__meta_kubernetes_pod_name',
        '__meta_kubernetes_pod_container_port_name',
      ];
      expect(there).toEqual(expect.arrayContaining(wanted));
      expect(metadata.labels!['app.kubernetes.io/name']).toBe('breakwater');
      expect(spec.containers[0].ports).toContainEqual({ name: 'metrics', containerPort: 9464 });
    }
  });

  it('takes the host of the Ingress from the public URL, and requires TLS for it', () => {
    const [ingress] = ofKind(made['everything']!, 'Ingress');
    expect(ingress!['spec']).toMatchObject({
      tls: [{ hosts: ['breakwater.example'], secretName: 'breakwater-tls' }],
      rules: [{ host: 'breakwater.example' }],
    });
  });

  it('opens egress to DNS, to public addresses and to what was named, and to no private network', () => {
    const [policy] = ofKind(made['everything']!, 'NetworkPolicy');
    const [dns, webhooks, ...more] = policy!['spec'].egress;
    expect(dns.ports.map(({ port }: { port: number }) => port)).toEqual([53, 53]);
    expect(webhooks.to[0].ipBlock.except).toEqual(
      expect.arrayContaining(['10.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16']),
    );
    expect(more).toEqual(
      (examples['everything'] as { networkPolicy: { egress: unknown } }).networkPolicy.egress,
    );
  });

  const generate = { generate: true, databaseUrl: 'postgresql://a:b@c/d', redisUrl: 'redis://e' };
  it.each<[string, Values, string]>([
    [
      'without a Secret',
      {},
      'secrets.existing is empty: make a Secret with DATABASE_URL and ENCRYPTION_KEYS',
    ],
    ['with two sources of secrets', { secrets: { existing: 'a', generate: true } }, 'are both set: keep one'],
    ['without a database', { secrets: { ...generate, databaseUrl: '' } }, 'secrets.databaseUrl is empty'],
    [
      'without the Redis it is to use',
      { secrets: { ...generate, redisUrl: '' } },
      'secrets.redisUrl is empty',
    ],
    [
      'with a secret among the settings',
      { ...smallest, config: { ENCRYPTION_KEYS: 'k1:x' } },
      'config.ENCRYPTION_KEYS is a secret: put it into the Secret that secrets.existing names',
    ],
    [
      'with a setting that is a value of its own',
      { ...smallest, config: { QUEUE_CONCURRENCY: 5 } },
      'config.QUEUE_CONCURRENCY is set by the chart: use worker.concurrency',
    ],
    [
      'with a port of its own',
      { ...smallest, config: { API_PORT: 1 } },
      'config.API_PORT is set by the chart: leave it out',
    ],
    [
      'with more pods at least than at most',
      { ...smallest, api: { autoscaling: { minReplicas: 5 } } },
      'api.autoscaling.minReplicas is 5, more than maxReplicas 4',
    ],
    [
      'with scaling by due deliveries without a login for it',
      { ...smallest, worker: { autoscaling: { enabled: true } } },
      'worker.autoscaling.connectionSecret is empty',
    ],
    [
      'with https without a certificate',
      { ...smallest, ingress: { enabled: true } },
      'ingress.tlsSecret is empty',
    ],
    [
      'with a policy that closes PostgreSQL',
      { ...smallest, networkPolicy: { enabled: true } },
      'networkPolicy.egress is empty',
    ],
    ['with backups to nowhere', { ...smallest, backup: { enabled: true } }, 'backup.claim is empty'],
    [
      'that needs more connections than there are',
      { ...smallest, worker: { replicas: 20 } },
      'postgresql.maxConnections is 100, but 3 apis with 7 connections each, 21 workers with 7 and 15 reserved need 183 (one pod of each role more than replicas, for rollouts): raise max_connections of the server and this value, or lower postgresql.poolMax or the replicas',
    ],
    [
      'whose queue needs more connections in PostgreSQL',
      { ...smallest, queue: 'postgresql', api: { replicas: 3 }, worker: { replicas: 3 } },
      '4 apis with 12 connections each, 4 workers with 17 and 15 reserved need 131',
    ],
  ])('is refused in one sentence %s', (_, values, sentence) => {
    const [answer] = render([{ values }]);
    expect((answer as { refusal: string }).refusal).toContain(sentence);
  });

  it('refuses every setting that is a secret among the settings for everybody', () => {
    const secrets = valuesOf(new Config()).flatMap(({ setting: { env, secret } }) => (secret ? [env] : []));
    expect(secrets).toContain('ENCRYPTION_KEYS');
    const answers = render(
      secrets.map((name) => ({
        values: { ...smallest, config: { [name]: 'https://user:secret@a.example' } },
      })),
    );
    secrets.forEach((name, n) =>
      expect(answers[n]).toMatchObject({
        refusal: expect.stringMatching(
          `config.${name} (is a secret|contains a password): put it into`,
        ) as string,
      }),
    );
  });

  describe('the number by which workers are scaled', () => {
    let world: World;
    let scaler: pg.Client;
    let query: string;
    const add = (endpoint: string, more: string, count: number): Promise<unknown> =>
      world.rows(
        `INSERT INTO deliveries (id, app_id, endpoint_id, capability, kind, mode, request_id, body, content_type, timeout_ms,
           status, next_attempt_at, claim_token, claimed_at, claimed_until)
         SELECT gen_random_uuid(), 'a', $1, 'c', 'invocation', 'async', 'r', 'secret', 'text/plain', 1000, 'pending', ${more}
         FROM generate_series(1, ${count})`,
        endpoint,
      );

    beforeAll(async () => {
      const [{ spec }] = ofKind(made['everything']!, 'ScaledObject') as [Manifest];
      query = spec.triggers[0].metadata.query;
      world = await World.start();
      await addApp(world, 'a');
      // Twice: an administrator may.
      for (const _ of [1, 2]) await world.rows(readFileSync(join(root, 'prisma/scaler.sql'), 'utf8'));
      await world.rows(`ALTER ROLE breakwater_scaler PASSWORD 'scaler'`);
      const url = new URL(world.databaseUrl);
      url.username = 'breakwater_scaler';
      url.password = 'scaler';
      scaler = new pg.Client(url.href);
      await scaler.connect();
    });
    afterAll(async () => {
      await scaler?.end();
      await world?.stop();
    });

    const due = async (): Promise<number> => Number((await scaler.query(query)).rows[0].count);

    it('counts what is due and may be called, and nothing else', async () => {
      const endpoints = await world.rows<{ id: string }>(
        `INSERT INTO endpoints (id, app_id, kind, capability, url, async, paused_at)
         SELECT gen_random_uuid(), 'a', 'capability', 'c' || n, 'http://x', true, CASE WHEN n = 2 THEN now() END
         FROM generate_series(1, 2) n RETURNING id`,
      );
      const [open, paused] = endpoints.map(({ id }) => id);
      expect(await due()).toBe(0);
      await add(open!, 'now(), NULL, NULL, NULL', 7);
      await add(open!, `now() + interval '1 hour', NULL, NULL, NULL`, 10);
      await add(open!, `now(), gen_random_uuid(), now(), now() + interval '1 hour'`, 10);
      await add(paused!, 'now(), NULL, NULL, NULL', 10);
      expect(await due()).toBe(7);
      await add(open!, 'now(), NULL, NULL, NULL', 3000);
      expect(await due()).toBe(4 * 500);
    });

    it.each([
      'SELECT body FROM deliveries',
      'SELECT * FROM deliveries',
      'SELECT url FROM endpoints',
      'SELECT * FROM apps',
      'SELECT * FROM signing_secrets',
      'DELETE FROM deliveries',
      `UPDATE endpoints SET hold = 'paused'`,
      'SET ROLE breakwater_service',
    ])('is all that its login may read: not %s', async (statement) => {
      await expect(scaler.query(statement)).rejects.toThrow(/permission denied|read-only/);
    });
  });
});
