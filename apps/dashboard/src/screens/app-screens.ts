import { lazyRouteComponent } from '@tanstack/react-router';

type Component = ReturnType<typeof lazyRouteComponent>;

/** Apps, how they are, and the installation they run in: for operators. */
export function appScreens<Route>(at: (path: string, component: Component) => Route): Route[] {
  return [
    at(
      '/',
      lazyRouteComponent(() => import('./overview/overview.js'), 'Overview'),
    ),
    at(
      '/apps',
      lazyRouteComponent(() => import('./apps/apps.js'), 'Apps'),
    ),
    at(
      '/apps/$appId',
      lazyRouteComponent(() => import('./app/app.js'), 'App'),
    ),
    at(
      '/health',
      lazyRouteComponent(() => import('./health/health.js'), 'Health'),
    ),
    at(
      '/system',
      lazyRouteComponent(() => import('./system/system.js'), 'System'),
    ),
  ];
}
