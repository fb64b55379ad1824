import type { KeyRow, Principal } from './key-row.js';
import type { Scope } from './scopes.js';

export type AccessDecision = 'allow' | 'unauthenticated' | 'forbidden' | 'not_found';

/** Whether a key still opens anything: neither revoked nor expired. */
export function isLive(key: Pick<KeyRow, 'expiresAt' | 'revokedAt'>, now: Date): boolean {
  return key.revokedAt === null && (key.expiresAt === null || now < key.expiresAt);
}

/**
 * What a key may do. Pure: the caller brings the clock.
 * @param key null where there is none
 * @param required scopes of which one is enough; none at all opens to nobody
 * @param appId the app that is asked for; undefined where the request is about no app in particular
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

/** The same for somebody whose key was found good. */
export function decideFor(
  who: Pick<Principal, 'scopes' | 'appId'>,
  required: readonly Scope[],
  appId: string | undefined,
): Exclude<AccessDecision, 'unauthenticated'> {
  if (required.length === 0) return 'forbidden';
  if (who.scopes.includes('admin')) return 'allow';
  if (!required.some((scope) => who.scopes.includes(scope))) return 'forbidden';
  // Somebody else's app looks like one that does not exist.
  return appId === undefined || who.appId === null || who.appId === appId ? 'allow' : 'not_found';
}
