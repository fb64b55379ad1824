import type { Webhook } from '../receiver.io.js';
import { receivedBy, type NodeRequest } from './node-message.js';

const REMEDY =
  'register the webhook with `app.register(fastifyWebhook(path, webhook))`, which reads the bytes itself, instead of a route with `toFastify`. If it is registered so, remove the `preParsing` hook that reads the request before.';

export interface FastifyResponse {
  code(status: number): { headers(headers: Record<string, string>): { send(body: string): unknown } };
}

/** Fastify's own types have more overloads than a structure can name. */
export interface FastifyApp {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(type: string, options: never, parser: never): unknown;
  post(path: string, handler: never): unknown;
}

type Done = (error: null, body: Uint8Array) => void;
const keepBytes = (_request: unknown, body: Uint8Array, done: Done) => done(null, body);

/** A route that reads the bytes itself, whatever parsers the app has: `app.register(fastifyWebhook('/hooks/answer', webhook))`. */
export function fastifyWebhook(path: string, webhook: Webhook) {
  return async (app: FastifyApp): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' } as never, keepBytes as never);
    app.post(path, toFastify(webhook) as never);
  };
}

/** A handler for a route of your own, where the body is kept as bytes (`request.body` or `request.rawBody`). */
export function toFastify(webhook: Webhook) {
  return async (request: NodeRequest, response: FastifyResponse): Promise<unknown> => {
    const { status, headers, body } = await webhook(receivedBy(request, response, REMEDY));
    return response.code(status).headers(headers).send(body);
  };
}
