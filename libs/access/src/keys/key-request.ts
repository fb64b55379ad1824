import type { Problem } from '@breakwater/platform';
import { isScope, SCOPES, type Scope } from './scopes.js';

/** A request for a key. */
export interface KeyRequest {
  name: string;
  scopes: Scope[];
  /** The only app that it may be used for; required for `app`, not allowed for `admin`. */
  appId?: string | null;
  /** ISO 8601, in the future; absent: never. */
  expiresAt?: string | null;
}

const NAME_MAX = 100;
/**
 * No control characters and no lone surrogates, because PostgreSQL and log lines do not accept them. No marks that
 * change the reading direction either, because a name appears in mails and lists beside other words.
 */
const NAME = /^(?=.*\S)[^\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*$/u;
const APP_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/;
/** A date with a time and its zone; parsers disagree about anything else. */
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Every problem of a request except whether its app exists. Pure: the caller passes the time. */
export function keyRequestProblems(request: KeyRequest, now: Date): Problem[] {
  const { name, scopes, appId, expiresAt } = request;
  return [
    ...nameProblems(name),
    ...scopesProblems(scopes),
    ...appProblems(Array.isArray(scopes) ? scopes : [], appId ?? undefined),
    ...expiryProblems(expiresAt ?? undefined, now),
  ];
}

/** The problem of a key for a missing app. */
export function unknownAppProblem(appId: string): Problem {
  return { pointer: '/appId', rule: 'exists', message: 'there is no such app', value: appId.slice(0, 255) };
}

function nameProblems(name: unknown): Problem[] {
  if (typeof name === 'string' && Array.from(name).length <= NAME_MAX && NAME.test(name)) return [];
  const message = `name must be text of 1 to ${NAME_MAX} characters without control characters and marks that change the reading direction`;
  return [{ pointer: '/name', rule: 'text', message, bounds: { min: 1, max: NAME_MAX } }];
}

function scopesProblems(scopes: unknown): Problem[] {
  const isList = Array.isArray(scopes) && scopes.length > 0;
  if (isList && scopes.every(isScope) && new Set(scopes).size === scopes.length) return [];
  const message = `scopes must be a list, without repeats, of ${SCOPES.join(', ')}`;
  return [{ pointer: '/scopes', rule: 'one_of', message, bounds: { allowed: SCOPES } }];
}

function appProblems(scopes: Scope[], appId: unknown): Problem[] {
  const pointer = '/appId';
  if (appId === undefined) {
    return scopes.includes('app')
      ? [{ pointer, rule: 'required', message: 'scope "app" needs an appId' }]
      : [];
  }
  if (scopes.includes('admin')) {
    return [{ pointer, rule: 'no_effect', message: 'scope "admin" is valid for every app: leave appId out' }];
  }
  if (typeof appId === 'string' && APP_ID.test(appId)) return [];
  return [{ pointer, rule: 'app_id', message: 'this is not an app id', bounds: { pattern: APP_ID.source } }];
}

function expiryProblems(expiresAt: unknown, now: Date): Problem[] {
  if (expiresAt === undefined) return [];
  const at = typeof expiresAt === 'string' && MOMENT.test(expiresAt) ? Date.parse(expiresAt) : NaN;
  if (at > now.getTime()) return [];
  const message = 'expiresAt must be a moment in the future, in ISO 8601 with a time zone';
  return [{ pointer: '/expiresAt', rule: 'future', message, bounds: { after: now.toISOString() } }];
}
