const EVERY_MS = 60_000;
const MAX_KEYS = 10_000;

/** Says at most once a minute per key that its use should be stored. */
export class LastUse {
  private readonly notedAt = new Map<string, number>();

  isDue(keyId: string, nowMs: number): boolean {
    const last = this.notedAt.get(keyId);
    if (last !== undefined && nowMs - last < EVERY_MS) return false;
    // After forgetting all of them, each key's use is stored once more.
    if (this.notedAt.size >= MAX_KEYS) this.notedAt.clear();
    this.notedAt.set(keyId, nowMs);
    return true;
  }
}
