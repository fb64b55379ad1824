import { Injectable } from '@nestjs/common';
import { Database, pendingMigrations } from '@breakwater/platform';

export interface PartitionedTable {
  table: string;
  /** Length of a partition, days. */
  days: number;
  partitions: number;
  /** Estimated by the database. */
  aboutRows: number;
  bytes: number;
}

export interface AppliedMigration {
  name: string;
  finishedAt: Date;
}

const APPLIED = `
SELECT migration_name AS name, finished_at AS "finishedAt" FROM _prisma_migrations
WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name`;

// Of the catalogue only: no partition is read.
const PARTITIONS = `
SELECT p.parent AS "table", p.days, count(c.oid) AS partitions,
  COALESCE(sum(GREATEST(c.reltuples, 0)), 0)::bigint AS "aboutRows",
  COALESCE(sum(pg_total_relation_size(c.oid)), 0)::bigint AS bytes
FROM partition_plans p
LEFT JOIN pg_inherits i ON i.inhparent = to_regclass(p.parent) LEFT JOIN pg_class c ON c.oid = i.inhrelid
GROUP BY p.parent, p.days ORDER BY p.parent`;

const SERVER = `SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes`;

@Injectable()
export class SystemStore {
  constructor(private readonly database: Database) {}

  async migrations(): Promise<{ applied: AppliedMigration[]; pending: string[] }> {
    return {
      applied: await this.database.query<AppliedMigration & Record<string, unknown>>({ text: APPLIED }),
      pending: await pendingMigrations(this.database.pool),
    };
  }

  async partitions(): Promise<PartitionedTable[]> {
    return this.database.query<PartitionedTable & Record<string, unknown>>({ text: PARTITIONS });
  }

  async server(): Promise<{ version: string; bytes: number }> {
    const [row] = await this.database.query<{ version: string; bytes: number }>({ text: SERVER });
    return row!;
  }
}
