/** An LRU cache of values, limited by their total size. */
export class BytesCache<Value> {
  private readonly entries = new Map<string, Value>();
  private size = 0;

  /** @param sizeOf about how many bytes a value takes */
  constructor(
    private readonly maxBytes: number,
    private readonly sizeOf: (value: Value) => number,
  ) {}

  get(key: string): Value | undefined {
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    // Move to the end of the eviction order.
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  /** A value larger than half of the cache is not kept: it would evict everything else. */
  put(key: string, value: Value): void {
    const bytes = this.sizeOf(value);
    if (bytes > this.maxBytes / 2) return;
    this.remove(key);
    this.entries.set(key, value);
    this.size += bytes;
    for (const oldest of this.entries.keys()) {
      if (this.size <= this.maxBytes) return;
      this.remove(oldest);
    }
  }

  private remove(key: string): void {
    const value = this.entries.get(key);
    if (value === undefined) return;
    this.size -= this.sizeOf(value);
    this.entries.delete(key);
  }
}
