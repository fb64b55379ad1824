/** A call that takes longer is slow, ms: its endpoint and its app do not count as quick. */
const QUICK_MS = 1_000;

/**
 * How long an app is limited to its share after a slow call, ms: one quick endpoint must not lift the limit
 * for many that hang.
 */
const SLOW_KEPT_MS = 60_000;

/**
 * How long an endpoint counts as quick after its last call, ms. Without this it would get one call at a time
 * beside a dead app.
 */
const QUICK_KEPT_MS = 10_000;

/** How many endpoints without a call are remembered at most: every claim statement lists them all. */
const IDLE_AT_MOST = 100;

/**
 * Endpoints of one app that are remembered until it has capacity again. The sweeper promotes what waits for
 * the others.
 */
const REFUSED_AT_MOST = 1_000;

/** How much of this process may be claimed now: by each endpoint that is named, and by any other. */
export interface Room {
  ids: string[];
  rooms: number[];
  others: number;
}

/** An endpoint or app with calls in progress, or with calls that ended lately. */
interface Holder {
  /** When each call in progress was claimed, ms, the oldest first. */
  readonly calls: Map<string, number>;
  /** Whether the last call that ended was quick. */
  quick: boolean;
  /** When the last call ended, and when the last slow one did, ms. */
  endedAtMs: number;
  slowAtMs: number;
}

/** The endpoint that a call is for. */
export interface Caller {
  appId: string;
  endpointId: string;
}

/** An endpoint with waiting deliveries whose app has no capacity left. */
export interface Refused extends Caller {
  /** Whether it has a rate limit or an order. */
  paced: boolean;
}

/** How many of the free slots a holder that does not count as quick may still take. */
type RoomOf = (free: number, out: number) => number;

/** The calls in progress, by endpoint or by app. */
class Holders {
  private readonly byId = new Map<string, Holder>();

  constructor(
    private readonly nowMs: () => number,
    private readonly slowKeptMs: number,
    private readonly roomOf: RoomOf,
  ) {}

  rooms(free: number): Room {
    const known = [...this.byId].filter(([id]) => !this.forgets(id));
    return {
      ids: known.map(([id]) => id),
      rooms: known.map(([id]) => this.room(id, free)),
      others: this.roomOf(free, 0),
    };
  }

  room(id: string, free: number): number {
    const holder = this.byId.get(id);
    return holder && this.isQuick(holder) ? free : this.roomOf(free, holder?.calls.size ?? 0);
  }

  took(id: string, token: string): void {
    const holder = this.byId.get(id) ?? {
      calls: new Map<string, number>(),
      quick: false,
      endedAtMs: -Infinity,
      slowAtMs: -Infinity,
    };
    this.byId.set(id, holder);
    holder.calls.set(token, this.nowMs());
  }

  /** @returns whether it was in progress */
  gaveBack(id: string, token: string): boolean {
    const holder = this.byId.get(id);
    const sinceMs = holder?.calls.get(token);
    if (!holder || sinceMs === undefined) return false;
    holder.quick = this.nowMs() - sinceMs < QUICK_MS;
    holder.endedAtMs = this.nowMs();
    if (!holder.quick) holder.slowAtMs = this.nowMs();
    holder.calls.delete(token);
    if (holder.calls.size === 0) this.rests(id, holder);
    return true;
  }

  /** Keeps the holder as long as it is useful; of too many, those that ended last are kept. */
  private rests(id: string, holder: Holder): void {
    this.byId.delete(id);
    this.byId.set(id, holder);
    const idle = [...this.byId].filter(([each, { calls }]) => calls.size === 0 && !this.forgets(each));
    if (idle.length > IDLE_AT_MOST) this.byId.delete(idle[0]![0]);
  }

  private isQuick({ calls, quick, slowAtMs }: Holder): boolean {
    const [oldestMs = Infinity] = calls.values();
    return quick && this.nowMs() - oldestMs < QUICK_MS && this.nowMs() - slowAtMs >= this.slowKeptMs;
  }

  private forgets(id: string): boolean {
    const { calls, quick, endedAtMs, slowAtMs } = this.byId.get(id)!;
    const isSlow = this.nowMs() - slowAtMs < this.slowKeptMs;
    const isQuick = quick && this.nowMs() - endedAtMs < QUICK_KEPT_MS;
    return calls.size === 0 && !isSlow && !isQuick && this.byId.delete(id);
  }
}

/**
 * Shares the calls of one process among endpoints and apps.
 *
 * An endpoint that answers within a second may take all slots. Any other endpoint takes at most as many slots
 * as it leaves free, so a dead endpoint with a large backlog leaves half of what the others left. An app
 * takes, over all endpoints that are not quick, at most four times as many slots as it leaves free, so a
 * fifth stays for other apps. An endpoint with no call in progress may always take one free slot.
 * @see docs/adr/0017-fair-share-of-a-worker.md
 */
export class FairShare {
  private readonly endpoints: Holders;
  private readonly apps: Holders;
  private readonly refusals = new Map<string, Map<string, Refused>>();
  /** For each app, how many of its refused endpoints are being asked again. */
  private readonly asking = new Map<string, number>();
  private out = 0;

  /** @param size calls at once, 1 or more */
  constructor(
    private readonly size: number,
    nowMs: () => number,
  ) {
    this.endpoints = new Holders(nowMs, 0, (free, out) =>
      out === 0 ? Math.max(1, Math.floor(free / 2)) : Math.max(0, Math.floor((free - out) / 2)),
    );
    this.apps = new Holders(nowMs, SLOW_KEPT_MS, (free, out) =>
      out === 0 ? Math.max(1, Math.floor((4 * free) / 5)) : Math.max(0, Math.floor((4 * free - out) / 5)),
    );
  }

  rooms(): { endpoints: Room; apps: Room } {
    const free = this.size - this.out;
    return { endpoints: this.endpoints.rooms(free), apps: this.apps.rooms(free) };
  }

  took({ appId, endpointId }: Caller, token: string): void {
    this.endpoints.took(endpointId, token);
    this.apps.took(appId, token);
    this.out++;
  }

  gaveBack({ appId, endpointId }: Caller, token: string): void {
    if (!this.endpoints.gaveBack(endpointId, token)) return;
    this.apps.gaveBack(appId, token);
    this.out--;
  }

  /** Remembers that the app had no capacity for what waits for this endpoint. */
  refused({ appId, endpointId, paced }: Refused): void {
    const ofApp = this.refusals.get(appId) ?? new Map<string, Refused>();
    this.refusals.set(appId, ofApp);
    if (ofApp.size < REFUSED_AT_MOST) ofApp.set(endpointId, { appId, endpointId, paced });
  }

  /**
   * The refused endpoints of the app to ask again, as many as fit now, the longest refused first. Each is
   * returned once, and counts as a call until {@link answered}.
   */
  askAgain(appId: string): Refused[] {
    const ofApp = this.refusals.get(appId);
    if (!ofApp) return [];
    const asking = this.asking.get(appId) ?? 0;
    const room = Math.max(0, this.apps.room(appId, this.size - this.out) - asking);
    const fitting = [...ofApp.values()].slice(0, room);
    for (const { endpointId } of fitting) ofApp.delete(endpointId);
    if (ofApp.size === 0) this.refusals.delete(appId);
    if (fitting.length > 0) this.asking.set(appId, asking + fitting.length);
    return fitting;
  }

  /** An endpoint that was asked again has its result. */
  answered(appId: string): void {
    const asking = (this.asking.get(appId) ?? 0) - 1;
    if (asking > 0) this.asking.set(appId, asking);
    else this.asking.delete(appId);
  }
}
