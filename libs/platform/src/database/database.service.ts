import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../prisma/generated/client.js';

// Counts and sums arrive as numbers: none here comes near 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/**
 * Hot statements are planned while their tables are empty, and kept: they must look rows up by index from the start.
 * Plain index scans also clear away the entries of dead rows, which bitmap scans do not. No plan here is worth a JIT.
 */
const PLANNER = '-c enable_seqscan=off -c enable_bitmapscan=off -c jit=off';

export interface DatabaseOptions {
  url: string;
  poolMax: number;
  applicationName?: string;
}

/** The one connection pool of a process. Hot statements use it by hand, everything else goes through Prisma. */
@Injectable()
export class Database implements OnApplicationShutdown {
  readonly pool: pg.Pool;
  private readonly log = new Logger(Database.name);

  constructor(readonly options: DatabaseOptions) {
    this.pool = new pg.Pool({
      connectionString: options.url,
      max: options.poolMax,
      options: PLANNER,
      application_name: options.applicationName ?? 'breakwater',
      connectionTimeoutMillis: 3_000,
      idleTimeoutMillis: 30_000,
    });
    // The pool listens only while a client is idle: one that is lost while it is lent out would end the process.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
    // A connection that is lost while it is lent out has no other listener, and would end the process.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
    this.pool.on('error', (error) => this.log.warn(`idle database connection lost: ${error.message}`));
  }

  /** Rows of one hand-written statement; `name` makes it a prepared one. Values are always bound. */
  async query<Row extends pg.QueryResultRow>(
    statement: { name?: string; text: string },
    values: unknown[] = [],
  ): Promise<Row[]> {
    return (await this.pool.query<Row>({ ...statement, values })).rows;
  }

  /** Last of all: what others still write while they stop needs it. */
  async onApplicationShutdown(): Promise<void> {
    if (!this.pool.ended) await this.pool.end();
  }
}

@Injectable()
export class PrismaService extends PrismaClient implements OnApplicationShutdown {
  constructor(database: Database) {
    super({ adapter: new PrismaPg(database.pool) });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.$disconnect();
  }
}
