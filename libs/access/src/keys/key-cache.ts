import type { KeyRow } from './key-row.js';

/** No answer older than this is used, so a revoked key is refused within it even if every push is lost. */
export const KEY_CACHE_MAX_AGE_MS = 5000;

interface Entry {
  at: number;
  row: Promise<KeyRow | null>;
}

/** Keys by hash, looked up once however many requests bring one. Wrong keys cannot push out right ones. */
export class KeyCache {
  private readonly keys = new Map<string, Entry>();
  private readonly unknown = new Map<string, Entry>();

  /** @param now milliseconds of a clock that never runs backwards */
  constructor(
    private readonly load: (hash: string) => Promise<KeyRow | null>,
    private readonly now: () => number,
    private readonly maxEntries = 1000,
  ) {}

  get(hash: string): Promise<KeyRow | null> {
    const entry = this.keys.get(hash) ?? this.unknown.get(hash);
    if (entry && this.now() - entry.at < KEY_CACHE_MAX_AGE_MS) return entry.row;
    const fresh = { at: this.now(), row: this.load(hash) };
    this.forget(hash);
    // Unknown until it is known.
    put(this.unknown, hash, fresh, this.maxEntries);
    fresh.row.then(
      (row) => row && this.unknown.get(hash) === fresh && this.promote(hash, fresh),
      () => this.unknown.get(hash) === fresh && this.forget(hash),
    );
    return fresh.row;
  }

  /** Whoever asks next gets an answer that was looked up after this. */
  clear(): void {
    this.keys.clear();
    this.unknown.clear();
  }

  get size(): number {
    return this.keys.size + this.unknown.size;
  }

  private promote(hash: string, entry: Entry): void {
    this.unknown.delete(hash);
    put(this.keys, hash, entry, this.maxEntries);
  }

  private forget(hash: string): void {
    this.keys.delete(hash);
    this.unknown.delete(hash);
  }
}

function put(entries: Map<string, Entry>, hash: string, entry: Entry, max: number): void {
  entries.set(hash, entry);
  if (entries.size > max) entries.delete(entries.keys().next().value!);
}
