import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { inject } from 'vitest';
import { createTestDatabase, ownerPool } from '@breakwater/testing/database.js';
import { freePort } from '@breakwater/testing/free-port.js';
import { TestReceiver } from '@breakwater/testing/receiver.js';
import { HttpClient } from './http.js';
import { Role, spawnRole, startRole } from './roles.js';

export type Backend = 'Redis' | 'PostgreSQL';

/** The queue backends that are available here. */
export function backends(): Backend[] {
  return inject('redisUrl') ? ['Redis', 'PostgreSQL'] : ['PostgreSQL'];
}

export interface PlatformOptions {
  backend?: Backend;
  env?: Record<string, string>;
  /** Instead of a database on the test server. */
  databaseUrl?: string;
  redisUrl?: string;
}

/** An installation: one database, one receiver, any number of processes. */
export class Platform {
  readonly adminKey = newKey();
  readonly receiver = new TestReceiver();
  readonly roles: Role[] = [];
  readonly env: Record<string, string>;
  readonly db: pg.Pool;

  private constructor(
    databaseUrl: string,
    { backend = 'PostgreSQL', redisUrl = inject('redisUrl') ?? '', env }: PlatformOptions,
    private readonly drop: () => Promise<void>,
  ) {
    this.db = ownerPool(databaseUrl);
    this.env = {
      DATABASE_URL: databaseUrl,
      ...(backend === 'Redis' ? { REDIS_URL: redisUrl } : {}),
      QUEUE_PREFIX: `t${randomBytes(6).toString('hex')}`,
      ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      BREAKWATER_ADMIN_KEY: this.adminKey,
      OUTBOUND_ALLOW: '127.0.0.0/8',
      OUTBOUND_ALLOW_HTTP: 'true',
      DATABASE_POOL_MAX: '5',
      SWEEP_INTERVAL: '500',
      // Tests count calls: health checks are only for tests about them.
      APP_HEALTH_CHECK_INTERVAL: '86400000',
      BREAKER_HEALTH_INTERVAL: '86400000',
      // One notice for each change: grouping is only for tests about it.
      BREAKER_NOTICE_COOLDOWN: '0',
      // Tests send requests as fast as they can, all from one address: limits are only for tests about them.
      API_RATE_LIMIT_PER_MINUTE: '100000000',
      API_AUTH_FAILURES_PER_MINUTE: '100000000',
      API_SIGN_IN_FAILURES_PER_MINUTE: '100000000',
      ...env,
    };
  }

  static async start(options: PlatformOptions = {}): Promise<Platform> {
    const database = options.databaseUrl ? null : await createTestDatabase();
    const platform = new Platform(options.databaseUrl ?? database!.url, options, async () =>
      database?.drop(),
    );
    await platform.receiver.listen();
    return platform;
  }

  async api(env: Record<string, string> = {}): Promise<Role> {
    return this.run('api', { API_PORT: String(await freePort()), ...env });
  }

  async worker(env: Record<string, string> = {}): Promise<Role> {
    return this.run('worker', env);
  }

  /** A worker that kills itself, possibly before it is ready. */
  async doomedWorker(env: Record<string, string>): Promise<Role> {
    const role = spawnRole('worker', { ...this.env, ...env });
    this.roles.push(role);
    return role.readyOrEnded();
  }

  client(api: Role, key: string | undefined = this.adminKey): HttpClient {
    return new HttpClient(api.url, key);
  }

  /** Registers an app whose capabilities are paths of the receiver; `{}` is a sync one with all defaults. */
  async register(
    api: Role,
    webhooks: Record<string, object>,
    appId = `app-${randomBytes(4).toString('hex')}`,
  ): Promise<string> {
    const withUrls = Object.entries(webhooks).map(([name, webhook]) => [
      name,
      { url: `/${name}`, ...webhook },
    ]);
    const manifest = {
      name: 'Quiz',
      ownerEmail: 'owner@example.com',
      baseUrl: this.receiver.url,
      webhooks: Object.fromEntries(withUrls),
    };
    const { status, text } = await this.client(api).put(`/api/v1/admin/apps/${appId}/manifest`, manifest);
    if (status !== 200) throw new Error(`manifest refused: ${text}`);
    return appId;
  }

  /** Creates a key as an admin does. */
  async key(api: Role, request: object): Promise<string> {
    const { status, json, text } = await this.client(api).post('/api/v1/admin/api-keys', {
      name: 'test',
      ...request,
    });
    if (status !== 201) throw new Error(`key refused: ${text}`);
    return json.key as string;
  }

  async rows<T extends pg.QueryResultRow>(sql: string, ...values: unknown[]): Promise<T[]> {
    return (await this.db.query<T>(sql, values)).rows;
  }

  /** The number of deliveries by status. */
  async counts(): Promise<Record<string, number>> {
    const rows = await this.rows<{ status: string; count: number }>(
      'SELECT status, count(*)::int FROM deliveries GROUP BY status',
    );
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  }

  async stop(): Promise<void> {
    await Promise.all(this.roles.filter((role) => role.isRunning).map((role) => role.kill9()));
    await this.receiver.close();
    await this.db.end();
    await this.drop();
  }

  private async run(name: 'api' | 'worker', env: Record<string, string>): Promise<Role> {
    const role = await startRole(name, { ...this.env, ...env });
    this.roles.push(role);
    return role;
  }
}

export function newKey(): string {
  return `bw_${randomBytes(32).toString('base64url')}`;
}
