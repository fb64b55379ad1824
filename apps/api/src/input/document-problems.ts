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
  if (isSound(document, opaque)) return [];
  let text: Problem | null = null;
  const excess = walkJson(document, (place) => {
    text = textProblem(place, opaque);
    return text !== null;
  });
  if (text) return [text];
  if (!excess) return [];
  return excess.exceeded === 'depth'
    ? [
        tooMuch(
          excess.at,
          'depth',
          `JSON may be nested at most ${JSON_MAX_DEPTH} levels deep`,
          JSON_MAX_DEPTH,
        ),
      ]
    : [tooMuch(null, 'keys', `JSON may have at most ${JSON_MAX_KEYS} keys and items`, JSON_MAX_KEYS)];
}

/**
 * Whether a document surely has no problem. It answers for nearly every request and keeps no way to each value: that made
 * a fifth of all that a request allocates.
 */
function isSound(document: unknown, opaque: string | undefined): boolean {
  const counted = { keys: 0 };
  if (!isObject(document)) return isSoundValue(document, 0, true, counted);
  for (const key of Object.keys(document)) {
    if (++counted.keys > JSON_MAX_KEYS || !isStorable(key)) return false;
    if (!isSoundValue(document[key], 1, key !== opaque, counted)) return false;
  }
  return true;
}

/** It calls itself: `depth` is limited. */
function isSoundValue(
  value: unknown,
  depth: number,
  looksAtTexts: boolean,
  counted: { keys: number },
): boolean {
  if (typeof value === 'string') return !looksAtTexts || isStorable(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= JSON_MAX_DEPTH) return false;
  if (Array.isArray(value)) {
    counted.keys += value.length;
    if (counted.keys > JSON_MAX_KEYS) return false;
    for (const item of value) if (!isSoundValue(item, depth + 1, looksAtTexts, counted)) return false;
    return true;
  }
  for (const key in value) {
    if (++counted.keys > JSON_MAX_KEYS || (looksAtTexts && !isStorable(key))) return false;
    const held = (value as Record<string, unknown>)[key];
    if (!isSoundValue(held, depth + 1, looksAtTexts, counted)) return false;
  }
  return true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
