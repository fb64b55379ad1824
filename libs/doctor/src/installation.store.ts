import { Injectable } from '@nestjs/common';
import { checkMembership, checkRights, Database } from '@breakwater/platform';

/** Longest wait for one statement, ms. */
const WITHIN_MS = 3_000;

export interface DatabaseState {
  version: string;
  isReadOnly: boolean;
  /** Connections of clients to the server now, and how many it takes. */
  used: number;
  most: number;
}

export interface MigrationState {
  name: string;
  isFinished: boolean;
}

const STATE = `
SELECT current_setting('server_version') AS version,
  pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS "isReadOnly",
  (SELECT sum(numbackends)::integer FROM pg_stat_database) AS used,
  current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer AS most`;

// A commit of its own without a row.
const WRITE = `SELECT pg_logical_emit_message(true, 'breakwater', '')`;

const MIGRATIONS = `
SELECT migration_name AS name, bool_or(finished_at IS NOT NULL) AS "isFinished" FROM _prisma_migrations
WHERE rolled_back_at IS NULL GROUP BY 1 ORDER BY 1`;

// The partition that the moment falls into, of each plan; NULL where there is none.
const MISSING_PARTITIONS = `
SELECT p.parent FROM partition_plans p
WHERE to_regclass(format('partitions.%I', p.parent || to_char(
  partition_start(now() + make_interval(days => p.days * $1), p.days) AT TIME ZONE 'UTC', '_YYYYMMDD'))) IS NULL
ORDER BY 1`;

const SEALED =
  'SELECT id, app_id AS "appId", sealed FROM signing_secrets ORDER BY created_at DESC, id LIMIT 1';

/** What the checks read. Every statement is bounded. */
@Injectable()
export class InstallationStore {
  constructor(private readonly database: Database) {}

  async state(): Promise<DatabaseState> {
    const [row] = await this.rows<DatabaseState>(STATE);
    return row!;
  }

  /** @throws Error when nothing can be committed */
  async write(): Promise<void> {
    await this.rows(WRITE);
  }

  /** @throws StartRefusedError when roles, policies or rights are missing */
  async checkRights(): Promise<void> {
    await checkMembership(this.database.pool);
    await checkRights(this.database.pool, { newest: false });
  }

  async now(): Promise<Date> {
    const [row] = await this.rows<{ now: Date }>('SELECT clock_timestamp() AS now');
    return row!.now;
  }

  async migrations(): Promise<MigrationState[]> {
    return this.rows<MigrationState>(MIGRATIONS);
  }

  /** Tables without the partition that is due in `ahead` steps; 0: the one of now. */
  async missingPartitions(ahead: number): Promise<string[]> {
    return (await this.rows<{ parent: string }>(MISSING_PARTITIONS, [ahead])).map(({ parent }) => parent);
  }

  /** The newest sealed signing secret, if there is one. */
  async sealedSecret(): Promise<{ id: string; appId: string; sealed: string } | null> {
    return (await this.rows<{ id: string; appId: string; sealed: string }>(SEALED))[0] ?? null;
  }

  private async rows<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.database.query<Row>({ text }, values, { withinMs: WITHIN_MS });
  }
}
