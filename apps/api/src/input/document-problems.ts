import {
  isStorable,
  JSON_MAX_DEPTH,
  JSON_MAX_KEYS,
  pointerTo,
  segmentsOf,
  storable,
  walkJson,
  type JsonPlace,
  type Problem,
} from '@breakwater/platform';

/**
 * Finds what no table can hold, or what no reader should get: depth, number of keys, NUL and lone surrogates in texts.
 * At most one problem. The limits are in docs/guides/security.md.
 * @param opaque a top-level member whose texts are not checked: it is stored as bytes
 */
export function documentProblems(document: unknown, opaque?: string): Problem[] {
  let text: Problem | null = null;
  const excess = walkJson(document, (place) => {
    text = textProblem(place, opaque);
    return text !== null;
  });
  if (text) return [text];
  if (!excess) return [];
  return excess.exceeded === 'depth'
    ? [tooMuch(excess.at, 'depth', `JSON may be nested ${JSON_MAX_DEPTH} levels deep`, JSON_MAX_DEPTH)]
    : [tooMuch(null, 'keys', `JSON may have ${JSON_MAX_KEYS} keys and items`, JSON_MAX_KEYS)];
}

function textProblem(place: JsonPlace, opaque: string | undefined): Problem | null {
  const { value, parent, key, member, depth } = place;
  if (parent && key !== undefined && (depth === 1 || member !== opaque) && !isStorable(key))
    return unstorable(parent, key);
  if (typeof value !== 'string' || isStorable(value)) return null;
  return member !== undefined && member === opaque ? null : unstorable(place, value);
}

function unstorable(place: JsonPlace, text: string): Problem {
  const message = 'a text contains neither U+0000 nor half of a surrogate pair';
  return { pointer: pointerOf(place), rule: 'text', message, value: storable(text, 100) };
}

function tooMuch(place: JsonPlace | null, rule: string, message: string, max: number): Problem {
  return { pointer: place ? pointerOf(place) : '', rule, message, bounds: { max } };
}

function pointerOf(place: JsonPlace): string {
  return pointerTo(...segmentsOf(place).map((key) => storable(key))).slice(0, 500);
}
