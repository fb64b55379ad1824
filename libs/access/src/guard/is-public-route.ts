import { PUBLIC_ROUTE, REQUIRED_SCOPES } from './require-scope.service.js';

/** Whether a handler is public: a method's own scopes override a public class. */
export function isPublicRoute(handler: object, controller: object): boolean {
  const marked: unknown = [handler, controller]
    .map((place) => Reflect.getMetadata(PUBLIC_ROUTE, place) as unknown)
    .find((mark) => mark !== undefined);
  return marked === true && !Reflect.hasMetadata(REQUIRED_SCOPES, handler);
}
