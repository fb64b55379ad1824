import { compileTypes, isReservedType } from '@breakwater/filter';
import { pointerTo, type Problem } from '@breakwater/platform';
import type { Subscription } from '../grammar/manifest.js';

/**
 * Warnings: event types and patterns of a manifest's subscriptions that match nothing in the catalogue, where only
 * types of the catalogue may be published.
 * @param known the names in the catalogue
 */
export function unknownTypeWarnings(
  subscriptions: readonly Pick<Subscription, 'name' | 'events'>[],
  known: readonly string[],
): Problem[] {
  return subscriptions.flatMap(({ name, events }) =>
    events.flatMap((pattern, index) => {
      // Captured requests are not published: their types need not be in the catalogue.
      if (isReservedType(pattern) || known.some(compileTypes([pattern]))) return [];
      const message = `no event type of the catalogue matches "${pattern}", and only those may be published`;
      return [
        {
          pointer: pointerTo('subscriptions', name, 'events', index),
          rule: 'event_type',
          message,
          value: pattern,
        },
      ];
    }),
  );
}
