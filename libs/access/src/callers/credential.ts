import { rawKeyOf } from '../guard/raw-key.js';
import { SESSION_COOKIE } from '../sessions/session-cookie.js';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What a request shows to be admitted: an API key or a portal token, or the cookie of a session. */
export type Credential = { kind: 'token'; raw: string } | { kind: 'session'; sealed: string };

/** Null without one. The cookie counts only without the headers of a key, even if that key is not valid. */
export function credentialOf(headers: Headers): Credential | null {
  const raw = rawKeyOf(headers);
  if (raw !== null) return { kind: 'token', raw };
  if (headers['authorization'] !== undefined) return null;
  const sealed = sessionOf(headers['cookie']);
  return sealed === null ? null : { kind: 'session', sealed };
}

function sessionOf(cookies: string | string[] | undefined): string | null {
  const start = `${SESSION_COOKIE}=`;
  for (const cookie of String(cookies ?? '').split(';')) {
    const text = cookie.trim();
    if (text.startsWith(start) && text.length > start.length) return text.slice(start.length);
  }
  return null;
}
