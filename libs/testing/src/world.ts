import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { Logger } from '@nestjs/common';
import { configFrom, Database, type Config, type DatabaseOptions } from '@breakwater/platform';
import type { MetricWindows } from '@breakwater/metrics';
import type { Notices } from '@breakwater/notifications';
import { MetricsStore } from '../../metrics/src/webhook-metrics/metrics.store.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { BreakerNoticesStore } from '../../notifications/src/breaker-notices/breaker-notices.store.js';
import { BreakerNotices } from '../../notifications/src/breaker-notices/breaker-notices.service.js';
import { NoticesStore } from '../../notifications/src/notices/notices.store.js';
import { OutboxNotices } from '../../notifications/src/notices/outbox-notices.service.js';
import type { ChatTransport } from '../../notifications/src/outbox/chat-transport.js';
import {
  NotificationOutbox,
  type OutboxOptions,
} from '../../notifications/src/outbox/notification-outbox.service.js';
import { NotificationStore } from '../../notifications/src/outbox/notification.store.js';
import {
  SmtpTransport,
  type SmtpOptions,
} from '../../notifications/src/outbox/smtp-transport.service.js';

/** Takes connections and says nothing. */
export async function startSilentServer(): Promise<{ url: string; close(): void }> {
  const sockets: { destroy(): unknown }[] = [];
  const server: Server = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

export interface Change {
  app: string;
  from?: string;
  to?: string;
  generation?: number;
  capability?: string;
  cause?: string;
  actor?: string;
  minutesAgo?: number;
}

/** A database and as many processes over it as a test wants. */
export class World {
  private readonly databases: Database[] = [];

  private constructor(
    private readonly test: TestDatabase,
    readonly database: Database,
  ) {}

  static async start(): Promise<World> {
    Logger.overrideLogger(false);
    const test = await createTestDatabase();
    return new World(test, new Database({ url: test.url, poolMax: 5 }));
  }

  async stop(): Promise<void> {
    await Promise.all([this.database, ...this.databases].map((database) => database.onApplicationShutdown()));
    await this.test.drop();
  }

  config(env: Record<string, string> = {}): Config {
    return configFrom({
      DATABASE_URL: this.test.url,
      ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
      PUBLIC_BASE_URL: 'https://breakwater.example',
      ADMIN_EMAILS: 'ops@platform.example,Boss@platform.example',
      ...env,
    });
  }

  /** One statement, as the owner of everything. */
  async asOwner(sql: string): Promise<void> {
    await this.test.run(sql);
  }

  /** Another process' view: a pool of its own. */
  node(options: Partial<DatabaseOptions> = {}): Database {
    const database = new Database({ url: this.test.url, poolMax: 8, ...options });
    this.databases.push(database);
    return database;
  }

  notices(env: Record<string, string> = {}): Notices {
    return new OutboxNotices(new NoticesStore(), this.config(env));
  }

  breakerNotices(env: Record<string, string> = {}, database = this.database): BreakerNotices {
    return new BreakerNotices(new BreakerNoticesStore(database), this.notices(env), this.config(env));
  }

  windows(database = this.database): MetricWindows {
    return new MetricsStore(database);
  }

  outbox(
    url: string | null,
    options: OutboxOptions &
      Omit<SmtpOptions, 'target'> & { database?: Database; chats?: ChatTransport } = {},
  ): NotificationOutbox {
    const target = url === null ? null : { url, from: 'Breakwater <breakwater@platform.example>' };
    const store = new NotificationStore(options.database ?? this.database);
    const mails = new SmtpTransport({ ...options, target });
    return new NotificationOutbox(store, mails, options.chats ?? null, options);
  }

  async app(id: string, options: { name?: string; owner?: string } = {}): Promise<void> {
    await this.database.pool.query(
      `INSERT INTO apps (id, name, owner_email, base_url, manifest_version) VALUES ($1, $2, $3, 'http://x', 1)`,
      [id, options.name ?? `App ${id}`, options.owner ?? `owner@${id}.example`],
    );
  }

  async capability(appId: string, capability: string): Promise<void> {
    await this.database.pool.query(
      `INSERT INTO endpoints (id, app_id, kind, capability, url, async)
       VALUES (gen_random_uuid(), $1, 'capability', $2, 'http://x', false)`,
      [appId, capability],
    );
  }

  async change(change: Change): Promise<void> {
    const {
      app,
      capability = 'quiz_answer',
      generation = 1,
      from = 'closed',
      to = 'open',
      cause = 'failures',
    } = change;
    await this.database.pool.query(
      `INSERT INTO circuit_breaker_transitions (app_id, capability, generation, from_state, to_state, cause, actor,
         failure_count, failing_since, last_reason, at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 5, now() - interval '2 hours', 'http 500', now() - make_interval(mins => $8))`,
      [app, capability, generation, from, to, cause, change.actor ?? null, change.minutesAgo ?? 0],
    );
  }

  async rows(where = 'true'): Promise<Record<string, unknown>[]> {
    const { rows } = await this.database.pool.query(`SELECT * FROM notifications WHERE ${where} ORDER BY id`);
    return rows as Record<string, unknown>[];
  }

  /** Makes every waiting mail due: the tests wait for no clock. */
  async makeDue(): Promise<void> {
    await this.database.pool.query(
      `UPDATE notifications SET next_attempt_at = now() WHERE status = 'pending'`,
    );
  }

  async clear(): Promise<void> {
    for (const table of [
      'notifications',
      'circuit_breaker_transitions',
      'webhook_dead_letter_queue',
      'idempotency_keys',
      'breaker_notices',
      'periodic_runs',
      'failure_notices',
    ]) {
      await this.database.pool.query(`DELETE FROM ${table}`);
    }
  }
}
