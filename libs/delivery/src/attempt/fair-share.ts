/** A call that takes longer says nothing good about its endpoint and its app, ms. */
const QUICK_MS = 1_000;

/** How long an app keeps to its share after a call that was not quick, ms: one endpoint that answers at once must not free the way for many that hang. */
const SLOW_KEPT_MS = 60_000;

/** How long one that was quick is known to be after its last call, ms: beside a dead app it would get one call at a time. */
const QUICK_KEPT_MS = 10_000;

/** How many without a call out are known at once; each claim tells of all of them. */
const IDLE_AT_MOST = 100;

/** Endpoints of one app remembered for when it has room again; what waits for others is left to the sweeper. */
const REFUSED_AT_MOST = 1_000;

/** How much of this process may be claimed now: for those that are named, and for each other one. */
export interface Room {
  ids: string[];
  rooms: number[];
  others: number;
}

/** One that has calls out, or is known from calls that ended lately. */
interface Holder {
  /** When each call was claimed, ms, the oldest first. */
  readonly calls: Map<string, number>;
  /** Whether the last call that ended was quick. */
  quick: boolean;
  /** When a call ended last, and when one that was not quick did, ms. */
  endedAtMs: number;
  slowAtMs: number;
}

/** Whose call it is. */
export interface Caller {
  appId: string;
  endpointId: string;
}

/** An endpoint that something waits for while its app has no room. */
export interface Refused extends Caller {
  /** Whether it keeps to a rate or an order. */
  paced: boolean;
}

/** How many more of the free ones a holder may take that is not known to be quick. */
type RoomOf = (free: number, out: number) => number;

/** The calls out, by endpoint or by app. */
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

  /** @returns whether it was out */
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

  /** It is known as long as that is of use; of many those that ended last. */
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
 * Shares the calls of one process among endpoints, and among apps. One that answers within a second may take all of them.
 * An endpoint that is not known to, or has a call out for longer, takes at most as many as it leaves free: however much
 * waits for a dead endpoint, half of what the others left stays theirs. An app of that kind takes, over all its endpoints,
 * at most four times as many as it leaves free: a fifth stays for the others. Who has nothing out may always take one.
 * @see docs/adr/0017-fair-share-of-a-worker.md
 */
export class FairShare {
  private readonly endpoints: Holders;
  private readonly apps: Holders;
  private readonly refusals = new Map<string, Map<string, Refused>>();
  /** By app, how many of its refused endpoints are being asked again. */
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

  /** Its app had no room for what waits for this endpoint. */
  refused({ appId, endpointId, paced }: Refused): void {
    const ofApp = this.refusals.get(appId) ?? new Map<string, Refused>();
    this.refusals.set(appId, ofApp);
    if (ofApp.size < REFUSED_AT_MOST) ofApp.set(endpointId, { appId, endpointId, paced });
  }

  /**
   * Who was refused and may be asked again, as many as the app has room for now, the longest refused first. Each is given
   * out once, and counts as a call until {@link answered}.
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

  /** One that was asked again has its answer. */
  answered(appId: string): void {
    const asking = (this.asking.get(appId) ?? 0) - 1;
    if (asking > 0) this.asking.set(appId, asking);
    else this.asking.delete(appId);
  }
}
