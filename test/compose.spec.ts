import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '@breakwater/platform';
import { afterAll, describe, expect, it } from 'vitest';
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
  mem_limit?: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  logging?: { driver: string; options: Record<string, string> };
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
  'build cap_drop command depends_on deploy environment healthcheck image init logging mem_limit pids_limit ports read_only restart security_opt shm_size stop_grace_period volumes';

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

/** What deploy/compose-secrets.sh writes. */
const SECRETS = {
  POSTGRES_PASSWORD: 'one',
  POSTGRES_RUNTIME_PASSWORD: 'two',
  REDIS_PASSWORD: 'three',
  ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
};

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
    const parsed = parseConfig(environmentOf(service, SECRETS));
    expect(parsed).toMatchObject({
      ok: true,
      config: { api: { host: '0.0.0.0', port: 3000 }, database: {}, retry: {} },
    });
    if (parsed.ok) {
      expect(parsed.config.redis).toMatchObject({ url: 'redis://:three@redis:6379' });
      expect(parsed.config.smtp?.url).toBe('smtp://mail:1025');
    }
  });

  it.each(Object.keys(SECRETS))('has no default for %s', (name) => {
    const texts = services.flatMap(([, { environment, command }]) => [
      ...Object.values(environment ?? {}),
      ...(command ?? []),
    ]);
    const used = texts.map(String).filter((text) => text.includes(`\${${name}`));
    expect(used.length).toBeGreaterThan(0);
    for (const text of used)
      expect(() => interpolate(text, { ...SECRETS, [name]: '' })).toThrow(
        `${name}: run sh deploy/compose-secrets.sh`,
      );
  });

  it('lets the owner of the tables log in for the migration only', () => {
    for (const [name, service] of ours)
      expect(Object.keys(service.environment!).includes('DATABASE_OWNER_URL')).toBe(name === 'migrate');
  });

  it.each(services)(
    '%s has a limit for memory and logs that do not fill the disk, and gains no rights',
    (_, service) => {
      expect(service.mem_limit).toMatch(/^\d+[mg]$/);
      expect(service.logging).toEqual({
        driver: 'json-file',
        options: { 'max-size': '10m', 'max-file': '5' },
      });
      expect(service.security_opt).toEqual(['no-new-privileges:true']);
    },
  );

  it.each(ours)('%s writes nothing and has no right', (_, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  });

  it.each(['api', 'worker'])('asks %s whether it is ready', (name) => {
    const { environment, healthcheck } = file.services[name]!;
    const port = { api: 'API_PORT', worker: 'METRICS_PORT' }[name]!;
    expect(healthcheck?.test.at(-1)).toContain(`http://127.0.0.1:${environment![port]}/readyz`);
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
    const [program, ...options] = file.services['redis']!.command!;
    expect(program).toBe('redis-server');
    expect(options.join(' ')).toContain('--maxmemory 256mb --maxmemory-policy noeviction --appendonly yes');
  });
});

describe('deploy/compose-secrets.sh', () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-compose-'));
  const script = fileURLToPath(new URL('deploy/compose-secrets.sh', root));
  const run = (): string => execFileSync('sh', [script], { cwd: folder, encoding: 'utf8' });
  const made = (): string => readFileSync(join(folder, '.env.compose'), 'utf8');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('makes what docker-compose.yml needs, for nobody else to read, and never changes it', () => {
    expect(run()).toBe('.env.compose was made\n');
    const first = made();
    const values = Object.fromEntries(
      first
        .trim()
        .split('\n')
        .map((line) => /^(\w+)=(.*)$/.exec(line)!.slice(1)),
    );
    expect(Object.keys(values)).toEqual(Object.keys(SECRETS));
    expect(new Set(Object.values(values)).size).toBe(4);
    for (const [, service] of ours) expect(parseConfig(environmentOf(service, values)).ok).toBe(true);
    expect(statSync(join(folder, '.env.compose')).mode & 0o777).toBe(0o600);
    expect(run()).toBe('.env.compose exists, nothing was changed\n');
    expect(made()).toBe(first);
  });
});

describe('the image', () => {
  it('does not run as root, by a number that Kubernetes can check', () => {
    expect(
      read('deploy/Dockerfile')
        .split(/^FROM /m)
        .at(-1),
    ).toMatch(/^USER 1000$/m);
  });

  it('gives a process the same memory as the benchmarks', () => {
    const { NODE_OPTIONS, MALLOC_ARENA_MAX, MALLOC_TRIM_THRESHOLD_ } = MEMORY_SETTINGS;
    expect(read('deploy/Dockerfile')).toContain(
      `ENV NODE_OPTIONS="${NODE_OPTIONS}" MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX} MALLOC_TRIM_THRESHOLD_=${MALLOC_TRIM_THRESHOLD_}\n`,
    );
  });

  it('is built with Node of one exact version, the one that the tests use, on the same Debian', () => {
    const bases = [...read('deploy/Dockerfile').matchAll(/^FROM (\S+)/gm)].map((match) => match[1]);
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { node: string } };
    expect(bases).toEqual([`node:${devDependencies.node}-bookworm-slim`, 'debian:bookworm-slim']);
  });
});
