import { inTime } from '../waiting/in-time.js';

/** No older value is returned, even if every hint is lost. */
const MAX_AGE_MS = 5000;
/** A value in use is always good for 2 s more, even if the database is unavailable. */
const REFRESH_AFTER_MS = 3000;
/** Longest wait for a load, ms: a renewal ends, with or without success, before the old value is too old. */
const LOADS_WITHIN_MS = MAX_AGE_MS - REFRESH_AFTER_MS;
const MAX_MISSING = 1000;

export interface FreshCacheOptions {
  /** Most values. */
  maxEntries: number;
  /** Most keys without a value that are remembered, so that guessed keys cannot evict values. Default 1000. */
  maxMissing?: number;
  /** Longest wait for one load, ms; default 2000. */
  loadsWithinMs?: number;
  /** The error for callers that wait for a load longer than that. */
  tooLate?: (limitMs: number) => Error;
  /** Milliseconds of a clock that never goes back; by default the process' own. */
  now?: () => number;
}

interface Slot<Value> {
  loaded?: { value: Value | null; at: number };
  loading?: Promise<Value | null>;
}

/**
 * Values by key. A value is loaded once for all callers, renewed in the background from 3 s on, and never older than 5
 * s. Age counts from the start of a load. After its time limit a load is no longer waited for, and the next caller
 * starts another one; its result is stored if it is the newest when it comes.
 */
export class FreshCache<Value> {
  private readonly slots = new Map<string, Slot<Value>>();
  /** Keys with a value, and keys without one; the first is evicted first. */
  private readonly known = new Set<string>();
  private readonly missing = new Set<string>();
  private readonly maxEntries: number;
  private readonly maxMissing: number;
  private readonly loadsWithinMs: number;
  private readonly tooLate: (limitMs: number) => Error;
  private readonly now: () => number;

  /** @param load gets the known value, or null; it may return the same value again */
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
    // A failed renewal is tried again for the next caller; the old value is used until it is too old.
    if (ageMs >= REFRESH_AFTER_MS && !slot.loading) this.renew(key, slot).catch(() => undefined);
    return slot.loaded.value;
  }

  /** The next caller gets a load that starts after this. */
  forget(key: string): void {
    this.slots.delete(key);
    this.known.delete(key);
    this.missing.delete(key);
  }

  /** As {@link forget}; that load gets the value that is known now. */
  expire(key: string): void {
    const value = this.slots.get(key)?.loaded?.value ?? null;
    this.forget(key);
    if (value !== null) this.keep(key, { loaded: { value, at: -Infinity } });
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

  /** Makes the slot the last to be evicted, and evicts what is over the limit. */
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
