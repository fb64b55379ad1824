import { readable, type Problem } from '@breakwater/platform';

const HOST = String.raw`[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*`;

/**
 * An origin as a browser writes it, which is also how it stands in `frame-ancestors`: nothing in it can end the
 * directive or begin another one. A site without TLS may only be this machine.
 */
export const PORTAL_ORIGIN = new RegExp(
  `^(https://(?=.{1,253}$)${HOST}|http://localhost)(:[1-9][0-9]{0,4})?$`,
);

/** Most origins of an app: the header that names them stays short. */
const MAX = 20;

/** The problems of a list of origins, or none. */
export function portalOriginsProblems(origins: unknown): Problem[] {
  if (origins === undefined) return [];
  const bounds = { maxItems: MAX, pattern: PORTAL_ORIGIN.source };
  if (!Array.isArray(origins) || origins.length > MAX || new Set(origins).size < origins.length) {
    const message = `portalOrigins must be a list of at most ${MAX} different origins`;
    return [{ pointer: '/portalOrigins', rule: 'portal_origins', message, bounds, value: readable(origins) }];
  }
  return origins.flatMap((origin: unknown, index) => {
    if (typeof origin === 'string' && PORTAL_ORIGIN.test(origin)) return [];
    const message =
      'portalOrigins must hold origins in lower case such as https://shop.example, with https (http only for localhost) and without a path';
    return [
      {
        pointer: `/portalOrigins/${index}`,
        rule: 'portal_origin',
        message,
        bounds,
        value: readable(origin),
      },
    ];
  });
}
