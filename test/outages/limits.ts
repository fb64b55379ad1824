/**
 * `npm run outages -- --rounds 20` checks the promised times; without it one round runs, with times for a busy
 * machine.
 */
const asked = process.env['OUTAGE_ROUNDS'];
export const ROUNDS = asked === undefined ? 1 : Number(asked);
const isNamedRun = asked !== undefined;

/** Short limits, so that a round is short. */
export const BOUNDS = {
  ACCEPT_TIMEOUT: '1500',
  DATABASE_STATEMENT_TIMEOUT: '2000',
  DATABASE_CONNECT_TIMEOUT: '1000',
  QUEUE_TIMEOUT: '1000',
  // A call whose result could not be stored is made again after its timeout and this.
  DELIVERY_LEASE_MARGIN: '3000',
  SWEEP_INTERVAL: '1000',
};

/** Before a call is accepted, it waits for its key to be checked, at most as long as for a statement. */
export const REFUSED_WITHIN_MS = 2_000 + 1_500;

/** The promised times, ms, and what a busy machine may add. */
export const LIMITS = {
  refusedMs: REFUSED_WITHIN_MS + (isNamedRun ? 500 : 5_000),
  /** While Redis is unavailable, a call is accepted even if its wake-up is lost. */
  acceptedMs: isNamedRun ? 2_000 : 8_000,
  /**
   * From a call to its webhook, after Redis works again: lost wake-ups, or jobs that a worker could not finish, take
   * places of their endpoint until the sweep counts them as lost (docs/guides/operations.md).
   */
  deliveredMs: 25_000,
  wellAgainMs: isNamedRun ? 2_000 : 8_000,
  readyzMs: isNamedRun ? 500 : 5_000,
  stopMs: isNamedRun ? 5_000 : 15_000,
};
