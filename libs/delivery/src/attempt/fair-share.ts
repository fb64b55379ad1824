/** A call that takes longer says nothing good about its endpoint, ms. */
const QUICK_MS = 1_000;

/** How much of this process may be claimed now: for endpoints with calls out, and for each other one. */
export interface Rooms {
  endpointIds: string[];
  rooms: number[];
  others: number;
}

interface Held {
  /** When each call was claimed, ms, the oldest first. */
  readonly calls: Map<string, number>;
  /** Whether the last call that ended was quick. */
  quick: boolean;
}

/**
 * Shares the calls of one process among endpoints. One that answers within a second may take all of them; one that is
 * not known to, or has a call out for longer, takes at most as many as it leaves free: however much waits for a dead
 * endpoint, half of what the others left stays theirs.
 */
export class FairShare {
  private readonly held = new Map<string, Held>();
  private out = 0;

  /** @param size calls at once, 1 or more */
  constructor(
    private readonly size: number,
    private readonly nowMs: () => number,
  ) {}

  rooms(): Rooms {
    const free = this.size - this.out;
    const entries = [...this.held].map(([id, held]) => [id, this.roomOf(held, free)] as const);
    return {
      endpointIds: entries.map(([id]) => id),
      rooms: entries.map(([, room]) => room),
      others: Math.max(1, Math.floor(free / 2)),
    };
  }

  took(endpointId: string, token: string): void {
    const held = this.held.get(endpointId) ?? { calls: new Map<string, number>(), quick: false };
    this.held.set(endpointId, held);
    held.calls.set(token, this.nowMs());
    this.out++;
  }

  gaveBack(endpointId: string, token: string): void {
    const held = this.held.get(endpointId);
    const sinceMs = held?.calls.get(token);
    if (!held || sinceMs === undefined) return;
    held.quick = this.nowMs() - sinceMs < QUICK_MS;
    held.calls.delete(token);
    this.out--;
    if (held.calls.size === 0) this.held.delete(endpointId);
  }

  private roomOf({ calls, quick }: Held, free: number): number {
    const [oldestMs = Infinity] = calls.values();
    if (quick && this.nowMs() - oldestMs < QUICK_MS) return free;
    return Math.max(0, Math.floor((free - calls.size) / 2));
  }
}
