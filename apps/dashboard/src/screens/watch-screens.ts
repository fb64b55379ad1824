import { lazyRouteComponent } from '@tanstack/react-router';

type Component = ReturnType<typeof lazyRouteComponent>;

/** Breakers. Operators and owners see the same screens. */
export function breakerScreens<Route>(at: (path: string, component: Component) => Route): Route[] {
  const one = lazyRouteComponent(() => import('./breakers/breaker-page.js'), 'BreakerPage');
  return [
    at(
      '/breakers',
      lazyRouteComponent(() => import('./breakers/breakers.js'), 'Breakers'),
    ),
    at('/breakers/$breakerApp/$capability', one),
  ];
}

/** What operators watch. */
export function watchScreens<Route>(at: (path: string, component: Component) => Route): Route[] {
  return [
    at(
      '/feed',
      lazyRouteComponent(() => import('./feed/live-feed.js'), 'LiveFeed'),
    ),
  ];
}
