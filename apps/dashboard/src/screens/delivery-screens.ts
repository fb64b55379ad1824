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
  ];
}
