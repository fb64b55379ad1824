import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Chance, CryptoChance } from './chance/chance.service.js';
import { ClientAddresses } from './client-address/client-addresses.service.js';
import { Config, ConfigModule } from './config/index.js';
import { Database } from './database/database.service.js';
import { PrismaService } from './database/prisma.service.js';
import { openDatabase } from './database/replica.service.js';
import { HintBus } from './hints/hint-bus.service.js';
import { LoggingModule } from './logging/index.js';
import { PeriodicRuns } from './periodic/periodic-runs.service.js';
import { QueueModule, QueueShardsModule } from './queue/queue.module.js';
import { Readiness } from './readiness/readiness.service.js';
import { WorkCheck } from './readiness/work-check.service.js';
import { KeyGuard, SecretsModule } from './secrets/index.js';
import { MetricsServer } from './telemetry/metrics-server.service.js';
import { Telemetry } from './telemetry/telemetry.service.js';
import { Tracing } from './telemetry/tracing.service.js';

/** What every process has: its configuration, database, hints, queue and secrets. */
@Global()
@Module({
  imports: [SecretsModule, QueueModule],
  providers: [
    {
      provide: Database,
      inject: [Config],
      useFactory: (config: Config) => openDatabase(config.database),
    },
    PrismaService,
    ClientAddresses,
    { provide: Chance, useClass: CryptoChance },
    {
      provide: HintBus,
      inject: [Database, Config],
      useFactory: (database: Database, config: Config) => new HintBus(database, config.hints),
    },
    KeyGuard,
    PeriodicRuns,
    Readiness,
    Telemetry,
    { provide: Tracing, inject: [Config], useFactory: (config: Config) => Tracing.of(config) },
    WorkCheck,
    MetricsServer,
  ],
  exports: [
    Chance,
    ClientAddresses,
    Database,
    PrismaService,
    HintBus,
    PeriodicRuns,
    Readiness,
    SecretsModule,
    Telemetry,
    Tracing,
    QueueModule,
  ],
})
export class PlatformModule {
  /** With the configuration and the logs of a whole process. */
  static forRoot(config: Config): DynamicModule {
    return {
      module: PlatformModule,
      imports: [ConfigModule.forRoot(config), LoggingModule.forRoot(), QueueShardsModule.forRoot(config)],
    };
  }
}
