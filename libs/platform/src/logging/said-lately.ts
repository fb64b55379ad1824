/** Most texts remembered; of more the oldest is forgotten. */
const REMEMBERED = 100;

/** Decides which log lines are due: each new text at once, the same text at most once per `everyMs`. */
export class SaidLately {
  private readonly saidAtMs = new Map<string, number>();

  /** @param everyMs the same text is due again after this, ms */
  constructor(private readonly everyMs: number) {}

  /** Whether `text` is due; if so, it counts as logged. */
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
