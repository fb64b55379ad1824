/** How a body is encoded; requests ask for none of these, but some servers use them anyway. */
export type ContentCoding = 'gzip' | 'deflate' | 'br';

const CODINGS: Readonly<Record<string, ContentCoding>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip', // RFC 9110 8.4.1.3
  deflate: 'deflate',
  br: 'br',
};

/**
 * The coding in a `content-encoding` header: null for none, `unknown` for one that is not supported, also for several
 * in a row.
 */
export function contentCoding(header: string | undefined): ContentCoding | 'unknown' | null {
  const names = (header ?? '').toLowerCase().split(',');
  const codings = names.map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity');
  if (codings.length === 0) return null;
  const [only = ''] = codings;
  return codings.length === 1 && Object.hasOwn(CODINGS, only) ? CODINGS[only]! : 'unknown';
}
