/** Texts remembered at the most; beyond them the oldest is forgotten. */
const REMEMBERED = 100;

/** Tells which log lines are due: the same text once in a while, each new text at once. */
export class SaidLately {
  private readonly saidAtMs = new Map<string, number>();

  /** @param everyMs the same text is due again after this */
  constructor(private readonly everyMs: number) {}

  /** Whether `text` is due; then it counts as said. */
  isDue(text: string, nowMs: number): boolean {
    const saidAtMs = this.saidAtMs.get(text);
    if (saidAtMs !== undefined && nowMs - saidAtMs < this.everyMs) return false;
    this.saidAtMs.delete(text);
    this.saidAtMs.set(text, nowMs);
    const [oldest] = this.saidAtMs.keys();
    if (this.saidAtMs.size > REMEMBERED && oldest !== undefined) this.saidAtMs.delete(oldest);
    return true;
  }
}
