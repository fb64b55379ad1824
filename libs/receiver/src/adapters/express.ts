import type { Webhook } from '../receiver.io.js';
import { receivedBy, type NodeRequest } from './node-message.js';

const REMEDY =
  'move the route of this webhook above `app.use(express.json())`, or change that line to `app.use(express.json({ verify: (request, response, rawBody) => Object.assign(request, { rawBody }) }))`.';

export interface ExpressResponse {
  status(status: number): { set(headers: Record<string, string>): { send(body: string): unknown } };
}

/** `app.post('/hooks/answer', toExpress(webhook))`, for Express 4 and 5. */
export function toExpress(webhook: Webhook) {
  return async (request: NodeRequest, response: ExpressResponse): Promise<void> => {
    const { status, headers, body } = await webhook(receivedBy(request, response, REMEDY));
    response.status(status).set(headers).send(body);
  };
}
