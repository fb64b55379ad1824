import { createHash } from 'node:crypto';

/**
 * The id of an event's delivery to an endpoint: always the same, so that whoever makes it a second time finds it there.
 * It is a UUID of version 7 made at the event's time, or when the event is fanned out later by that time; the sequence
 * of the event's id is kept, so deliveries to an ordered endpoint sort as their events do.
 * @param dueAtMs when the event is to be fanned out, where that is not at once
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
