/** What was had of the limit that all processes share. */
export interface Lease {
  /** None when the limit is used up. */
  points: number;
  /** How long they are good for, and then the limit starts anew, ms from when they were asked for. */
  endsInMs: number;
}

/** Milliseconds until a refused one may come again; null lets it pass. */
export type Spent = { refusedForMs: number } | null;

interface Held extends Pick<Lease, 'points'> {
  endsAtMs: number;
  isUsedUp: boolean;
}

/** So many leases use a limit up: that many questions to the store per window, however many requests come. */
const LEASES_PER_WINDOW = 20;

/** Points asked for at once, 1 or more. What a process holds and does not need is missed by the others. */
export function leaseSize(limit: number): number {
  return Math.max(1, Math.floor(limit / LEASES_PER_WINDOW));
}

/**
 * Points that an increment of a shared counter gave: each point below the limit is given to one asker, once.
 * @param counted the counter after `asked` was added
 */
export function pointsGiven(limit: number, asked: number, counted: number): number {
  return Math.min(Math.max(limit - (counted - asked), 0), asked);
}

/**
 * A limit per key that is asked for in leases and spent in memory, so that a request costs no round trip. Spends no
 * point that it was not given, and none after the end of its window.
 */
export class LeasedPoints {
  private readonly held = new Map<string, Held>();
  private readonly asking = new Map<string, Promise<void>>();

  /**
   * @param lease never rejects
   * @param nowMs milliseconds of a clock that never runs backwards
   * @param maxKeys those beyond are forgotten, and with them what was left of their leases
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
    // Deleted first, so that it is the youngest of the map.
    this.held.delete(key);
    this.held.set(key, held);
    if (this.held.size > this.maxKeys) this.held.delete(this.held.keys().next().value!);
  }
}
