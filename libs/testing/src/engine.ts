import { randomBytes } from 'node:crypto';
import { Module, type Abstract, type LoggerService, type Provider, type Type } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { DelegationModule } from '@breakwater/delegation';
import { AcceptDelivery, AttemptDelivery, DeliveryModule, Sweeper } from '@breakwater/delivery';
import {
  EndpointDirectory,
  ManifestModule,
  ManifestRegistry,
  type ResolvedEndpoint,
} from '@breakwater/manifest';
import {
  Config,
  configFrom,
  ConfigModule,
  HintBus,
  newId,
  PlatformModule,
  WakeUpQueue,
  type Env,
  type Work,
} from '@breakwater/platform';
import { WebhookClientModule } from '@breakwater/webhook-client';
import type pg from 'pg';
import { PeriodicRunner } from '../../../apps/worker/src/periodic-runner.service.js';
import { schedules } from '../../../apps/worker/src/schedules.js';
import { createTestDatabase, ownerPool } from './database.js';
import { TestReceiver } from './receiver.js';
import { WakeUpProcessor } from './wake-ups.js';

export interface EngineOptions {
  env?: Env;
  /** Takes wake-ups as a worker does; false leaves them lying. */
  consume?: boolean;
  /** Sweeps by the worker's table of periodic work. */
  sweep?: boolean;
  /** Providers beside the application's own, a plugged-in fallback for example. */
  plugins?: Provider[];
  /** Providers put in the place of the application's own. */
  replace?: { token: Abstract<unknown> | Type; by: unknown }[];
}

/** One process of the platform, in this one: accepts, and works as a worker does. */
export interface Engine {
  get<T>(token: Type<T> | Abstract<T>): T;
  attempt: AttemptDelivery;
  sweeper: Sweeper;
  queue: WakeUpQueue;
  /** Wake-ups handled so far. */
  handled(): number;
  stop(): Promise<void>;
}

export interface LogLine {
  level: 'debug' | 'log' | 'warn' | 'error';
  /** What was logged: a text, or an object with `msg`. */
  said: unknown;
}

