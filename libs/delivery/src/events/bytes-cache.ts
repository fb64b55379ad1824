/** An LRU cache of byte strings, limited by their total size. */
export class BytesCache {
  private readonly entries = new Map<string, Buffer>();
  private size = 0;

  constructor(private readonly maxBytes: number) {}

  get(key: string): Buffer | undefined {
    const bytes = this.entries.get(key);
    if (bytes === undefined) return undefined;
    // Move to the end of the eviction order.
    this.entries.delete(key);
    this.entries.set(key, bytes);
    return bytes;
  }

  /** A value larger than half of the cache is not kept: it would evict everything else. */
  put(key: string, bytes: Buffer): void {
    if (bytes.length > this.maxBytes / 2) return;
    this.remove(key);
    this.entries.set(key, bytes);
    this.size += bytes.length;
    for (const oldest of this.entries.keys()) {
      if (this.size <= this.maxBytes) return;
      this.remove(oldest);
    }
  }

  private remove(key: string): void {
    this.size -= this.entries.get(key)?.length ?? 0;
    this.entries.delete(key);
  }
}
