/**
 * Lets a piece of work run once at a time. A request during a run is not lost: one more run follows, since what it
 * asks for may have come too late for the one under way.
 */
export class SingleRun {
  private running: Promise<void> | undefined;
  private again = false;

  /**
   * @param work must not throw
   * @param stop no run begins after it
   */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly stop: AbortSignal,
  ) {}

  /** Ends with the run that answers the request. */
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
