const LEAST_MS = 100;
const MOST_MS = 200;
/** A write to a socket costs about 0.07 ms of CPU, so each watcher makes all wait a little longer. */
const EACH_MS = 2;

/** From the end of one read to the next, ms: the more watchers there are, the more sockets are written to after each. */
export function readEveryMs(watchers: number): number {
  return Math.min(MOST_MS, Math.max(LEAST_MS, watchers * EACH_MS));
}
