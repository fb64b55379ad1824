import { lazyRouteComponent } from '@tanstack/react-router';

type Component = ReturnType<typeof lazyRouteComponent>;

/** Deliveries and what belongs to them. Operators and owners see the same screens. */
export function deliveryScreens<Route>(at: (path: string, component: Component) => Route): Route[] {
  return [
    at(
      '/deliveries',
      lazyRouteComponent(() => import('./deliveries/deliveries.js'), 'Deliveries'),
    ),
    at(
      '/deliveries/$id',
      lazyRouteComponent(() => import('./delivery/delivery.js'), 'Delivery'),
    ),
    at(
      '/dead-letters',
      lazyRouteComponent(() => import('./dead-letters/dead-letters.js'), 'DeadLetters'),
    ),
    at(
      '/dead-letters/$id',
      lazyRouteComponent(() => import('./dead-letter/dead-letter.js'), 'DeadLetter'),
    ),
    at(
      '/bulk-operations',
      lazyRouteComponent(() => import('./bulk-operations/bulk-operations.js'), 'BulkOperations'),
    ),
    at(
      '/bulk-operations/$id',
      lazyRouteComponent(() => import('./bulk-operations/bulk-operation.js'), 'BulkOperation'),
    ),
    at(
      '/events',
      lazyRouteComponent(() => import('./events/events.js'), 'Events'),
    ),
    at(
      '/events/$id',
      lazyRouteComponent(() => import('./event/event.js'), 'Event'),
    ),
  ];
}
