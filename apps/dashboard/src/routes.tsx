import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { parseSearch, stringifySearch } from './data/search.js';
import { appScreens } from './screens/app-screens.js';
import { deliveryScreens } from './screens/delivery-screens.js';
import { breakerScreens, watchScreens } from './screens/watch-screens.js';
import { OperatorGate, PortalGate } from './session/gates.js';
import { SignIn } from './session/sign-in.js';
import { NoSuchScreen, ScreenFailed } from './shell/no-such-screen.js';
import { Root } from './shell/root.js';

const root = createRootRoute({
  component: Root,
  notFoundComponent: NoSuchScreen,
  errorComponent: ScreenFailed,
});

const signIn = createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignIn });

/** Behind a session. */
const operator = createRoute({ getParentRoute: () => root, id: 'operator', component: OperatorGate });
/** Behind a portal link. */
const portal = createRoute({ getParentRoute: () => root, path: '/portal/$appId', component: PortalGate });

const screen = (path: string, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => operator, path, component });
const ownerScreen = (path: string, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => portal, path, component });

// Each screen is a file of its own, loaded when it is opened.
const routes = root.addChildren([
  signIn,
  operator.addChildren([
    ...appScreens(screen),
    ...deliveryScreens(screen),
    ...breakerScreens(screen),
    ...watchScreens(screen),
    screen(
      '/inbound',
      lazyRouteComponent(() => import('./screens/inbound/inbound.js'), 'Inbound'),
    ),
    screen(
      '/inbound/$appId/$source',
      lazyRouteComponent(() => import('./screens/inbound/source-screen.js'), 'SourceScreen'),
    ),
    screen(
      '/register',
      lazyRouteComponent(() => import('./screens/manifest/manifest-screen.js'), 'RegisterApp'),
    ),
    screen(
      '/apps/$appId/subscriptions',
      lazyRouteComponent(() => import('./screens/subscriptions/subscriptions.js'), 'Subscriptions'),
    ),
    screen(
      '/apps/$appId/secrets',
      lazyRouteComponent(() => import('./screens/portal/secrets.js'), 'Secrets'),
    ),
    screen(
      '/apps/$appId/manifest',
      lazyRouteComponent(() => import('./screens/manifest/manifest-screen.js'), 'ManifestScreen'),
    ),
    createRoute({ getParentRoute: () => operator, path: '$', component: NoSuchScreen }),
  ]),
  portal.addChildren([
    ...deliveryScreens(ownerScreen),
    ...breakerScreens(ownerScreen),
    ownerScreen(
      '/subscriptions',
      lazyRouteComponent(() => import('./screens/subscriptions/subscriptions.js'), 'Subscriptions'),
    ),
    ownerScreen(
      '/conformance',
      lazyRouteComponent(() => import('./screens/conformance/conformance.js'), 'ConformanceScreen'),
    ),
    ownerScreen(
      '/secrets',
      lazyRouteComponent(() => import('./screens/portal/secrets.js'), 'Secrets'),
    ),
    ownerScreen(
      '/',
      lazyRouteComponent(() => import('./screens/portal/home.js'), 'PortalHome'),
    ),
    createRoute({ getParentRoute: () => portal, path: '$', component: NoSuchScreen }),
  ]),
]);

export function createScreens() {
  return createRouter({
    routeTree: routes,
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultErrorComponent: ScreenFailed,
    defaultNotFoundComponent: NoSuchScreen,
  });
}
