import { pointerTo, readable, type Problem } from '@breakwater/platform';
import { HEADER_NAME } from '../verification/template.js';
import { POINTER } from '../verification/json-pointer.js';
import { NO_DEDUPE } from './source.js';

const PLACES = ['header', 'query', 'body', 'form'] as const;
const LIST_KEYS = ['itemSep', 'fieldSep', 'field', 'prefix'];
const TEXT_MAX = 200;

/** Problems of where the provider's id stands: `{"header": "X-Request-Id"}`, `{"body": "/id"}`, or `"none"`. */
export function dedupeProblems(dedupeId: unknown, path: readonly string[]): Problem[] {
  if (dedupeId === NO_DEDUPE) return [];
  const pointer = pointerTo(...path);
  const remedy = `an object with one of ${PLACES.join(', ')}, for example {"header": "X-Request-Id"}, or "${NO_DEDUPE}"`;
  if (typeof dedupeId !== 'object' || dedupeId === null || Array.isArray(dedupeId)) {
    const message = `dedupeId must be ${remedy}`;
    return [{ pointer, rule: 'type', message, value: readable(dedupeId) }];
  }
  const places = PLACES.filter((place) => Object.hasOwn(dedupeId, place));
  if (places.length !== 1) {
    const message = `dedupeId must be ${remedy}`;
    return [{ pointer, rule: 'one_of', message, bounds: { allowed: PLACES } }];
  }
  const [place] = places;
  const known: readonly string[] = place === 'header' ? ['header', ...LIST_KEYS] : [place!];
  const wrong = Object.entries(dedupeId).flatMap(([key, value]: [string, unknown]) => {
    if (!known.includes(key)) {
      const message = `"${String(readable(key))}" cannot stand beside ${place}: leave it out`;
      return [{ pointer: pointerTo(...path, key), rule: 'unknown_key', message, bounds: { known } }];
    }
    return valueProblems(key, value, [...path, key]);
  });
  if (wrong.length > 0 || Object.hasOwn(dedupeId, 'field') === Object.hasOwn(dedupeId, 'fieldSep'))
    return wrong;
  const message = 'field and fieldSep belong together: "id" and "=" for id=5257a869';
  return [{ pointer, rule: 'together', message }];
}

function valueProblems(key: string, value: unknown, path: readonly string[]): Problem[] {
  const pointer = pointerTo(...path);
  const isText = typeof value === 'string' && value !== '' && value.length <= TEXT_MAX;
  if (!isText) {
    const message = `${key} must be text, 1 to ${TEXT_MAX} characters`;
    return [{ pointer, rule: 'text', message, bounds: { maxLength: TEXT_MAX }, value: readable(value) }];
  }
  if (key === 'header' && !HEADER_NAME.test(value)) {
    const message = 'header must be the name of a header, for example "X-Request-Id"';
    return [{ pointer, rule: 'header_name', message, value: readable(value) }];
  }
  if (key !== 'body' || POINTER.test(value)) return [];
  const message = `body must be a JSON pointer: it starts with "/", and ~ is written ~0, for example "/id"`;
  return [{ pointer, rule: 'pointer', message, value: readable(value) }];
}
