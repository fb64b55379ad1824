/** Nothing older is given out, even if every push is lost. */
const MAX_AGE_MS = 5000;
/** What is in use always has 2 s left: as long goes on, without the database, what is known. */
const REFRESH_AFTER_MS = 3000;
const MAX_MISSING = 1000;

export interface FreshCacheOptions {
  /** Most values. */
  maxEntries: number;
  /** Most keys remembered as holding nothing: guessing keys cannot push out real ones. Otherwise 1000. */
  maxMissing?: number;
  /** Milliseconds of a clock that never runs backwards; otherwise that of the process. */
  now?: () => number;
}

interface Slot<Value> {
  loaded?: { value: Value | null; at: number };
  loading?: Promise<Value | null>;
}

/**
 * Values by key, loaded once however many ask, renewed in the background from 3 s on and never older than 5 s. Age
 * counts from the start of a load.
 */
export class FreshCache<Value> {
  private readonly slots = new Map<string, Slot<Value>>();
  /** Keys of values, and those of nothing, the first to be evicted first. */
  private readonly known = new Set<string>();
  private readonly missing = new Set<string>();
  private readonly maxEntries: number;
  private readonly maxMissing: number;
  private readonly now: () => number;

  constructor(
    private readonly load: (key: string) => Promise<Value | null>,
    { maxEntries, maxMissing = MAX_MISSING, now = () => performance.now() }: FreshCacheOptions,
  ) {
    this.maxEntries = maxEntries;
    this.maxMissing = maxMissing;
    this.now = now;
  }

  async get(key: string): Promise<Value | null> {
    const slot = this.slotOf(key);
    const ageMs = slot.loaded ? this.now() - slot.loaded.at : Infinity;
    if (!slot.loaded || ageMs >= MAX_AGE_MS) return slot.loading ?? this.renew(key, slot);
    // A failed renewal is tried again by the next one who asks; the value in hand still counts until it is too old.
    if (ageMs >= REFRESH_AFTER_MS && !slot.loading) this.renew(key, slot).catch(() => undefined);
    return slot.loaded.value;
  }

  /** The next one who asks gets a load that started after this. */
  forget(key: string): void {
    this.slots.delete(key);
    this.known.delete(key);
    this.missing.delete(key);
  }

  clear(): void {
    this.slots.clear();
    this.known.clear();
    this.missing.clear();
  }

  get size(): number {
    return this.slots.size;
  }

  private slotOf(key: string): Slot<Value> {
    const slot = this.slots.get(key) ?? {};
    if (!this.slots.has(key)) this.slots.set(key, slot);
    return slot;
  }

  private renew(key: string, slot: Slot<Value>): Promise<Value | null> {
    const at = this.now();
    slot.loading = this.load(key).then(
      (value) => {
        slot.loading = undefined;
        slot.loaded = { value, at };
        if (this.slots.get(key) === slot) this.keep(key, slot);
        return value;
      },
      (error) => {
        slot.loading = undefined;
        if (!slot.loaded && this.slots.get(key) === slot) this.forget(key);
        throw error;
      },
    );
    return slot.loading;
  }

  /** Puts a slot last in the order of eviction and evicts whatever is now too much. */
  private keep(key: string, slot: Slot<Value>): void {
    this.forget(key);
    this.slots.set(key, slot);
    const [alike, max] =
      slot.loaded?.value === null ? [this.missing, this.maxMissing] : [this.known, this.maxEntries];
    alike.add(key);
    if (alike.size > max) this.forget(first(alike));
  }
}

function first(keys: Iterable<string>): string {
  return keys[Symbol.iterator]().next().value as string;
}
