/** A request that was made, or would be. */
export interface SentRequest {
  /** Null: not known. */
  url: string | null;
  method: string;
  headers: Readonly<Record<string, string>>;
  body: string | null;
}

/** Headers that curl sets itself. */
const OWN = new Set(['content-length', 'host', 'connection', 'transfer-encoding', 'accept-encoding']);

/**
 * The request as a command for a shell. It is not signed: what is secret is not known here, and left out with a comment.
 */
export function curlOf({ url, method, headers, body }: SentRequest): string {
  const named = Object.entries(headers).filter(([name]) => !OWN.has(name.toLowerCase()));
  const hidden = named.filter(([, value]) => value.includes('***')).map(([name]) => name);
  const shown = named.filter(([, value]) => !value.includes('***'));
  const parts = [
    `curl -X ${quoted(method)} ${url === null ? '"$URL"' : quoted(url)}`,
    ...shown.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === null || body === '' ? [] : [`--data-raw ${quoted(body)}`]),
  ];
  const notes = [
    '# Not signed: a receiver that verifies signatures refuses it.',
    ...(hidden.length === 0 ? [] : [`# Left out, because they are secret: ${hidden.join(', ')}`]),
    ...(url === null ? ['# Set URL to the address of the endpoint.'] : []),
  ];
  return [...notes, parts.join(' \\\n  ')].join('\n');
}

/** A word of a POSIX shell. Line breaks of a comment or a header cannot end it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
