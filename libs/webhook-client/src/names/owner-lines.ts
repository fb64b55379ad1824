/** Limits concurrent work per owner: each has places of its own, and a queue of its own. */
export class OwnerLines {
  readonly #lines = new Map<string, { running: number; waiting: (() => void)[] }>();

  /** @param places of one owner, 1 or more */
  constructor(private readonly places: number) {}

  /** Resolves when the owner has a place; release it with `leave`. */
  async enter(owner: string): Promise<void> {
    const line = this.#lines.get(owner) ?? { running: 0, waiting: [] };
    this.#lines.set(owner, line);
    if (line.running === this.places) return new Promise((resolve) => line.waiting.push(resolve));
    line.running += 1;
  }

  leave(owner: string): void {
    const line = this.#lines.get(owner)!;
    const next = line.waiting.shift();
    if (next) return next();
    line.running -= 1;
    if (line.running === 0) this.#lines.delete(owner);
  }
}
