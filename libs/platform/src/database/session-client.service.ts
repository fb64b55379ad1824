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
    // Nobody listens yet while the settings are made. Whoever waits for a statement is told of the loss anyway.
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
    // Who connects is told of a connection that is lost meanwhile, and listens to its events only after this.
    const ignore = (): void => undefined;
    this.on('error', ignore);
    const { stream } = this.connection;
    const late = new Error('timeout expired');
    const timer = entersWithinMs > 0 ? setTimeout(() => stream.destroy(late), entersWithinMs) : undefined;
    try {
      const { rows } = await this.query<{ pid: number }>(setForSession(settings));
      this.sessionPid = rows[0]!.pid;
      this.off('error', ignore);
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
