import { databaseUrl, duration, integer } from '../kinds.js';
import { Setting } from '../setting.js';

export class DatabaseConfig {
  static readonly title = 'Storage';

  @Setting(
    'DATABASE_URL',
    databaseUrl,
    'PostgreSQL, with one host or several between commas; `npm start` starts its own.',
    {
      required: true,
      secret: 'password',
    },
  )
  readonly url: string = '';

  @Setting(
    'DATABASE_SESSION_URL',
    databaseUrl,
    'The same database past the pooler, where `DATABASE_URL` leads through one that lends sessions for one transaction (PgBouncer with `pool_mode = transaction`); for notifications and locks.',
    { secret: 'password' },
  )
  readonly sessionUrl?: string;

  @Setting(
    'DATABASE_REPLICA_URL',
    databaseUrl,
    'A standby of the same database, from which the lists of past deliveries, events and audited actions, and the metrics are read.',
    { secret: 'password' },
  )
  readonly replicaUrl?: string;

  @Setting(
    'DATABASE_REPLICA_MAX_LAG',
    duration(100, 60_000),
    'While the standby is further behind than this, or away, the primary is read.',
  )
  readonly replicaMaxLagMs: number = 5000;

  @Setting(
    'DATABASE_OWNER_URL',
    databaseUrl,
    'The login that `npm run migrate` uses to create tables, roles and the login of `DATABASE_URL`; without it `DATABASE_URL` is used.',
    { secret: 'password' },
  )
  readonly ownerUrl?: string;

  @Setting(
    'DATABASE_POOL_MIN',
    integer(0, 1000),
    'Connections that a process keeps open once it has opened them; others close after 30 s without use.',
  )
  readonly poolMin: number = 0;

  @Setting('DATABASE_POOL_MAX', integer(2, 1000), 'Most connections that a process opens.')
  readonly poolMax: number = 10;

  @Setting(
    'DATABASE_CONNECT_TIMEOUT',
    duration(100, 60_000),
    'Longest wait for a connection, new or from the pool.',
  )
  readonly connectTimeoutMs: number = 3000;

  @Setting(
    'DATABASE_STATEMENT_TIMEOUT',
    duration(100, 600_000),
    'Longest wait for a statement; after that its connection is closed.',
  )
  readonly statementTimeoutMs: number = 10_000;

  @Setting(
    'DATABASE_UPKEEP_TIMEOUT',
    duration(1000, 86_400_000),
    'The same for statements of upkeep: partitions, retention, metrics.',
  )
  readonly upkeepTimeoutMs: number = 600_000;

  /** The login that migrates, with its setting. The lock of migrations needs a session. */
  migrator(): { setting: string; url: string } {
    if (this.ownerUrl !== undefined) return { setting: 'DATABASE_OWNER_URL', url: this.ownerUrl };
    if (this.sessionUrl !== undefined) return { setting: 'DATABASE_SESSION_URL', url: this.sessionUrl };
    return { setting: 'DATABASE_URL', url: this.url };
  }
}
