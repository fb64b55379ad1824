import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Readiness, within } from '@breakwater/platform';
import { AnswersInHand } from './answers-in-hand.service.js';
import { RoomsGateway } from './rooms/rooms.gateway.js';

/** A connection that becomes idle while the process stops is closed within this, ms. */
const IDLE_CLOSED_EVERY_MS = 50;

/** What was sent before the port closed, and is not read yet, is waited for this long, ms. */
const LAST_REQUESTS_MS = 500;

export interface Patience {
  /** Readiness says no for this long before the port closes, so that a balancer stops sending, ms. */
  noticeMs: number;
  /** Longest wait for the answers in hand, ms. */
  limitMs: number;
}

/**
 * Ends the HTTP side of a process: takes no more connections, answers what was asked, keeps nobody's connection open.
 * What still is open when it resolves is closed by `app.close()`.
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
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // What was kept alive and busy when the port closed becomes idle only now: Node closes it once, at the beginning.
  const reaping = setInterval(() => server.closeIdleConnections(), IDLE_CLOSED_EVERY_MS);
  app.get(RoomsGateway).sendAllAway();
  const isAnswered = await within(answers.none(), limitMs);
  if (isAnswered) await within(closed, LAST_REQUESTS_MS);
  if (!isAnswered || !(await within(answers.none(), limitMs)))
    new Logger('Api').warn(`${answers.count} requests in hand are cut off: SHUTDOWN_TIMEOUT is over`);
  clearInterval(reaping);
}
