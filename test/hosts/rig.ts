import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import pg from 'pg';
import { root } from '@breakwater/testing/build.js';
import { eventually } from '@breakwater/testing/eventually.js';
import { TestReceiver } from '@breakwater/testing/receiver.js';
import { factsOf } from '../chaos/facts.js';
import { violations } from '../chaos/invariants.js';
import { HttpClient } from '../support/http.js';
import { newKey } from '../support/platform.js';
import { spawnRole, type Role } from '../support/roles.js';
import { clear, clearLeftovers, prefixOf } from './clear.js';
import type { Door } from './door.js';
import { Host } from './host.js';
import { addressOf, HOSTS, Network, run, SUBNET, type HostName } from './network.js';
import {
  PASSWORDS,
  PORTS,
  SENTINEL_NAME,
  startEtcd,
  startPatroni,
  startRedis,
  startSentinel,
} from './servers.js';

export type Api = 'api1' | 'api2';
export type Worker = 'worker1' | 'worker2';
export type Postgres = 'postgres1' | 'postgres2';
export type RedisHost = 'redis1' | 'redis2';
export const APIS: readonly Api[] = ['api1', 'api2'];
export const WORKERS: readonly Worker[] = ['worker1', 'worker2'];
export const POSTGRESES: readonly Postgres[] = ['postgres1', 'postgres2'];
export const REDISES: readonly RedisHost[] = ['redis1', 'redis2'];
export const QUORUM = ['quorum1', 'quorum2', 'quorum3'] as const;

const DATABASE = 'breakwater';
const API_PORT = 3000;
const RECEIVER_PORT = 8080;
const DOOR_PROGRAM = fileURLToPath(new URL('door.ts', import.meta.url));
const GUARD_PROGRAM = fileURLToPath(new URL('clear.ts', import.meta.url));
/** PostgreSQL's sockets are named by a port. */
const SOCKET_PORT: Record<Postgres, number> = { postgres1: 5001, postgres2: 5002 };
const ASK_MS = 2_000;

/** What an operator sets, and settings that keep a test from counting something else. */
const SETTINGS = {
  OUTBOUND_ALLOW: SUBNET,
  OUTBOUND_ALLOW_HTTP: 'true',
  APP_HEALTH_CHECK_INTERVAL: '86400000',
  BREAKER_HEALTH_INTERVAL: '86400000',
  WEBHOOK_METRICS_INTERVAL: '1000',
  API_RATE_LIMIT_PER_MINUTE: '100000000',
  API_AUTH_FAILURES_PER_MINUTE: '100000000',
};

interface Member {
  name: Postgres;
  role: string;
  state: string;
}

/**
 * Two apis, two workers, PostgreSQL with a standby under Patroni, Redis with a replica under three Sentinels, and a
 * receiver, each on a host of its own.
 */
export class Rig {
  readonly receiver = new TestReceiver();
  /** Digest of each body that was accepted with a 202, by delivery. */
  readonly accepted = new Map<string, string>();
  readonly roles = new Map<HostName, Role>();
  /** Processes that ended by themselves: none should. */
  readonly endings: string[] = [];
  private readonly hosts: ReadonlyMap<HostName, Host>;
  private readonly pools: ReadonlyMap<Postgres, pg.Pool>;
  private readonly env: Record<string, string>;
  private readonly adminKey = newKey();
  private readonly guard: ChildProcess;

