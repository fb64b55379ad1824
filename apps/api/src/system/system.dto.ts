import { ApiProperty } from '@nestjs/swagger';

export class WorkerDto {
  id: string;
  /** standalone: api and worker in one process. */
  @ApiProperty({ enum: ['api', 'worker', 'standalone'] })
  role: string;
  host: string;
  pid: number;
  version: string;
  startedAt: Date;
  lastSeenAt: Date;
  /** It was seen within the last 20 s. */
  alive: boolean;
  /** Calls of async deliveries that it makes at once at most; null: it makes none. */
  slots: number | null;
  /** How many of them are in use; null: it has none. */
  slotsInUse: number | null;
}

export class WorkersDto {
  /** By role and host. One that stopped by itself is not there; one that died stays for 24 hours. */
  items: WorkerDto[];
}

export class DatabaseServerDto {
  /** Of PostgreSQL. */
  version: string;
  /** Size of the database. */
  bytes: number;
}

export class AppliedMigrationDto {
  name: string;
  finishedAt: Date;
}

export class MigrationsDto {
  applied: AppliedMigrationDto[];
  /** Names of those that are missing. */
  pending: string[];
}

export class PartitionedTableDto {
  table: string;
  /** Length of a partition, days. */
  days: number;
  partitions: number;
  /** Estimated by the database. */
  aboutRows: number;
  bytes: number;
}

export class RetentionDaysDto {
  deliveryDays: number;
  eventDays: number;
  metricsDays: number;
  resolvedDeadLetterDays: number;
  historyDays: number;
  auditLogDays: number;
}

export class RateLimitsDto {
  /** Requests per minute and key; 0: no limit. */
  perKey: number;
  /** Failed authentications per minute and address; 0: no limit. */
  authFailuresPerAddress: number;
}

export class ShownSettingDto {
  /** The environment variable. */
  name: string;
  section: string;
  about: string;
  /** Secrets are shown as `***`; null: it is not set. */
  value: string | null;
}

export class SystemDto {
  version: string;
  /** Null where the product was not built in a checkout. */
  commit: string | null;
  /** Version of Node.js. */
  node: string;
  database: DatabaseServerDto;
  @ApiProperty({ enum: ['postgres', 'redis'] })
  queueBackend: string;
  migrations: MigrationsDto;
  partitions: PartitionedTableDto[];
  /** How long data is kept, days. */
  retention: RetentionDaysDto;
  rateLimits: RateLimitsDto;
  /** Of the process that answers, as `--print-config` prints them. */
  settings: ShownSettingDto[];
}
