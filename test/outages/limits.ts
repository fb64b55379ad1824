/** `npm run outages -- --rounds 20` holds the product to its promises; without it a few rounds, for a busy machine. */
const asked = process.env['OUTAGE_ROUNDS'];
export const ROUNDS = asked === undefined ? 2 : Number(asked);
const isNamedRun = asked !== undefined;

/** Short bounds, so that a round is short. */
export const BOUNDS = {
  ACCEPT_TIMEOUT: '1500',
  DATABASE_STATEMENT_TIMEOUT: '2000',
  DATABASE_CONNECT_TIMEOUT: '1000',
  QUEUE_TIMEOUT: '1000',
  // A call whose result could not be stored is made again after its timeout and this.
  DELIVERY_LEASE_MARGIN: '3000',
  SWEEP_INTERVAL: '1000',
};

/** A call waits for its key to be known, at most as long as for a statement, and then for its acceptance. */
export const REFUSED_WITHIN_MS = 2_000 + 1_500;

/** What is promised, in ms, and what a busy machine may add to it. */
export const LIMITS = {
  refusedMs: REFUSED_WITHIN_MS + (isNamedRun ? 500 : 5_000),
  /** While Redis is away a call is accepted, wherever its wake-up stays. */
  acceptedMs: isNamedRun ? 2_000 : 8_000,
  /**
   * From a call to its webhook, after Redis is well again: wake-ups that it lost, or jobs that a worker could not finish,
   * hold places of their endpoint until the sweep takes them for lost (docs/guides/operations.md).
   */
  deliveredMs: 25_000,
  wellAgainMs: isNamedRun ? 2_000 : 8_000,
  readyzMs: isNamedRun ? 500 : 5_000,
  stopMs: isNamedRun ? 5_000 : 15_000,
};
