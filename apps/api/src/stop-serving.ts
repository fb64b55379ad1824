import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Readiness, within } from '@breakwater/platform';
import { AnswersInHand } from './answers-in-hand.service.js';
import { closePort } from './close-port.js';
import { RoomsGateway } from './rooms/rooms.gateway.js';

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
  const port = await closePort(server);
  app.get(RoomsGateway).disconnectAll();
  const isAnswered = await within(answers.none(), limitMs);
  if (isAnswered) await within(port.closed, LAST_REQUESTS_MS);
  if (!isAnswered || !(await within(answers.none(), limitMs)))
    new Logger('Api').warn(`${answers.count} requests in progress are aborted: SHUTDOWN_TIMEOUT is over`);
  port.end();
}
