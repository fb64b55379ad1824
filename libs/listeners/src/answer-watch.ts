/**
 * Looks for an answer, once at a time. What is asked meanwhile, or before it is ready, is looked at afterwards.
 */
export class AnswerWatch<Found> {
  private isReady = false;
  private isLooking = false;
  private isAsked = false;
  private isOver = false;

  constructor(
    private readonly find: () => Promise<Found>,
    private readonly tell: (found: Found) => void,
    private readonly failed: (error: Error) => void,
  ) {}

  /** From now on there may be an answer. */
  ready(): void {
    this.isReady = true;
    if (this.isAsked) this.look();
  }

  look(): void {
    this.isAsked = true;
    if (this.isReady && !this.isLooking) void this.lookNow();
  }

  end(): void {
    this.isOver = true;
  }

  private async lookNow(): Promise<void> {
    this.isLooking = true;
    while (this.isAsked && !this.isOver) {
      this.isAsked = false;
      await this.find().then(this.tell, this.failed);
    }
    this.isLooking = false;
  }
}
