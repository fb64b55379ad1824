import type { Server } from 'node:http';
import { Server as PortServer } from 'node:net';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';

/** Longest time to accept what has connected before the port closes, ms. */
const ACCEPTING_MAX_MS = 1_000;

/** A turn of the event loop that takes longer has left time for another connection, ms. */
const QUICK_TURN_MS = 0.5;

/**
 * For this long after the port closed idle connections stay open, ms. A balancer that is refused a new connection also
 * stops using those it kept; before that, a request may be on its way on one of them.
 */
const IDLE_STAYS_MS = 300;

/** After that, a connection that becomes idle is closed within this, ms. */
const IDLE_CLOSED_EVERY_MS = 50;

export interface ClosedPort {
  /** Resolves when the last connection is closed. */
  closed: Promise<void>;
  /** Idle connections are not closed any more. */
  end: () => void;
}

/**
 * Closes the port of a server without resetting a request, as far as a process can: a client may not repeat one that it
 * has sent. Resolves when no more connections are accepted; those that exist are served until they are idle.
 */
export async function closePort(server: Server): Promise<ClosedPort> {
  await untilAllAreAccepted(server);
  // `close` of an HTTP server would close idle connections at once.
  const closed = new Promise<void>((resolve) => PortServer.prototype.close.call(server, () => resolve()));
  const reaping = new AbortController();
  void closeIdleConnections(server, reaping.signal);
  return { closed, end: () => reaping.abort() };
}

/**
 * A connection that the kernel has and Node does not is reset when the port closes. Node accepts one in each turn of the
 * event loop. Returns right after a quick turn in which none was waiting.
 */
async function untilAllAreAccepted(server: Server): Promise<void> {
  let isNew = true;
  const note = (): void => void (isNew = true);
  server.on('connection', note);
  const endMs = performance.now() + ACCEPTING_MAX_MS;
  let turnMs = Number.POSITIVE_INFINITY;
  while ((isNew || turnMs > QUICK_TURN_MS) && performance.now() < endMs) {
    isNew = false;
    const beganMs = performance.now();
    await nextTurn();
    turnMs = performance.now() - beganMs;
  }
  server.off('connection', note);
}

/** Again and again, because those that are busy now become idle later. What has arrived is read before. */
async function closeIdleConnections(server: Server, end: AbortSignal): Promise<void> {
  await delay(IDLE_STAYS_MS);
  while (!end.aborted) {
    await nextTurn();
    server.closeIdleConnections();
    await delay(IDLE_CLOSED_EVERY_MS);
  }
}
