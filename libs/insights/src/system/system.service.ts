import { Injectable } from '@nestjs/common';
import { Config, shownSettings, type ShownSetting } from '@breakwater/platform';
import { commitOf, PRODUCT_VERSION } from '../processes/version.io.js';
import { SystemStore, type AppliedMigration, type PartitionedTable } from './system.store.js';

type RetentionKey = (typeof RETENTION)[number];
const RETENTION = [
  ...(['deliveryDays', 'eventDays', 'metricsDays'] as const),
  ...(['resolvedDeadLetterDays', 'historyDays', 'auditLogDays'] as const),
];

export interface SystemReport {
  version: string;
  /** Null where the product was not built in a checkout. */
  commit: string | null;
  node: string;
  database: { version: string; bytes: number };
  /** postgres or redis. */
  queueBackend: string;
  migrations: { applied: AppliedMigration[]; pending: string[] };
  partitions: PartitionedTable[];
  /** Days that each kind of data is kept. */
  retention: Pick<Config['retention'], RetentionKey>;
  /** Requests per minute; 0: no limit. */
  rateLimits: { perKey: number; authFailuresPerAddress: number };
  /** Of the process that answers. */
  settings: ShownSetting[];
}

/** What runs, and how it is set up. */
@Injectable()
export class SystemReader {
  private readonly commit = commitOf();

  constructor(
    private readonly store: SystemStore,
    private readonly config: Config,
  ) {}

  async read(): Promise<SystemReport> {
    const [migrations, partitions, database] = await Promise.all([
      this.store.migrations(),
      this.store.partitions(),
      this.store.server(),
    ]);
    const { config } = this;
    return {
      version: PRODUCT_VERSION,
      commit: this.commit,
      node: process.versions.node,
      database,
      queueBackend: config.redis === null ? 'postgres' : 'redis',
      migrations,
      partitions,
      retention: Object.fromEntries(
        RETENTION.map((key) => [key, config.retention[key]]),
      ) as SystemReport['retention'],
      rateLimits: {
        perKey: config.api.rateLimitPerMinute,
        authFailuresPerAddress: config.api.authFailuresPerMinute,
      },
      settings: shownSettings(config),
    };
  }
}
