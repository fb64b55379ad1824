import { BodyRefusedError } from '../errors/body-refused.error.js';

interface BodyHeaders {
  'content-type'?: string | undefined;
  'content-encoding'?: string | undefined;
}

/** Names of UTF-8 and its subsets. */
const UTF8 = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii']);
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/gi;

/**
 * Whether a body is encoded with gzip.
 * @throws BodyRefusedError for a charset other than UTF-8 and for any other encoding
 */
export function isGzip(headers: BodyHeaders): boolean {
  const type = headers['content-type'] ?? '';
  if (type === 'application/json' && headers['content-encoding'] === undefined) return false; // Nearly every request.
  for (const [, charset = ''] of type.matchAll(CHARSET)) {
    if (!UTF8.has(charset.toLowerCase())) {
      const message = `a body must be UTF-8 (RFC 8259), and this one says ${shown(charset)}: send charset=utf-8, or no charset`;
      throw new BodyRefusedError('MEDIA_TYPE_UNSUPPORTED', message);
    }
  }
  const encoding = (headers['content-encoding'] ?? '').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return false;
  if (encoding === 'gzip' || encoding === 'x-gzip') return true;
  const message = `a body may have Content-Encoding: gzip or none, and this one says ${shown(encoding)}`;
  throw new BodyRefusedError('MEDIA_TYPE_UNSUPPORTED', message);
}

function shown(text: string): string {
  return `"${text.slice(0, 50)}"`;
}
