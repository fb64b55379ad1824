/** Starts work at most `atOnce` times per beat; of what waits, the newest goes first. */
export class Pace {
  readonly #waiting: (() => void)[] = [];
  #left: number;
  #isBeating = false;

  /**
   * @param atOnce starts per beat, 1 or more
   * @param nextBeat calls back when a beat is over
   */
  constructor(
    private readonly atOnce: number,
    private readonly nextBeat: (beat: () => void) => void,
  ) {
    this.#left = atOnce;
  }

  run(start: () => void): void {
    this.#waiting.push(start);
    this.#startSome();
  }

  #startSome(): void {
    while (this.#left > 0) {
      const start = this.#waiting.pop();
      if (start === undefined) break;
      this.#left -= 1;
      start();
    }
    if (this.#isBeating || this.#left === this.atOnce) return;
    this.#isBeating = true;
    this.nextBeat(() => {
      this.#isBeating = false;
      this.#left = this.atOnce;
      this.#startSome();
    });
  }
}
