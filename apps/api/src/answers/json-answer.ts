import { randomUUID } from 'node:crypto';
import { fillIn } from '@breakwater/json';
import type { FastifyReply } from 'fastify';

/** A body that goes out as it is. */
export function rawJson(reply: FastifyReply, body: Buffer): Buffer {
  void reply.type('application/json; charset=utf-8');
  return body;
}

/** An answer with parts that are JSON text already, see `JsonText`. */
export function jsonAnswer(reply: FastifyReply, answer: object): Buffer {
  return rawJson(reply, Buffer.from(fillIn(answer, randomUUID())));
}
