/** How long the opening of a connection took, ms; null for a part that was not needed or did not end. */
export interface Opening {
  dnsMs: number | null;
  connectMs: number | null;
  tlsMs: number | null;
}

/** How long the parts of a call took, ms. Those of the connection are null when an open one was used. */
export interface Timings extends Opening {
  /** From the request that was written to the status line of the answer. */
  firstByteMs: number | null;
  /** From the status line to the end of the body. */
  bodyMs: number | null;
}

/** When the parts of a call began, on one clock, ms; null for those that did not. */
export interface Moments {
  /** Null when an open connection was used. */
  opening: Opening | null;
  writtenMs: number | null;
  answeredMs: number | null;
  endedMs: number | null;
}

/** The timings of a call; null when nothing is known of any part. */
export function timingsOf({ opening, writtenMs, answeredMs, endedMs }: Moments): Timings | null {
  const timings = {
    dnsMs: rounded(opening?.dnsMs ?? null),
    connectMs: rounded(opening?.connectMs ?? null),
    tlsMs: rounded(opening?.tlsMs ?? null),
    firstByteMs: between(writtenMs, answeredMs),
    bodyMs: between(answeredMs, endedMs),
  };
  return Object.values(timings).every((part) => part === null) ? null : timings;
}

function between(fromMs: number | null, toMs: number | null): number | null {
  return fromMs === null || toMs === null ? null : rounded(toMs - fromMs);
}

/** To a tenth of a millisecond. */
function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.max(0, Math.round(ms * 10) / 10);
}
