/** The parts of a request's target that captures need, byte for byte as they were sent. */
export interface CaptureTarget {
  key: string;
  /** After the key: empty, or with a slash first. */
  path: string;
  /** Without its question mark. */
  query: string;
}

const PREFIX = '/in/';

/**
 * The parts of the target of a request to a source; null: it is for another route.
 * @param target as Node gives it: one character a byte, nothing decoded
 */
export function captureTarget(target: string): CaptureTarget | null {
  const local = withoutAuthority(target);
  if (!local.startsWith(PREFIX)) return null;
  const [, key = '', path = '', query = ''] = /^([^/?#]*)([^?]*)\??(.*)$/s.exec(local.slice(PREFIX.length))!;
  return { key, path, query };
}

/** A client may send the whole URL (RFC 9112, 3.2.2). */
function withoutAuthority(target: string): string {
  return target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '');
}
