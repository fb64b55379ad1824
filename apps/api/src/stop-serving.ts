import type { Server } from 'node:http';
import { Server as PortServer } from 'node:net';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Readiness, within } from '@breakwater/platform';
import { AnswersInHand } from './answers-in-hand.service.js';
import { RoomsGateway } from './rooms/rooms.gateway.js';

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

/** Longest wait for requests that were sent before the port closed and are not read yet, ms. */
const LAST_REQUESTS_MS = 1_000;

export interface Patience {
  /** For this long readiness says no before the port closes, so that a load balancer stops sending, ms. */
  noticeMs: number;
  /** Longest wait for requests in progress, ms. */
  limitMs: number;
}

/**
 * Ends the HTTP side of a process: accepts no more connections, answers the requests in progress, and keeps no
 * connection open. `app.close()` closes what is still open after that.
 */
export async function stopServing(
  app: NestFastifyApplication,
  { noticeMs, limitMs }: Patience,
): Promise<void> {
  const answers = app.get(AnswersInHand);
  app.get(Readiness).drain();
  answers.stop();
  await delay(noticeMs);
  const server: Server = app.getHttpServer();
  await untilAllAreAccepted(server);
  const closed = closePort(server);
  const reaping = closeIdleConnections(server);
  app.get(RoomsGateway).disconnectAll();
  const isAnswered = await within(answers.none(), limitMs);
  if (isAnswered) await within(closed, LAST_REQUESTS_MS);
  if (!isAnswered || !(await within(answers.none(), limitMs)))
    new Logger('Api').warn(`${answers.count} requests in progress are aborted: SHUTDOWN_TIMEOUT is over`);
  reaping.abort();
}

/**
 * A connection that the kernel has and Node does not is reset when the port closes, and with it a request that its
 * client may not repeat. Node accepts one in each turn of the event loop. Returns right after a quick turn in which
 * none was waiting.
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

/** Resolves when the last connection is closed. `close` of an HTTP server would close idle connections at once. */
async function closePort(server: Server): Promise<void> {
  await new Promise<void>((resolve) => PortServer.prototype.close.call(server, () => resolve()));
}

/** Again and again, because those that are busy now become idle later. What has arrived is read before. */
function closeIdleConnections(server: Server): AbortController {
  const reaping = new AbortController();
  const reap = async (): Promise<void> => {
    await delay(IDLE_STAYS_MS);
    while (!reaping.signal.aborted) {
      await nextTurn();
      server.closeIdleConnections();
      await delay(IDLE_CLOSED_EVERY_MS);
    }
  };
  void reap();
  return reaping;
}
