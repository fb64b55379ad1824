import type { Claim, Store } from './store.js';

interface Entry {
  token: string;
  /** Null while it is handled. */
  answer: string | null;
  /** Unix milliseconds. */
  until: number;
}

export interface MemoryStoreOptions {
  /** The oldest are dropped beyond it; 10,000 when left out. */
  maxEntries?: number;
  /** Of all answers together, in characters; 16 million when left out. */
  maxSize?: number;
  now?: () => number;
}

/** Remembers in this process only: for one process, or where a repeated call does no harm. */
export function memoryStore({
  maxEntries = 10_000,
  maxSize = 16_000_000,
  now = Date.now,
}: MemoryStoreOptions = {}): Store {
  const entries = new Map<string, Entry>();
  let size = 0;

  function remove(id: string): void {
    size -= entries.get(id)?.answer?.length ?? 0;
    entries.delete(id);
  }

  function set(id: string, entry: Entry): void {
    remove(id);
    entries.set(id, entry);
    size += entry.answer?.length ?? 0;
    for (const [oldest] of entries) {
      if (entries.size <= maxEntries && size <= maxSize) break;
      remove(oldest);
    }
  }

  function claim(id: string, token: string, leaseMs: number): Claim {
    const entry = entries.get(id);
    if (entry && entry.until > now()) {
      return entry.answer === null ? { state: 'running' } : { state: 'done', answer: entry.answer };
    }
    set(id, { token, answer: null, until: now() + leaseMs });
    return { state: 'new' };
  }

  return {
    claim: async (id, token, leaseMs) => claim(id, token, leaseMs),
    finish: async (id, answer, keepMs) => set(id, { token: '', answer, until: now() + keepMs }),
    forget: async (id, token) => {
      if (entries.get(id)?.token === token) remove(id);
    },
  };
}
