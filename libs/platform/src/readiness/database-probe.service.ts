import pg from 'pg';
import { connectionTo } from '../database/connection.js';
import type { Database } from '../database/database.service.js';

/** A connection that does not answer a small query within this is closed, ms. */
const ANSWERS_WITHIN_MS = 1_000;
/** A write that is not committed within this is cancelled and its connection closed, ms. */
const COMMITS_WITHIN_MS = 5_000;
/** A process writes at most once in this time to see whether it can, ms. */
const WRITES_EVERY_MS = 1_000;

const LOOK = `
SELECT clock_timestamp() AS now, current_user AS role, current_setting('search_path') AS "searchPath",
  pg_backend_pid() AS pid,
  pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS "isReadOnly"`;

// A commit of its own without a row: it reaches the log and the synchronous standbys like each acceptance, and leaves
// nothing to clean up (docs/adr/0028-ready-means-it-works.md).
const WRITE = `SELECT pg_logical_emit_message(true, 'breakwater', '')`;

export interface DatabaseLook {
  /** The database's clock. */
  now: Date;
  /** A standby, or a server that is set to read only. */
  isReadOnly: boolean;
  /** The role that the statement ran as. */
  role: string;
  searchPath: string;
  /** Process id of the server's session. */
  pid: number;
}

/** Small queries that show whether the database can do what an acceptance needs. */
export class DatabaseProbe {
  private wroteAtMs = -Infinity;

  constructor(private readonly database: Database) {}

  async look(): Promise<DatabaseLook> {
    const [row] = await this.rows<DatabaseLook>(LOOK);
    return row!;
  }

  async rows<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.database.query<Row>({ text }, values, { withinMs: ANSWERS_WITHIN_MS });
  }

  /** Commits, unless it did within the last second. @throws Error when nothing can be committed */
  async write(): Promise<void> {
    const startedAtMs = performance.now();
    if (startedAtMs - this.wroteAtMs < WRITES_EVERY_MS) return;
    const client = await this.database.pool.connect();
    let late: Error | undefined;
    const timer = setTimeout(() => {
      late = new Error(`no commit within ${COMMITS_WITHIN_MS} ms`);
      this.cancel(client);
      client.release(late);
    }, COMMITS_WITHIN_MS);
    try {
      await client.query(WRITE);
      if (!late) client.release();
      this.wroteAtMs = startedAtMs;
    } catch (error) {
      if (!late) client.release(error as Error);
      throw late ?? error;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Cancels the statement of `client` in the server. Otherwise a commit that waits for a synchronous standby would
   * keep its session until the standby is back, even after we disconnect.
   */
  private cancel(client: pg.PoolClient): void {
    const { host, port, processID, secretKey } = client as unknown as Session;
    const { connection } = new pg.Client(connectionTo(this.database.options.url)) as unknown as Wire;
    connection.on('error', () => undefined);
    connection.on('connect', () => connection.cancel(processID, secretKey));
    connection.connect(port, host);
    setTimeout(() => connection.stream.destroy(), ANSWERS_WITHIN_MS).unref();
  }
}

/** Members of pg that its types leave out. */
interface Session {
  host: string;
  port: number;
  processID: number;
  secretKey: number;
}
interface Wire {
  connection: {
    stream: { destroy(): void };
    on(event: 'error' | 'connect', listener: () => void): void;
    connect(port: number, host: string): void;
    cancel(processID: number, secretKey: number): void;
  };
}
