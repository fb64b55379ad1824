import { createHash } from 'node:crypto';

/**
 * The id of an event's delivery to an endpoint. It is always the same, so creating the delivery twice is a conflict of
 * ids. It is a UUID of version 7 with the time of the event, or with the time of the fan-out if that is later. It keeps
 * the sequence of the event's id, so deliveries to an ordered endpoint sort like their events.
 * @param dueAtMs when the event is fanned out, if not at once
 * @see docs/adr/0030-events-are-stored-once.md
 */
export function eventDeliveryId(eventId: string, endpointId: string, dueAtMs?: number): string {
  const event = eventId.replaceAll('-', '');
  const time = dueAtMs === undefined ? event.slice(0, 12) : dueAtMs.toString(16).padStart(12, '0');
  const hash = createHash('sha256').update(eventId).update(endpointId).digest();
  hash[0] = (hash[0]! & 0x3f) | 0x80;
  const rest = hash.toString('hex', 0, 8);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${event.slice(13, 16)}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}
