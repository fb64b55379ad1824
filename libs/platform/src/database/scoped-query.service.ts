import pg from 'pg';

/** Members of pg's queries that its types leave out. */
interface InnerQuery extends pg.Submittable {
  name: string | undefined;
  text: string;
  requiresPreparation(): boolean;
  submit(connection: pg.Connection): Error | null;
  prepare(connection: Wire): void;
  handleRowDescription(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Wire): void;
}
interface Wire {
  parse(statement: { text: string; name: string }): void;
  bind(statement: { portal: string; statement: string }): void;
  execute(portal: { portal: string; rows: number }): void;
}
interface Session {
  getTransactionStatus(): 'I' | 'T' | 'E' | null;
}
const InnerQuery = pg.Query as unknown as new (
  config: string | pg.QueryConfig,
  values?: unknown[],
) => InnerQuery;

/**
 * A query behind a pooler that lends a server session for one transaction only. Outside a transaction it sends a
 * statement ahead that makes the settings; both are one message exchange and one transaction. It has no name: a
 * prepared statement would stay in a session that the next query may not get.
 */
export class ScopedQuery extends InnerQuery {
  /** Like that of the statement that this replaces. */
  readonly untilMs: number | undefined;
  private isAhead = false;

  /**
   * @param session the connection that sends this query
   * @param ahead a statement without a row
   */
  constructor(
    private readonly session: pg.Client,
    private readonly ahead: string,
    config: string | (pg.QueryConfig & { untilMs?: number }),
    values?: unknown[],
  ) {
    super(config, values);
    this.name = undefined;
    this.untilMs = typeof config === 'string' ? undefined : config.untilMs;
  }

  override submit(connection: pg.Connection): Error | null {
    this.isAhead = (this.session as unknown as Session).getTransactionStatus() === 'I';
    if (!this.isAhead || this.requiresPreparation()) return super.submit(connection);
    connection.query(`${this.ahead}; ${this.text}`);
    return null;
  }

  override prepare(connection: Wire): void {
    if (this.isAhead) {
      connection.parse({ text: this.ahead, name: '' });
      connection.bind({ portal: '', statement: '' });
      connection.execute({ portal: '', rows: 0 });
    }
    super.prepare(connection);
  }

  override handleRowDescription(message: unknown): void {
    if (!this.isAhead) super.handleRowDescription(message);
  }

  override handleCommandComplete(message: unknown, connection: Wire): void {
    if (!this.isAhead) return super.handleCommandComplete(message, connection);
    this.isAhead = false;
  }
}
