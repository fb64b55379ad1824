import { randomUUID } from 'node:crypto';
import type { EventRequest } from '@breakwater/events';

/** A request to publish an event. @param text its payload as JSON */
export function eventRequest({
  text = '{}',
  ...part
}: Partial<EventRequest> & { text?: string }): EventRequest {
  return {
    appId: null,
    type: 'order.created',
    body: Buffer.from(text),
    metadata: null,
    requestId: randomUUID(),
    publishedBy: 'test',
    deliverAt: null,
    idempotencyKey: null,
    ...part,
  };
}
