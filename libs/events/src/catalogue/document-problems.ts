import { isStorable, pointerTo, segmentsOf, walkJson, type Problem } from '@breakwater/platform';

/** Maximum size of a schema and of an example, bytes of JSON. */
export const DOCUMENT_MAX_BYTES = 64 * 1024;
/** Maximum nesting of a schema and of an example. */
export const DOCUMENT_MAX_DEPTH = 32;

/**
 * Problems of a JSON document that is too large, nested too deep, or cannot be stored.
 * @param path where the document is in the request
 */
export function documentProblems(document: unknown, path: readonly string[]): Problem[] {
  const [name] = path.slice(-1);
  const problems: Problem[] = [];
  const excess = walkJson(document, (place) => {
    const at = (): string => pointerTo(...path, ...segmentsOf(place));
    if (place.depth > DOCUMENT_MAX_DEPTH) {
      const message = `the ${name} is nested deeper than ${DOCUMENT_MAX_DEPTH}`;
      problems.push({
        pointer: pointerTo(...path),
        rule: 'depth',
        message,
        bounds: { max: DOCUMENT_MAX_DEPTH },
      });
      return true;
    }
    const { key, value } = place;
    if (key !== undefined && (key === '__proto__' || !isStorable(key)))
      problems.push({ pointer: at(), rule: 'key', message: 'this key cannot be used' });
    if (typeof value === 'string' && !isStorable(value))
      problems.push({ pointer: at(), rule: 'text', message: 'must not hold NUL or half a surrogate pair' });
    return false;
  });
  if (problems.length > 0) return problems;
  const bytes = Buffer.byteLength(JSON.stringify(document));
  if (excess === null && bytes <= DOCUMENT_MAX_BYTES) return [];
  const message = `the ${name} is larger than ${DOCUMENT_MAX_BYTES} bytes, or has too many keys and items`;
  return [
    { pointer: pointerTo(...path), rule: 'size', message, bounds: { max: DOCUMENT_MAX_BYTES }, value: bytes },
  ];
}
