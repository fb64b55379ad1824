import { randomUUID } from 'node:crypto';
import { fillIn } from '@breakwater/json';
import type { FastifyReply } from 'fastify';

/** Sends a body unchanged. */
export function rawJson(reply: FastifyReply, body: Buffer | string): Buffer | string {
  void reply.type('application/json; charset=utf-8');
  return body;
}

/** An answer with parts that are already JSON text, see `JsonText`. */
export function jsonAnswer<T extends object>(reply: FastifyReply, answer: T): T {
  // Serialised at the very end, so that hooks and interceptors still see the members.
  void reply.type('application/json; charset=utf-8').serializer((body: object) => fillIn(body, randomUUID()));
  return answer;
}
