export const SESSION_COOKIE = 'breakwater_session';

/** Longest session, ms. */
export const SESSION_MAX_MS = 12 * 60 * 60 * 1000;

/** What is sealed in the cookie: never the key itself. */
export interface SessionContent {
  keyId: string;
  /** When it began, ms since 1970. */
  startedAt: number;
}

/** Null where an opened seal is no session of this version. */
export function sessionContent(opened: unknown): SessionContent | null {
  if (typeof opened !== 'object' || opened === null) return null;
  const { keyId, startedAt } = opened as Partial<SessionContent>;
  return typeof keyId === 'string' && typeof startedAt === 'number' ? { keyId, startedAt } : null;
}

/** When a session ends: after 12 h, and not later than its key. */
export function sessionEnd(startedAt: number, keyExpiresAt: Date | null): Date {
  return new Date(Math.min(startedAt + SESSION_MAX_MS, keyExpiresAt?.getTime() ?? Infinity));
}

/** The header `Set-Cookie` of a session. @param value empty to remove it */
export function sessionCookie(
  value: string,
  { maxAgeS, secure }: { maxAgeS: number; secure: boolean },
): string {
  const attributes = [`Max-Age=${maxAgeS}`, 'Path=/', 'HttpOnly', 'SameSite=Strict'];
  if (secure) attributes.push('Secure');
  return [`${SESSION_COOKIE}=${value}`, ...attributes].join('; ');
}
