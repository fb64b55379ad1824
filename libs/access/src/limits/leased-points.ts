/** Points of the limit that all processes share. */
export interface Lease {
  /** None when the limit is reached. */
  points: number;
  /** How long they are valid, after which the limit starts again, ms from the request for them. */
  endsInMs: number;
}

/** Milliseconds until a refused request may be repeated; null lets it pass. */
export type Spent = { refusedForMs: number } | null;

interface Held extends Pick<Lease, 'points'> {
  endsAtMs: number;
  isUsedUp: boolean;
}

/** Leases per limit: so many queries go to the store per window, however many requests come. */
const LEASES_PER_WINDOW = 20;

/** Points in one lease, 1 or more. Points that a process holds without using them are missing in the others. */
export function leaseSize(limit: number): number {
  return Math.max(1, Math.floor(limit / LEASES_PER_WINDOW));
}

/**
 * Points that an increment of a shared counter gave: each point below the limit is given once.
 * @param counted the counter after `asked` was added
 */
export function pointsGiven(limit: number, asked: number, counted: number): number {
  return Math.min(Math.max(limit - (counted - asked), 0), asked);
}

/**
 * A limit per key. Points are leased from the store and used in memory, so that a request needs no round trip. Uses no
 * point that it did not get, and none after the end of its window.
 */
export class LeasedPoints {
  private readonly held = new Map<string, Held>();
  private readonly asking = new Map<string, Promise<void>>();

  /**
   * @param lease never rejects
   * @param nowMs milliseconds of a clock that never goes back
   * @param maxKeys of more keys the oldest are forgotten, with the rest of their leases
   */
  constructor(
    private readonly lease: (key: string) => Promise<Lease>,
    private readonly nowMs: () => number,
    private readonly maxKeys = 10_000,
  ) {}

  async spend(key: string): Promise<Spent> {
    for (;;) {
      const held = this.held.get(key);
      const leftMs = held ? held.endsAtMs - this.nowMs() : 0;
      if (held && leftMs > 0) {
        if (held.points > 0) {
          held.points--;
          return null;
        }
        if (held.isUsedUp) return { refusedForMs: leftMs };
      }
      await (this.asking.get(key) ?? this.ask(key));
    }
  }

  get size(): number {
    return this.held.size;
  }

  private ask(key: string): Promise<void> {
    const askedAtMs = this.nowMs();
    const answer = this.lease(key)
      .then(({ points, endsInMs }) =>
        this.hold(key, { points, endsAtMs: askedAtMs + endsInMs, isUsedUp: points === 0 }),
      )
      .finally(() => this.asking.delete(key));
    this.asking.set(key, answer);
    return answer;
  }

  private hold(key: string, held: Held): void {
    // Deleted first, so that it becomes the newest entry of the map.
    this.held.delete(key);
    this.held.set(key, held);
    if (this.held.size > this.maxKeys) this.held.delete(this.held.keys().next().value!);
  }
}
