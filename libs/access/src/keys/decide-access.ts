import type { KeyRow, Principal } from './key-row.js';
import type { PortalCapability } from '../portal/portal-capabilities.js';
import type { Scope } from './scopes.js';

export type AccessDecision = 'allow' | 'unauthenticated' | 'forbidden' | 'not_found';

/** Whether a key is still valid: neither revoked nor expired. */
export function isLive(key: Pick<KeyRow, 'expiresAt' | 'revokedAt'>, now: Date): boolean {
  return key.revokedAt === null && (key.expiresAt === null || now < key.expiresAt);
}

/**
 * Decides what a key may do. Pure: the caller passes the time.
 * @param key null where there is none
 * @param required scopes of which one is enough; without any, nobody is admitted
 * @param appId the requested app; undefined where the request is not about a certain app
 */
export function decideAccess(
  key: KeyRow | null,
  required: readonly Scope[],
  appId: string | undefined,
  now: Date,
): AccessDecision {
  if (key === null || !isLive(key, now)) return 'unauthenticated';
  return decideFor(key, required, appId);
}

/** The same for a principal whose key is known to be valid. */
export function decideFor(
  who: Pick<Principal, 'scopes' | 'appId'>,
  required: readonly Scope[],
  appId: string | undefined,
): Exclude<AccessDecision, 'unauthenticated'> {
  if (required.length === 0) return 'forbidden';
  if (who.scopes.includes('admin')) return 'allow';
  if (!required.some((scope) => who.scopes.includes(scope))) return 'forbidden';
  // Another app looks like one that does not exist.
  return appId === undefined || who.appId === null || who.appId === appId ? 'allow' : 'not_found';
}

/**
 * What a portal link may do: its scope alone opens nothing.
 * @param anyOf capabilities of which one is enough; without any, no link is admitted
 */
export function decideForPortal(
  link: Pick<Principal, 'capabilities' | 'appId'>,
  anyOf: readonly PortalCapability[],
  appId: string | undefined,
): Exclude<AccessDecision, 'unauthenticated'> {
  if (!anyOf.some((one) => link.capabilities?.includes(one))) return 'forbidden';
  return appId === undefined || appId === link.appId ? 'allow' : 'not_found';
}