export interface World {
  engine: Engine;
  /** What all engines of this spec file logged: Nest has one logger for all. */
  logs: LogLine[];
  receiver: TestReceiver;
  redisUrl: string | null;
  queuePrefix: string;
  /** As the owner: sees and may do everything. */
  db: pg.Pool;
  startEngine(options?: EngineOptions): Promise<Engine>;
  /** A new app with these webhooks. */
  register(webhooks: Record<string, object>): Promise<{ appId: string; signingSecret: string }>;
  endpoint(appId: string, capability: string): Promise<ResolvedEndpoint>;
  accept(appId: string, capability: string, body?: string | Buffer, key?: string): Promise<string>;
  rows<T extends pg.QueryResultRow>(sql: string, ...values: unknown[]): Promise<T[]>;
  delivery(id: string): Promise<Record<string, unknown>>;
  attempts(id: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

const logs: LogLine[] = [];
const logger: LoggerService = {
  debug: taking('debug'),
  log: taking('log'),
  warn: taking('warn'),
  error: taking('error'),
};

/** A database of its own, a receiver, and engines over both queue backends. Without `redisUrl` PostgreSQL queues. */
export async function startWorld({
  redisUrl,
  ...first
}: { redisUrl: string | null } & EngineOptions): Promise<World> {
  const database = await createTestDatabase();
  const receiver = await new TestReceiver().listen();
  const queuePrefix = `t${randomBytes(6).toString('hex')}`;
  const base: Env = {
    DATABASE_URL: database.url,
    ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    OUTBOUND_ALLOW: '127.0.0.0/8',
    OUTBOUND_ALLOW_HTTP: 'true',
    QUEUE_PREFIX: queuePrefix,
    SWEEP_INTERVAL: '500',
    ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
  };
  const engines: Engine[] = [];
  const startEngine = async (options: EngineOptions = {}): Promise<Engine> => {
    const engine = await start(configFrom({ ...base, ...options.env }), options);
    engines.push(engine);
    return engine;
  };
  const engine = await startEngine(first);
  const db = ownerPool(database.url, 3);
  db.on('error', () => undefined);
  const rows: World['rows'] = async (sql, ...values) => (await db.query(sql, values)).rows;
  const endpoint: World['endpoint'] = async (appId, capability) =>
    (await engine.get(EndpointDirectory).find(appId, capability))!;
  return {
    engine,
    logs,
    receiver,
    redisUrl,
    queuePrefix,
    db,
    startEngine,
    rows,
    endpoint,
    register: async (webhooks) => {
      const appId = `app-${newId()}`;
      const document = { name: 'Quiz', ownerEmail: 'owner@example.com', baseUrl: receiver.url, webhooks };
      const { signingSecret } = await engine.get(ManifestRegistry).register(appId, document, 'test');
      return { appId, signingSecret: signingSecret! };
    },
    accept: async (appId, capability, body = '{}', idempotencyKey) => {
      const { deliveryId } = await engine.get(AcceptDelivery).accept({
        endpoint: await endpoint(appId, capability),
        kind: 'invocation',
        requestId: newId(),
        body: Buffer.from(body),
        contentType: 'application/json',
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      });
      return deliveryId;
    },
    delivery: async (id) => (await rows('SELECT * FROM deliveries WHERE id = $1', id))[0]!,
    attempts: (id) => rows('SELECT * FROM attempts WHERE delivery_id = $1 ORDER BY number', id),
    stop: async () => {
      await Promise.all(engines.map((each) => each.stop()));
      await receiver.close();
      await db.end();
      await database.drop();
    },
  };
}

async function start(config: Config, options: EngineOptions): Promise<Engine> {
  const { consume = true, sweep = true, plugins = [], replace = [] } = options;
  @Module({ providers: consume ? [...plugins, WakeUpProcessor] : plugins })
  class Plugins {}
  const building = Test.createTestingModule({
    imports: [
      ConfigModule.forRoot(config),
      PlatformModule,
      WebhookClientModule.forRoot({
        allow: [...config.outbound.allow],
        allowHttp: config.outbound.allowHttp,
        dnsServers: [],
        legacySignatureHeaders: config.outbound.legacySignatureHeaders,
        userAgent: 'Breakwater/test',
        maxConnectionsPerOrigin: config.outbound.maxConnectionsPerOrigin,
        maxOrigins: config.outbound.maxOrigins,
      }),
      ManifestModule,
      DeliveryModule,
      DelegationModule,
      Plugins,
    ],
  });
  for (const { token, by } of replace) building.overrideProvider(token).useValue(by);
  const module = await building.setLogger(logger).compile();
  await module.init();
  const attempt = module.get(AttemptDelivery, { strict: false });
  const sweeper = module.get(Sweeper, { strict: false });
  const queue = module.get(WakeUpQueue, { strict: false });
  let handled = 0;
  await queue.waitUntilReady();
  if (consume) {
    const { worker } = module.get(WakeUpProcessor, { strict: false });
    const handle = async (work: Work): Promise<void> => {
      await attempt.execute(work);
      handled++;
    };
    queue.consume(worker, handle, config.queue.concurrency);
    await worker.waitUntilReady();
  }
  const get: Engine['get'] = (token) => module.get(token, { strict: false });
  const table = schedules(config, get).filter(({ name }) => sweep && name === 'sweep');
  const periodic = new PeriodicRunner(table, get(HintBus), new SchedulerRegistry());
  periodic.onApplicationBootstrap();
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const ended = periodic.stop();
    const consumed = queue.stopConsuming();
    attempt.abort();
    await Promise.all([consumed, ended]);
    await queue.close();
    await module.close();
  };
  return {
    get,
    attempt,
    sweeper,
    queue,
    handled: () => handled,
    stop: () => (stopped ??= stop()),
  };
}

function taking(level: LogLine['level']): (said: unknown) => void {
  return (said) => void logs.push({ level, said });
}
