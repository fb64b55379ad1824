/** Byte strings by key, the most lately used ones, up to so many bytes in all. */
export class BytesCache {
  private readonly entries = new Map<string, Buffer>();
  private size = 0;

  constructor(private readonly maxBytes: number) {}

  get(key: string): Buffer | undefined {
    const bytes = this.entries.get(key);
    if (bytes === undefined) return undefined;
    // Last in the order of eviction.
    this.entries.delete(key);
    this.entries.set(key, bytes);
    return bytes;
  }

  /** One that takes more than half of the room is not kept: it would push out everything else. */
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
