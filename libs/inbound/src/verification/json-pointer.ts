/** A JSON pointer to a member of a document. No part of the pattern takes a slash twice, so it is tested in one pass. */
export const POINTER = /^(?:\/(?:[^~/]|~[01])*)+$/;

/** The member of a JSON document that a pointer (RFC 6901) names; undefined when it is not there. Own members only. */
export function memberAt(document: unknown, pointer: string): unknown {
  let value = document;
  for (const segment of pointer.split('/').slice(1)) {
    const key = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** A text, number or boolean as text; null for anything else. */
export function scalarText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
