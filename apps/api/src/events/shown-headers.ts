import type { CapturedHeaderDto } from './event.dto.js';

/** Names of headers that are secrets themselves; signatures of a request are not. */
const SECRET =
  /^(?:authorization|proxy-authorization|cookie)$|token|secret|password|passwd|api-?key|^x-auth/i;

/** The headers of a captured request as people see them. */
export function shownHeaders(
  headers: readonly (readonly [name: string, value: string])[],
): CapturedHeaderDto[] {
  return headers.map(([name, value]) => ({ name, value: SECRET.test(name) ? '***' : value }));
}
