import { setForSession, type SessionSettings } from './connection.js';
import { DatabaseClient, type DatabaseClientConfig } from './database-client.service.js';

/** A connection that makes the settings of its session by a statement before anybody uses it. */
export class SessionClient extends DatabaseClient {
  /** Process id of the server's session when it was connected. */
  sessionPid: number | undefined;
  private readonly settings: SessionSettings;
  private readonly entersWithinMs: number;

  constructor(config: DatabaseClientConfig) {
    super(config);
    this.settings = config.settings;
    // While the settings are made nobody listens yet. Who connects, or waits for a statement, is told of a loss anyway.
    this.on('error', () => undefined);
    this.entersWithinMs = config.connectionTimeoutMillis ?? 0;
  }

  override connect(): Promise<this>;
  override connect(done: (error: Error | null) => void): void;
  override connect(done?: (error: Error | null) => void): Promise<this> | void {
    const entered = this.enter();
    if (!done) return entered;
    // Outside the promise: what the callback throws is not a rejection.
    entered.then(
      () => process.nextTick(done, null),
      (error: Error) => process.nextTick(done, error),
    );
  }

  private async enter(): Promise<this> {
    await super.connect();
    const { settings, entersWithinMs } = this;
    if (Object.keys(settings).length === 0) return this;
    const { stream } = this.connection;
    const late = new Error('timeout expired');
    const timer = entersWithinMs > 0 ? setTimeout(() => stream.destroy(late), entersWithinMs) : undefined;
    try {
      const { rows } = await this.query<{ pid: number }>(setForSession(settings));
      this.sessionPid = rows[0]!.pid;
      return this;
    } catch (error) {
      // Whoever asked for it gets an error instead, and does not close it.
      this.end().catch(() => undefined);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}
