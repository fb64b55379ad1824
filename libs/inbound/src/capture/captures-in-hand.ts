/** The part of a limit that one request holds until it is answered. */
export interface Place {
  /** Whether so many bytes of its body may be kept; if not, nothing changes. */
  mayTake(bytes: number): boolean;
  leave(): void;
}

export interface InHandLimits {
  /** Requests of one source. */
  perSource: number;
  /** Requests in all. */
  inAll: number;
  /** Bytes of the bodies of one source, and of all. */
  bytesPerSource: number;
  bytesInAll: number;
}

interface Held {
  requests: number;
  bytes: number;
}

/**
 * The requests that a process is capturing. One source cannot take all memory or all places: what it may hold is less
 * than what there is.
 */
export class CapturesInHand {
  private readonly sources = new Map<string, Held>();
  private readonly all: Held = { requests: 0, bytes: 0 };

  constructor(private readonly limits: InHandLimits) {}

  /** Null if the source, or this process, has too many. */
  enter(sourceId: string): Place | null {
    const of = this.sources.get(sourceId) ?? { requests: 0, bytes: 0 };
    if (of.requests >= this.limits.perSource || this.all.requests >= this.limits.inAll) return null;
    this.sources.set(sourceId, of);
    for (const held of [of, this.all]) held.requests++;
    let bytes = 0;
    let isOver = false;
    return {
      mayTake: (more) => {
        if (of.bytes + more > this.limits.bytesPerSource) return false;
        if (this.all.bytes + more > this.limits.bytesInAll) return false;
        for (const held of [of, this.all]) held.bytes += more;
        bytes += more;
        return true;
      },
      leave: () => {
        if (isOver) return;
        isOver = true;
        for (const held of [of, this.all]) {
          held.requests--;
          held.bytes -= bytes;
        }
        if (of.requests === 0) this.sources.delete(sourceId);
      },
    };
  }
}
