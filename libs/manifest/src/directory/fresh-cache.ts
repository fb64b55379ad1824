export interface FreshCacheOptions {
  /** No value older than this is ever given out. */
  maxAgeMs: number;
  /** Values older than this are renewed while they are still given out. */
  refreshAfterMs: number;
  maxEntries: number;
  /** Most keys remembered as holding nothing, so that guessing keys cannot push out real ones. */
  maxMissing: number;
  /** Milliseconds of a clock that never runs backwards. */
  now: () => number;
}

interface Slot<Value> {
  loaded?: { value: Value | null; at: number };
  loading?: Promise<Value | null>;
}

/** Values by key, loaded once however many ask, and never older than allowed. Age counts from the start of a load. */
export class FreshCache<Value> {
  private readonly slots = new Map<string, Slot<Value>>();
  private readonly missing = new Set<string>();

  constructor(
    private readonly load: (key: string) => Promise<Value | null>,
    private readonly options: FreshCacheOptions,
  ) {}

  async get(key: string): Promise<Value | null> {
    const slot = this.slotOf(key);
    const ageMs = slot.loaded ? this.options.now() - slot.loaded.at : Infinity;
    if (!slot.loaded || ageMs >= this.options.maxAgeMs) return slot.loading ?? this.renew(key, slot);
    // A failed renewal is tried again by the next one who asks; the value in hand still counts until it is too old.
    if (ageMs >= this.options.refreshAfterMs && !slot.loading) this.renew(key, slot).catch(() => undefined);
    return slot.loaded.value;
  }

  /** The next one who asks gets a load that started after this. */
  forget(key: string): void {
    this.slots.delete(key);
    this.missing.delete(key);
  }

  clear(): void {
    this.slots.clear();
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
    const at = this.options.now();
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
    if (slot.loaded?.value === null) this.missing.add(key);
    if (this.missing.size > this.options.maxMissing) this.forget(first(this.missing));
    if (this.slots.size > this.options.maxEntries) this.forget(first(this.slots.keys()));
  }
}

function first(keys: Iterable<string>): string {
  return keys[Symbol.iterator]().next().value as string;
}
