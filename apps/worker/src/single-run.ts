/**
 * Runs a piece of work once at a time. A request during a run is not lost: one more run follows, because the run in
 * progress may have started too early for it.
 */
export class SingleRun {
  private running: Promise<void> | undefined;
  private again = false;

  /**
   * @param work must not throw
   * @param stop after it no run starts
   */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly stop: AbortSignal,
  ) {}

  /** Resolves when the run that serves the request ends. */
  request(): Promise<void> {
    this.again = true;
    this.running ??= this.loop();
    return this.running;
  }

  private async loop(): Promise<void> {
    while (this.again && !this.stop.aborted) {
      this.again = false;
      await this.work();
    }
    this.running = undefined;
  }
}
