import type { Webhook } from '../receiver.io.js';
import { receivedBy, type NodeRequest } from './node-message.js';

const REMEDY =
  'remove what reads the request before this handler (`for await (const chunk of request)` or `request.on("data", …)`), or keep the bytes in `request.rawBody`.';

export interface NodeServerResponse {
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(body: string): unknown;
}

/** For `node:http` and whatever passes its requests on: `createServer(toNode(webhook))`. */
export function toNode(webhook: Webhook) {
  return async (request: NodeRequest, response: NodeServerResponse): Promise<void> => {
    const { status, headers, body } = await webhook(receivedBy(request, response, REMEDY));
    response.writeHead(status, headers);
    response.end(body);
  };
}
