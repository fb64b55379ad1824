import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { decodeSecret } from '@breakwater/platform';
import { sign } from '@breakwater/webhook-client';

export interface TestReceiver {
  /** Of this machine's loopback, with a port that the system chose. */
  port: number;
  stop(): Promise<void>;
}

/**
 * A receiver for one test call, on 127.0.0.1 only. It answers 200 to the call with that id and a valid signature, and
 * 401 to everything else.
 */
export async function startTestReceiver(webhookId: string, secret: string): Promise<TestReceiver> {
  const server = createServer((request, response) => {
    answer(request, response, { webhookId, secret }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { webhookId, secret }: { webhookId: string; secret: string },
): Promise<void> {
  const body = await buffer(request);
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers;
  const expected = sign(webhookId, Number(at), body, [decodeSecret(secret)!]);
  const isSigned = id === webhookId && isSame(expected, String(signature));
  response
    .writeHead(isSigned ? 200 : 401, { 'content-type': 'application/json' })
    .end(JSON.stringify({ success: isSigned }));
}

function isSame(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}
