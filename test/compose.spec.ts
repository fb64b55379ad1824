import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '@breakwater/platform';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { MEMORY_SETTINGS } from '../bench/programs.js';

interface Service {
  image: string;
  build?: { dockerfile: string };
  command?: string[];
  environment?: Record<string, string | number>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  deploy?: { replicas: number };
  ports?: string[];
  volumes?: string[];
}

const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const file = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, null>;
};
const services = Object.entries(file.services);
const ours = services.filter(([, { build }]) => build);

/** The keys of the compose specification that are used here; a misspelt one is not among them. */
const SERVICE_KEYS =
  'build command depends_on deploy environment healthcheck image init ports restart stop_grace_period volumes';

/** `${NAME:-default}` and `${NAME:?message}`, as compose reads them. */
function interpolate(text: string, env: Record<string, string>): string {
  return text.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, kind: string, rest: string) => {
    if (env[name]) return env[name];
    if (kind === '?') throw new Error(`${name}: ${rest}`);
    return rest;
  });
}

function environmentOf(service: Service, env: Record<string, string>) {
  const entries = Object.entries(service.environment ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, interpolate(String(value), env)]));
}

const ENCRYPTION_KEYS = `k1:${Buffer.alloc(32, 1).toString('base64')}`;

describe('docker-compose.yml', () => {
  it('has storage, queue, mail, migration, api and workers', () => {
    expect(services.map(([name]) => name)).toEqual(['postgres', 'redis', 'mail', 'migrate', 'api', 'worker']);
  });

  it.each(services)('%s uses known keys only', (_, service) => {
    expect(SERVICE_KEYS.split(' ')).toEqual(expect.arrayContaining(Object.keys(service)));
  });

  it.each(services)('%s waits only for services that exist, in a way they can fulfil', (_, service) => {
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      const awaited = file.services[name];
      expect(awaited, name).toBeDefined();
      if (condition === 'service_healthy') expect(awaited?.healthcheck, name).toBeDefined();
      else expect(['service_started', 'service_completed_successfully']).toContain(condition);
    }
  });

  it.each(services)('%s has commands made of strings', (_, { command = [], healthcheck }) => {
    for (const word of [...command, ...(healthcheck?.test ?? [])]) expect(word).toBeTypeOf('string');
  });

  it.each(services)('%s mounts only volumes that are declared', (_, { volumes = [] }) => {
    expect(Object.keys(file.volumes)).toEqual(
      expect.arrayContaining(volumes.map((volume) => volume.split(':')[0])),
    );
  });

  it.each(ours)('%s runs a file that the build creates', (_, service) => {
    const script = service.command?.at(-1) ?? '';
    expect(script).toMatch(/^dist\/.*\.js$/);
    const source = script.replace(/^dist\//, '').replace(/\.js$/, '.ts');
    expect(existsSync(new URL(source, root)), source).toBe(true);
    expect(existsSync(new URL(service.build?.dockerfile ?? '', root))).toBe(true);
  });

  it.each(ours)('%s gets a valid configuration, with Redis and mail', (_, service) => {
    const parsed = parseConfig(environmentOf(service, { ENCRYPTION_KEYS }));
    expect(parsed).toMatchObject({
      ok: true,
      config: { api: { host: '0.0.0.0', port: 3000 }, database: {}, retry: {} },
    });
    if (parsed.ok) {
      expect(parsed.config.redis).toMatchObject({ url: 'redis://redis:6379' });
      expect(parsed.config.smtp?.url).toBe('smtp://mail:1025');
    }
  });

  it('does not start without encryption keys', () => {
    expect(() => environmentOf(file.services['api'] ?? { image: '' }, {})).toThrow('ENCRYPTION_KEYS');
  });

  it('lets api and workers start after the migration, and workers be scaled', () => {
    for (const name of ['api', 'worker']) {
      expect(file.services[name]?.depends_on?.['migrate']?.condition).toBe('service_completed_successfully');
    }
    const worker = file.services['worker'];
    expect(worker).not.toHaveProperty('container_name');
    expect(worker?.ports).toBeUndefined();
    expect(worker?.deploy?.replicas).toBe(2);
  });

  it('keeps Redis from evicting wake-ups and from losing them', () => {
    expect(file.services['redis']?.command?.join(' ')).toBe(
      'redis-server --maxmemory-policy noeviction --appendonly yes',
    );
  });
});

describe('the image', () => {
  it('does not run as root', () => {
    expect(
      read('deploy/Dockerfile')
        .split(/^FROM /m)
        .at(-1),
    ).toMatch(/^USER node$/m);
  });

  it('gives a process the same memory as the benchmarks', () => {
    const { NODE_OPTIONS, MALLOC_ARENA_MAX, MALLOC_TRIM_THRESHOLD_ } = MEMORY_SETTINGS;
    expect(read('deploy/Dockerfile')).toContain(
      `ENV NODE_OPTIONS="${NODE_OPTIONS}" MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX} MALLOC_TRIM_THRESHOLD_=${MALLOC_TRIM_THRESHOLD_}\n`,
    );
  });

  it('is built from a base of one exact version, the one that the tests use', () => {
    const bases = [...read('deploy/Dockerfile').matchAll(/^FROM (\S+)/gm)].map((match) => match[1]);
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { node: string } };
    expect(new Set(bases)).toEqual(new Set([`node:${devDependencies.node}-bookworm-slim`]));
  });

  it('copies only what exists in a checkout or a build', () => {
    const copied = [...read('deploy/Dockerfile').matchAll(/--from=build .*\/app\/(\S+) /g)].map(
      (match) => match[1] ?? '',
    );
    expect(copied).toEqual(['package.json', 'node_modules', 'prisma', 'dist', 'apps/dashboard/dist']);
    expect(existsSync(fileURLToPath(new URL('prisma/schema.prisma', root)))).toBe(true);
  });
});
