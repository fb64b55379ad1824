import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { configFrom, Database, type Config, type DatabaseOptions, type Env } from '@breakwater/platform';
import type pg from 'pg';
import { createTestDatabase, ownerPool, type TestDatabase } from './database.js';

/** A migrated database, and as many processes over it as a test needs. */
export class World {
  /** As the owner: may read and do everything. */
  readonly db: pg.Pool;
  private readonly ends: (() => Promise<unknown>)[] = [];
  private first: Database | undefined;

  /** @param env the settings of all its processes */
  constructor(
    private readonly test: TestDatabase,
    private readonly env: Env = {},
  ) {
    this.db = ownerPool(test.url, 3);
  }

  static async start(env: Env = {}): Promise<World> {
    Logger.overrideLogger(false);
    return new World(await createTestDatabase(), { ENCRYPTION_KEYS: newEncryptionKey(), ...env });
  }

  get databaseUrl(): string {
    return this.test.url;
  }

  /** The database as the first process uses it. */
  get database(): Database {
    return (this.first ??= this.node({ poolMax: 5 }));
  }

  /** The database as another process uses it: a pool of its own. */
  node(options: Partial<DatabaseOptions> = {}): Database {
    const database = new Database({ url: this.databaseUrl, poolMax: 8, ...options });
    this.endsWith(() => database.onApplicationShutdown());
    return database;
  }

  /** The settings of a process. */
  config(env: Env = {}): Config {
    return configFrom({
      DATABASE_URL: this.databaseUrl,
      PUBLIC_BASE_URL: 'https://breakwater.example',
      ADMIN_EMAILS: 'ops@platform.example,Boss@platform.example',
      ...this.env,
      ...env,
    });
  }

  /** The rows of one statement, as the owner. */
  async rows<T extends pg.QueryResultRow>(sql: string, ...values: unknown[]): Promise<T[]> {
    return (await this.db.query<T>(sql, values)).rows;
  }

  /** Registers something that ends before the world does; the last one registered ends first. */
  endsWith(end: () => Promise<unknown>): void {
    this.ends.push(end);
  }

  async stop(): Promise<void> {
    for (const end of this.ends.splice(0).toReversed()) await end();
    await this.db.end();
    await this.test.drop();
  }
}

export function newEncryptionKey(): string {
  return `k1:${randomBytes(32).toString('base64')}`;
}
