const EVERY_MS = 60_000;
const MAX_KEYS = 10_000;

/** Says at most once a minute per key that its use is to be noted. */
export class LastUse {
  private readonly notedAt = new Map<string, number>();

  isDue(keyId: string, nowMs: number): boolean {
    const last = this.notedAt.get(keyId);
    if (last !== undefined && nowMs - last < EVERY_MS) return false;
    // Forgetting all of them costs one more note per key.
    if (this.notedAt.size >= MAX_KEYS) this.notedAt.clear();
    this.notedAt.set(keyId, nowMs);
    return true;
  }
}
