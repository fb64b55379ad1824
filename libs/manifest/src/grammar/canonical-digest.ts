import { createHash } from 'node:crypto';

/**
 * sha256, in hex, of a JSON document with sorted keys: equal for equal documents, whatever the order of their keys.
 * @param spelt texts whose spelling counts, by name
 */
export function canonicalDigest(document: unknown, spelt: Readonly<Record<string, string>> = {}): string {
  const hash = createHash('sha256').update(canonicalJson(document));
  if (Object.keys(spelt).length > 0) hash.update(canonicalJson(spelt));
  return hash.digest('hex');
}

/** One spelling per JSON document. The document is not nested deeper than the grammar allows. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, child]) => child !== undefined);
  const sorted = entries.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${sorted.map(([key, child]) => `${JSON.stringify(key)}:${canonicalJson(child)}`).join(',')}}`;
}
