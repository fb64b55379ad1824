/** How a body is packed; requests ask for none of these, some servers pack all the same. */
export type ContentCoding = 'gzip' | 'deflate' | 'br';

const CODINGS: Readonly<Record<string, ContentCoding>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip', // RFC 9110 8.4.1.3
  deflate: 'deflate',
  br: 'br',
};

/** What a `content-encoding` header says: null for nothing, `unknown` for what is not read, several in a row included. */
export function contentCoding(header: string | undefined): ContentCoding | 'unknown' | null {
  const names = (header ?? '').toLowerCase().split(',');
  const codings = names.map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity');
  if (codings.length === 0) return null;
  const [only = ''] = codings;
  return codings.length === 1 && Object.hasOwn(CODINGS, only) ? CODINGS[only]! : 'unknown';
}
