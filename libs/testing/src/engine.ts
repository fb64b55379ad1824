import { randomBytes } from 'node:crypto';
import { Module, type Abstract, type LoggerService, type Provider, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { BulkModule } from '@breakwater/bulk';
import { ConformanceModule } from '@breakwater/conformance';
import { DelegationModule } from '@breakwater/delegation';
import { AcceptDelivery, AttemptDelivery, DeliveryModule, Sweeper } from '@breakwater/delivery';
import { DoctorWorkerModule } from '@breakwater/doctor';
import { EventsModule } from '@breakwater/events';
import { InboundModule } from '@breakwater/inbound';
import {
  EndpointDirectory,
  ManifestModule,
  ManifestRegistry,
  type ResolvedEndpoint,
} from '@breakwater/manifest';
import {
  Config,
  ConfigModule,
  HintBus,
  newId,
  PlatformModule,
  WakeUpQueue,
  type Env,
} from '@breakwater/platform';
import { WebhookClientModule } from '@breakwater/webhook-client';
import { DeliveriesProcessor } from '../../../apps/worker/src/deliveries.processor.js';
import { PeriodicRunner } from '../../../apps/worker/src/periodic-runner.service.js';
import { schedules } from '../../../apps/worker/src/schedules.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { TestReceiver } from './receiver.js';
import { newEncryptionKey, World } from './world.js';

export interface EngineOptions {
  env?: Env;
  /** Takes wake-ups with the worker's own processor; false leaves them in the queue. */
  consume?: boolean;
  /** Sweeps and fans out with the worker's table of periodic work. */
  sweep?: boolean;
  /** Providers in addition to the application's own, for example a plug-in fallback. */
  plugins?: Provider[];
  /** Providers that replace the application's own. */
  replace?: { token: Abstract<unknown> | Type; by: unknown }[];
}

/** One process of the platform, inside this one: accepts deliveries, and works like a worker. */
export interface Engine {
  get<T>(token: Type<T> | Abstract<T>): T;
  attempt: AttemptDelivery;
  sweeper: Sweeper;
  queue: WakeUpQueue;
  /** Attempts executed so far, whatever their result. */
  handled(): number;
  stop(): Promise<void>;
}

export interface LogLine {
  level: 'debug' | 'log' | 'warn' | 'error';
  /** What was logged: a text, or an object with `msg`. */
  said: unknown;
}

const logs: LogLine[] = [];
const logger: LoggerService = {
  debug: taking('debug'),
  log: taking('log'),
  warn: taking('warn'),
  error: taking('error'),
};

/** A world in which deliveries are made: a receiver, and engines that share one queue. */
export class EngineWorld extends World {
  readonly receiver = new TestReceiver();
  readonly queuePrefix = `t${randomBytes(6).toString('hex')}`;
  /** Logs of all engines of this spec file: Nest has one logger for all. */
  readonly logs = logs;
  /** The first one. */
  engine!: Engine;

  constructor(
    test: TestDatabase,
    readonly redisUrl: string | null,
  ) {
    super(test, {
      ENCRYPTION_KEYS: newEncryptionKey(),
      OUTBOUND_ALLOW: '127.0.0.0/8',
      OUTBOUND_ALLOW_HTTP: 'true',
      SWEEP_INTERVAL: '500',
    });
    this.endsWith(() => this.receiver.close());
  }

  async startEngine(options: EngineOptions = {}): Promise<Engine> {
    const queue = { QUEUE_PREFIX: this.queuePrefix, ...(this.redisUrl ? { REDIS_URL: this.redisUrl } : {}) };
    const engine = await start(this.config({ ...queue, ...options.env }), options);
    this.endsWith(() => engine.stop());
    return engine;
  }

  /** A new app with these webhooks and subscriptions. */
  async register(
    webhooks: Record<string, object>,
    subscriptions: Record<string, object> = {},
    appId = `app-${newId()}`,
  ): Promise<{ appId: string; signingSecret: string }> {
    const about = { name: 'Quiz', ownerEmail: 'owner@example.com', baseUrl: this.receiver.url };
    const document = { ...about, webhooks, subscriptions };
    const { signingSecret } = await this.engine.get(ManifestRegistry).register(appId, document, 'test');
    return { appId, signingSecret: signingSecret! };
  }

  async endpoint(appId: string, capability: string): Promise<ResolvedEndpoint> {
    return (await this.engine.get(EndpointDirectory).find(appId, capability))!;
  }

  async accept(
    appId: string,
    capability: string,
    body: string | Buffer = '{}',
    idempotencyKey?: string,
  ): Promise<string> {
    const { deliveryId } = await this.engine.get(AcceptDelivery).accept({
      endpoint: await this.endpoint(appId, capability),
      kind: 'invocation',
      requestId: newId(),
      body: Buffer.from(body),
      contentType: 'application/json',
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
    return deliveryId;
  }

  async delivery(id: string): Promise<Record<string, unknown>> {
    return (await this.rows('SELECT * FROM deliveries WHERE id = $1', id))[0]!;
  }

  async attempts(id: string): Promise<Record<string, unknown>[]> {
    return this.rows('SELECT * FROM attempts WHERE delivery_id = $1 ORDER BY number', id);
  }
}

/** A world with its first engine. Without `redisUrl` the queue is in PostgreSQL. */
export async function startWorld({
  redisUrl,
  ...options
}: { redisUrl: string | null } & EngineOptions): Promise<EngineWorld> {
  const world = new EngineWorld(await createTestDatabase(), redisUrl);
  await world.receiver.listen();
  world.engine = await world.startEngine(options);
  return world;
}

async function start(config: Config, options: EngineOptions): Promise<Engine> {
  const { consume = true, sweep = true, plugins = [], replace = [] } = options;
  @Module({
    imports: [DeliveryModule, DoctorWorkerModule, EventsModule, BulkModule],
    providers: [...plugins, periodicWork(sweep), ...(consume ? [DeliveriesProcessor] : [])],
  })
  class Worker {}
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
      EventsModule,
      InboundModule,
      BulkModule,
      DelegationModule,
      ConformanceModule,
      Worker,
    ],
  });
  for (const { token, by } of replace) building.overrideProvider(token).useValue(by);
  const module = await building.setLogger(logger).compile();
  const get: Engine['get'] = (token) => module.get(token, { strict: false });
  const attempt = get(AttemptDelivery);
  const handled = counted(attempt);
  await module.init();
  const queue = get(WakeUpQueue);
  await queue.waitUntilReady();
  const processor = consume ? get(DeliveriesProcessor) : null;
  await processor?.worker.waitUntilReady();
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    // Like a worker without any time to stop.
    const drained = processor?.drain(0);
    attempt.abort();
    await Promise.all([drained, get(PeriodicRunner).stop()]);
    await queue.close();
    await module.close();
  };
  return { get, attempt, sweeper: get(Sweeper), queue, handled, stop: () => (stopped ??= stop()) };
}

/** The worker's periodic work, reduced to the sweep and what fans events out, or to nothing. */
function periodicWork(sweep: boolean): Provider {
  return {
    provide: PeriodicRunner,
    inject: [Config, HintBus, ModuleRef],
    useFactory: (config: Config, hints: HintBus, modules: ModuleRef) => {
      const table = schedules(config, (type) => modules.get(type, { strict: false }));
      const own = table.filter(({ name }) => sweep && ['sweep', 'fan-out', 'held-events'].includes(name));
      return new PeriodicRunner(own, hints, new SchedulerRegistry());
    },
  };
}

/** @returns how much work it has done so far */
function counted(attempt: AttemptDelivery): () => number {
  let count = 0;
  const execute = attempt.execute.bind(attempt);
  attempt.execute = async (work) => {
    const report = await execute(work);
    count++;
    return report;
  };
  return () => count;
}

function taking(level: LogLine['level']): (said: unknown) => void {
  return (said) => void logs.push({ level, said });
}
