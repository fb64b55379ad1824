/**
 * Lets a piece of work run once at a time. A request during a run is not lost: one more run follows, since what it
 * asks for may have come too late for the one under way.
 */
export class SingleRun {
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  /** @param work must not throw */
  constructor(private readonly work: () => Promise<void>) {}

  get isStopped(): boolean {
    return this.stopped;
  }

  /** Ends with the run that answers the request. */
  request(): Promise<void> {
    this.again = true;
    this.running ??= this.loop();
    return this.running;
  }

  /** Ends when the run under way has; no other follows. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async loop(): Promise<void> {
    while (this.again && !this.stopped) {
      this.again = false;
      await this.work();
    }
    this.running = undefined;
  }
}
