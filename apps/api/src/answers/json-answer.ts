import { randomUUID } from 'node:crypto';
import { fillIn } from '@breakwater/json';
import type { FastifyReply } from 'fastify';

/** A body that goes out as it is. */
export function rawJson(reply: FastifyReply, body: Buffer | string): Buffer | string {
  void reply.type('application/json; charset=utf-8');
  return body;
}

/** An answer with parts that are JSON text already, see `JsonText`. */
export function jsonAnswer<T extends object>(reply: FastifyReply, answer: T): T {
  // Written at the very end, so that whoever looks at the answer before sees its members.
  void reply.type('application/json; charset=utf-8').serializer((body: object) => fillIn(body, randomUUID()));
  return answer;
}
