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
    at(
      '/alerts',
      lazyRouteComponent(() => import('./alerts/alerts.js'), 'Alerts'),
    ),
    at(
      '/alerts/$alertId',
      lazyRouteComponent(() => import('./alerts/alert-page.js'), 'AlertPage'),
    ),
    at(
      '/alert-rules',
      lazyRouteComponent(() => import('./alert-rules/alert-rules.js'), 'AlertRules'),
    ),
    at(
      '/alert-rules/new',
      lazyRouteComponent(() => import('./alert-rules/rule-page.js'), 'NewAlertRule'),
    ),
    at(
      '/alert-rules/$ruleId',
      lazyRouteComponent(() => import('./alert-rules/rule-page.js'), 'AlertRulePage'),
    ),
  ];
}
