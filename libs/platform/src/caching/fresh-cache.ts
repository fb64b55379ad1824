import { inTime } from '../waiting/in-time.js';

/** Nothing older is given out, even if every push is lost. */
const MAX_AGE_MS = 5000;
/** What is in use always has 2 s left: as long goes on, without the database, what is known. */
const REFRESH_AFTER_MS = 3000;
/** Longest wait for a load, ms: a renewal is over, whatever comes of it, before the value in hand is too old. */
const LOADS_WITHIN_MS = MAX_AGE_MS - REFRESH_AFTER_MS;
const MAX_MISSING = 1000;

export interface FreshCacheOptions {
  /** Most values. */
  maxEntries: number;
  /** Most keys remembered as holding nothing: guessing keys cannot push out real ones. Otherwise 1000. */
  maxMissing?: number;
  /** Longest wait for one load, ms; otherwise 2000. */
  loadsWithinMs?: number;
  /** What those who wait for a load get then. */
  tooLate?: (limitMs: number) => Error;
  /** Milliseconds of a clock that never runs backwards; otherwise that of the process. */
  now?: () => number;
}

interface Slot<Value> {
  loaded?: { value: Value | null; at: number };
  loading?: Promise<Value | null>;
}

/**
 * Values by key, loaded once however many ask, renewed in the background from 3 s on and never older than 5 s. Age
 * counts from the start of a load. A load that does not end in time is no longer waited for: the next one who asks
 * starts another. What it still brings is taken while it is the newest.
 */
export class FreshCache<Value> {
  private readonly slots = new Map<string, Slot<Value>>();
  /** Keys of values, and those of nothing, the first to be evicted first. */
  private readonly known = new Set<string>();
  private readonly missing = new Set<string>();
  private readonly maxEntries: number;
  private readonly maxMissing: number;
  private readonly loadsWithinMs: number;
  private readonly tooLate: (limitMs: number) => Error;
  private readonly now: () => number;

  /** @param load gets the value that is known, null where none is: it may answer with just that */
  constructor(
    private readonly load: (key: string, known: Value | null) => Promise<Value | null>,
    options: FreshCacheOptions,
  ) {
    this.maxEntries = options.maxEntries;
    this.maxMissing = options.maxMissing ?? MAX_MISSING;
    this.loadsWithinMs = options.loadsWithinMs ?? LOADS_WITHIN_MS;
    this.tooLate = options.tooLate ?? ((limitMs) => new Error(`no value within ${limitMs} ms`));
    this.now = options.now ?? (() => performance.now());
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
    const load = this.load(key, slot.loaded?.value ?? null).then((value) => {
      if (!slot.loaded || slot.loaded.at <= at) {
        slot.loaded = { value, at };
        if (this.slots.get(key) === slot) this.keep(key, slot);
      }
      return value;
    });
    const over = (): void => {
      if (slot.loading === loading) slot.loading = undefined;
      if (!slot.loaded && !slot.loading && this.slots.get(key) === slot) this.forget(key);
    };
    const loading = inTime(
      load.finally(over),
      this.loadsWithinMs,
      () => (over(), this.tooLate(this.loadsWithinMs)),
    );
    slot.loading = loading;
    return loading;
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