  private constructor(
    private readonly prefix: string,
    private readonly folder: string,
    readonly network: Network,
  ) {
    this.guard = spawn(process.execPath, [GUARD_PROGRAM, prefix], {
      env: { PATH: process.env['PATH'], TMPDIR: tmpdir() },
      detached: true,
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    this.guard.unref();
    (this.guard.stdin as Socket).unref();
    this.hosts = new Map(HOSTS.map((name) => [name, new Host(name, network, folder)]));
    this.pools = new Map(POSTGRESES.map((name) => [name, this.poolOf(name)]));
    this.env = {
      ...SETTINGS,
      DATABASE_URL: this.databaseUrl,
      REDIS_SENTINELS: QUORUM.map((name) => `${addressOf(name)}:${PORTS.sentinel}`).join(),
      REDIS_SENTINEL_NAME: SENTINEL_NAME,
      ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      BREAKWATER_ADMIN_KEY: this.adminKey,
    };
  }

  static async start(): Promise<Rig> {
    clearLeftovers();
    const prefix = prefixOf(process.pid);
    const folder = mkdtempSync(join(tmpdir(), prefix));
    // PostgreSQL's user has a folder in it.
    chmodSync(folder, 0o755);
    const rig = new Rig(prefix, folder, new Network(prefix));
    try {
      await rig.build();
    } catch (error) {
      await rig.stop();
      throw error;
    }
    return rig;
  }

  get databaseUrl(): string {
    const hosts = POSTGRESES.map((name) => `${addressOf(name)}:${PORTS.postgres}`).join();
    return `postgresql://breakwater:${PASSWORDS.breakwater}@${hosts}/${DATABASE}?target_session_attrs=read-write`;
  }

  host(name: HostName): Host {
    return this.hosts.get(name)!;
  }

  client(api: Api): HttpClient {
    return new HttpClient(`http://${addressOf(api)}:${API_PORT}`, this.adminKey, this.socket(api));
  }

  /** Registers an app with these capabilities at the receiver. @returns its id */
  async register(webhooks: Record<string, object>): Promise<string> {
    const appId = `app-${randomBytes(4).toString('hex')}`;
    const manifest = {
      name: 'Quiz',
      ownerEmail: 'owner@example.com',
      baseUrl: `http://${addressOf('receiver')}:${RECEIVER_PORT}`,
      webhooks,
    };
    const { status, text } = await this.client('api1').put(`/api/v1/admin/apps/${appId}/manifest`, manifest);
    if (status !== 200) throw new Error(`manifest refused: ${text}`);
    return appId;
  }

  /** The rows of one statement from the server that takes writes. */
  async rows<Row extends pg.QueryResultRow>(sql: string, ...values: unknown[]): Promise<Row[]> {
    const name = await eventually(() => this.primary(), { limitMs: 60_000, what: 'a primary' });
    return (await this.pools.get(name)!.query<Row>(sql, values)).rows;
  }

  /** The server that is no standby; null while there is none. */
  async primary(): Promise<Postgres | null> {
    const answers = POSTGRESES.map(async (name) => {
      const { rows } = await this.pools
        .get(name)!
        .query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
      if (rows[0]?.standby !== false) throw new Error(`${name} is a standby`);
      return name;
    });
    return Promise.any(answers).catch(() => null);
  }

  /** Whether a server commits, waiting for its standby if it must. */
  async takesWrites(name: Postgres): Promise<boolean> {
    const client = new pg.Client(this.login(name, 'postgres'));
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('INSERT INTO writes DEFAULT VALUES');
      return true;
    } catch {
      return false;
    } finally {
      client.end().catch(() => undefined);
    }
  }

  /** The leader and its synchronous standby, as Patroni sees them. */
  async members(): Promise<Member[]> {
    const answers = POSTGRESES.map(async (name) => {
      const client = new HttpClient('http://patroni', undefined, this.socket(`${name}-patroni`));
      return (await client.get('/cluster', { limitMs: ASK_MS })).json.members as Member[];
    });
    return Promise.any(answers);
  }

  async switchOver(): Promise<void> {
    const leader = await eventually(() => this.primary(), { what: 'a primary' });
    const candidate = otherOf(POSTGRESES, leader);
    const client = new HttpClient('http://patroni', undefined, this.socket(`${leader}-patroni`));
    const { status, text } = await client.post('/switchover', { leader, candidate }, { limitMs: 60_000 });
    if (status !== 200) throw new Error(`no switch-over: ${status} ${text}`);
  }

  /** The Redis that is no replica; null while there is none. */
  async redisPrimary(): Promise<RedisHost | null> {
    const answers = REDISES.map(async (name) => {
      if ((await this.askRedis(name, 'ROLE'))[0] !== 'master') throw new Error(`${name} is a replica`);
      return name;
    });
    return Promise.any(answers).catch(() => null);
  }

  /** Patroni has a leader with a synchronous standby, and Redis a primary with a replica. */
  async hasStandbys(): Promise<boolean> {
    const roles = (await this.members()).filter(({ state }) => ['running', 'streaming'].includes(state));
    const redis = await this.redisPrimary();
    if (redis === null) return false;
    const [role, , , link] = await this.askRedis(otherOf(REDISES, redis), 'ROLE');
    return (
      role === 'slave' &&
      link === 'connected' &&
      ['leader', 'sync_standby'].every((each) => roles.some((member) => member.role === each))
    );
  }

  /** What an api says about its parts. */
  async readiness(api: Api): Promise<{ status: number; parts: string[] }> {
    const { status, json } = await this.client(api).get('/readyz', { limitMs: 5_000 });
    const details = (json?.details ?? {}) as Record<string, { status: string }>;
    return { status, parts: Object.values(details).map((part) => part.status) };
  }

  /** @returns the broken promises of docs/reference/guarantees.md */
  async violations(): Promise<string[]> {
    const statistics = (await this.client('api1').get('/api/v1/admin/queue/statistics')).json;
    const facts = await factsOf({
      rows: (sql, ...values) => this.rows(sql, ...values),
      accepted: this.accepted,
      calls: this.receiver.calls,
      syncPaths: new Set(),
      receivedMails: new Set(),
      mailRecipients: null,
      probesOf: () => [],
      statistics,
    });
    return violations(facts);
  }

  /** The last lines of each log, for a failure. */
  story(lines = 30): string {
    const tail = (text: string): string => text.trimEnd().split('\n').slice(-lines).join('\n');
    const tails = [...this.roles].map(([name, { output }]) => `== ${name}\n${tail(output)}`);
    return [...this.endings, ...tails].join('\n');
  }

  async stop(): Promise<void> {
    for (const pool of this.pools.values()) pool.end().catch(() => undefined);
    this.network.stop();
    clear(this.prefix);
    await this.receiver.close();
    this.guard.stdin?.end();
  }

  private async build(): Promise<void> {
    await this.network.start();
    await this.receiver.listen(this.socket('receiver'));
    await Promise.all([this.openDoors(), this.startDatabase(), this.startRedises()]);
    await this.runProcesses();
  }

  private async openDoors(): Promise<void> {
    const out = (socket: string, host: HostName, port: number): Door => ({
      listen: { path: this.socket(socket) },
      to: { host: addressOf(host), port },
    });
    await this.open('client', [
      ...APIS.map((name) => out(name, name, API_PORT)),
      ...POSTGRESES.map((name) => out(`.s.PGSQL.${SOCKET_PORT[name]}`, name, PORTS.postgres)),
      ...POSTGRESES.map((name) => out(`${name}-patroni`, name, PORTS.patroni)),
      ...REDISES.map((name) => out(name, name, PORTS.redis)),
    ]);
    await this.open('receiver', [
      {
        listen: { host: addressOf('receiver'), port: RECEIVER_PORT },
        to: { path: this.socket('receiver') },
      },
    ]);
  }

  private async open(name: HostName, doors: Door[]): Promise<void> {
    const host = this.host(name);
    await host.serve(async () => {
      host.run({ label: 'doors', command: [process.execPath, DOOR_PROGRAM, JSON.stringify(doors)] });
      await host.says('doors', 'open\n');
    });
  }

  private async startDatabase(): Promise<void> {
    const quorum = QUORUM.map((name) => this.host(name));
    for (const host of quorum) await host.serve(() => startEtcd(host, quorum, this.folder));
    for (const name of POSTGRESES) {
      const host = this.host(name);
      await host.serve(() => startPatroni(host, quorum, this.folder));
    }
    const leaderOfBoth = async (): Promise<Postgres | undefined> => {
      const members = await this.members();
      const isFollowed = members.some(({ role }) => role === 'sync_standby');
      return isFollowed ? members.find(({ role }) => role === 'leader')?.name : undefined;
    };
    const leader = await eventually(leaderOfBoth, {
      limitMs: 90_000,
      everyMs: 200,
      what: 'a leader and its standby',
    }).catch((error: unknown) => {
      const logs = POSTGRESES.map((name) => run('tail', ['-n', '30', this.host(name).logFile('patroni')]));
      throw new Error(logs.join('\n'), { cause: error });
    });
    const client = new pg.Client(this.login(leader, 'postgres'));
    await client.connect();
    await client.query('CREATE TABLE writes (at timestamptz DEFAULT now())');
    await client.query(`CREATE ROLE breakwater LOGIN CREATEROLE PASSWORD '${PASSWORDS.breakwater}'`);
    await client.query(`CREATE DATABASE ${DATABASE} OWNER breakwater`);
    await client.end();
  }

  private async startRedises(): Promise<void> {
    const primary = this.host('redis1');
    for (const name of REDISES) {
      const host = this.host(name);
      await host.serve(() => startRedis(host, name === 'redis1' ? null : primary, this.folder));
    }
    await primary.says('redis', 'Ready to accept connections');
    for (const name of QUORUM) {
      const host = this.host(name);
      await host.serve(() => startSentinel(host, primary, this.folder));
    }
  }

  private async runProcesses(): Promise<void> {
    const migration = [
      ...this.host('client').entry,
      process.execPath,
      join(root, 'dist/apps/standalone/src/migrate.js'),
    ];
    run('env', migration, { PATH: process.env['PATH'], DATABASE_URL: this.env['DATABASE_URL'] });
    await Promise.all([
      ...APIS.map((name) => this.runRole(name, 'api')),
      ...WORKERS.map((name) => this.runRole(name, 'worker')),
    ]);
  }

  private async runRole(name: HostName, role: 'api' | 'worker'): Promise<void> {
    const host = this.host(name);
    await host.serve(async () => {
      const env = { ...this.env, API_HOST: host.address, API_PORT: String(API_PORT) };
      const started = spawnRole(role, env, [], host.entry);
      this.roles.set(name, started);
      void this.watch(name, started);
      await started.ready();
    });
  }

  private async watch(name: HostName, role: Role): Promise<void> {
    const { code, signal } = await role.end();
    // The rig kills by SIGKILL.
    if (signal !== 'SIGKILL') this.endings.push(`${name} ended by itself with ${code ?? signal}`);
  }

  private socket(name: string): string {
    return join(this.folder, name);
  }

  private login(name: Postgres, database: string): pg.ClientConfig {
    return {
      host: this.folder,
      port: SOCKET_PORT[name],
      user: 'postgres',
      password: PASSWORDS.postgres,
      database,
      connectionTimeoutMillis: ASK_MS,
      query_timeout: ASK_MS,
    };
  }

  private poolOf(name: Postgres): pg.Pool {
    const pool = new pg.Pool({ ...this.login(name, DATABASE), query_timeout: 20_000, max: 3 });
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    return pool;
  }

  private async askRedis(name: RedisHost, command: string): Promise<unknown[]> {
    const redis = new Redis({
      path: this.socket(name),
      commandTimeout: ASK_MS,
      connectTimeout: ASK_MS,
      retryStrategy: null,
    });
    redis.on('error', () => undefined);
    try {
      return (await redis.call(command)) as unknown[];
    } finally {
      redis.disconnect();
    }
  }
}

/** The other one of two. */
export function otherOf<T>(pair: readonly T[], one: T): T {
  return pair.find((each) => each !== one)!;
}
