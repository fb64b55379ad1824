import { PUBLIC_ROUTE, REQUIRED_SCOPES } from './require-scope.service.js';

/** Whether a handler is open to everybody: a method's own scopes win over a public class. */
export function isPublicRoute(handler: object, controller: object): boolean {
  const marked: unknown = [handler, controller]
    .map((place) => Reflect.getMetadata(PUBLIC_ROUTE, place) as unknown)
    .find((mark) => mark !== undefined);
  return marked === true && !Reflect.hasMetadata(REQUIRED_SCOPES, handler);
}
