const MINUTE_MS = 60_000;
/** Most names that are remembered; then all begin again. */
const NAMES_MAX = 10_000;

/** How many of something each name may have in a minute. */
export class MinuteQuota {
  private readonly used = new Map<string, number>();
  private since = -Infinity;

  constructor(private readonly perMinute: number) {}

  /** Whether there is one more, which is then used. @param nowMs of a clock that never goes back */
  take(name: string, nowMs: number): boolean {
    if (nowMs - this.since >= MINUTE_MS || this.used.size >= NAMES_MAX) {
      this.used.clear();
      this.since = nowMs;
    }
    const used = this.used.get(name) ?? 0;
    if (used >= this.perMinute) return false;
    this.used.set(name, used + 1);
    return true;
  }
}
