import type { HintBus } from '@breakwater/platform';
import {
  BREAKER_CHANNEL,
  nameOf,
  type BreakerKey,
  type BreakerRow,
  type BreakerStore,
} from './breaker.store.js';
import type { Circuit, CircuitState } from './circuit.js';

/** What a process knows of one breaker; times are on its own monotonic clock. */
export interface BreakerView {
  row: BreakerRow;
  circuit: Circuit;
  /** A probe of this process is being claimed. */
  claiming: boolean;
}

export type StateListener = (key: BreakerKey, state: CircuitState) => void;

/** Overlap of two refreshes, ms: a row may be committed later than its timestamp. */
const REFRESH_OVERLAP_MS = 2_000;

/**
 * The rows of all breakers as this process last read them. A hint brings a change at once; if the hint is lost, a
 * refresh brings it.
 */
export class BreakerViews {
  private readonly views = new Map<string, BreakerView>();
  private readonly listeners = new Set<StateListener>();
  private refreshing: NodeJS.Timeout | undefined;
  private lastReadMs: number | null = null;
  private unsubscribe: (() => void) | undefined;

  /** @param onOtherState is called for each breaker whose state has changed, or whose row is gone */
  constructor(
    private readonly store: BreakerStore,
    private readonly onOtherState: (name: string) => void,
  ) {}

  /** Reads all rows and keeps them up to date. @param refreshMs longest time without a hint, ms */
  async follow(hints: HintBus, refreshMs: number): Promise<void> {
    this.unsubscribe = hints.subscribe(BREAKER_CHANNEL, (payload) => {
      const [appId, capability] = payload?.split(' ') ?? [];
      if (appId && capability) this.reread({ appId, capability }).catch(() => undefined);
      else this.refresh(true).catch(() => undefined);
    });
    await this.refresh(true);
    this.refreshing = setInterval(() => void this.refresh(false).catch(() => undefined), refreshMs);
  }

  close(): void {
    clearInterval(this.refreshing);
    this.unsubscribe?.();
  }

  onChange(listener: StateListener): void {
    this.listeners.add(listener);
  }

  of(key: BreakerKey): BreakerView | undefined {
    return this.views.get(nameOf(key));
  }

  stateOf(key: BreakerKey): CircuitState {
    return this.of(key)?.circuit.state ?? 'closed';
  }

  isAnyOpen(): boolean {
    for (const { circuit } of this.views.values()) if (circuit.state === 'open') return true;
    return false;
  }

  /** Reads one row. @returns null when there is none */
  async reread(key: BreakerKey): Promise<BreakerRow | null> {
    const row = await this.store.find(key);
    if (row) this.take(row);
    else this.forget(key);
    return row;
  }

  /** Stores a row, unless the known row is newer. */
  take(row: BreakerRow): void {
    const name = nameOf(row);
    const known = this.views.get(name);
    if (known && known.row.version > row.version) return;
    const circuit = circuitOf(row, performance.now());
    const before = known?.circuit.state ?? 'closed';
    if (known) Object.assign(known, { row, circuit });
    else this.views.set(name, { row, circuit, claiming: false });
    if (before === circuit.state) return;
    this.onOtherState(name);
    this.notify({ appId: row.appId, capability: row.capability }, circuit.state);
  }

  private async refresh(everything: boolean): Promise<void> {
    const startedMs = performance.now();
    const sinceMs =
      everything || this.lastReadMs === null ? null : startedMs - this.lastReadMs + REFRESH_OVERLAP_MS;
    const rows = await this.store.changed(sinceMs);
    for (const row of rows) this.take(row);
    this.lastReadMs = startedMs;
  }

  /** The row was removed with its app. */
  private forget(key: BreakerKey): void {
    const before = this.stateOf(key);
    this.views.delete(nameOf(key));
    this.onOtherState(nameOf(key));
    if (before !== 'closed') this.notify(key, 'closed');
  }

  private notify(key: BreakerKey, state: CircuitState): void {
    for (const listener of this.listeners) listener(key, state);
  }
}

export function circuitOf(row: BreakerRow, nowMs: number): Circuit {
  switch (row.state) {
    case 'closed':
      return { state: 'closed', failures: row.failureCount, ...(row.forced && { forced: true }) };
    case 'open':
      if (row.forced) return { state: 'open', retryAtMs: Number.POSITIVE_INFINITY, forced: true };
      return { state: 'open', retryAtMs: nowMs + (row.retryInMs ?? 0) };
    case 'half_open':
      return {
        state: 'half_open',
        successes: row.successCount,
        probeUntilMs: row.probeInMs === null ? null : nowMs + row.probeInMs,
      };
  }
}
