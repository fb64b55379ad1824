import type { Problem } from '@breakwater/platform';
import { pointerTo } from './pointer.js';

/** Largest manifest in bytes of JSON. */
export const MANIFEST_MAX_BYTES = 256 * 1024;
/** Deepest nesting and most keys of any JSON we take. */
export const JSON_MAX_DEPTH = 64;
export const JSON_MAX_KEYS = 10_000;

/** Text that Postgres keeps as it is: no NUL and no lone surrogate, both of which jsonb refuses. */
export const STORABLE_TEXT = '^[^\\u0000\\ud800-\\udfff]*$';

const storableText = new RegExp(STORABLE_TEXT, 'u');

/**
 * Problems of a document that make it unsafe to walk or impossible to keep.
 * Walks with its own stack, so no nesting can exhaust the program's; a document that is too deep or too wide
 * is not walked further, since a cycle looks just like one.
 */
export function storageProblems(document: unknown): Problem[] {
  const problems: Problem[] = [];
  const todo: { value: unknown; path: (string | number)[] }[] = [{ value: document, path: [] }];
  let keys = 0;
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { value, path } = next;
    const problem = scalarProblem(value);
    if (problem) problems.push({ pointer: pointerTo(...path), ...problem });
    if (typeof value !== 'object' || value === null) continue;
    if (path.length >= JSON_MAX_DEPTH)
      return [tooMuch('depth', `nested deeper than ${JSON_MAX_DEPTH}`, JSON_MAX_DEPTH)];
    const entries = Array.isArray(value)
      ? value.map((item, index) => [index, item] as const)
      : Object.entries(value);
    keys += entries.length;
    if (keys > JSON_MAX_KEYS)
      return [tooMuch('keys', `more than ${JSON_MAX_KEYS} keys and items`, JSON_MAX_KEYS)];
    for (const [key, child] of entries) {
      if (key === '__proto__' || (typeof key === 'string' && !storableText.test(key))) {
        problems.push({ pointer: pointerTo(...path, key), rule: 'key', message: 'this key cannot be used' });
      }
      todo.push({ value: child, path: [...path, key] });
    }
  }
  return problems;
}

/** The problem of a document that takes more bytes than allowed. Call it on documents without storage problems only. */
export function sizeProblem(document: unknown): Problem | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(document) ?? '');
  if (bytes <= MANIFEST_MAX_BYTES) return undefined;
  return { ...tooMuch('size', `larger than ${MANIFEST_MAX_BYTES} bytes`, MANIFEST_MAX_BYTES), value: bytes };
}

function scalarProblem(value: unknown): Omit<Problem, 'pointer'> | undefined {
  switch (typeof value) {
    case 'string':
      if (storableText.test(value)) return undefined;
      return { rule: 'text', message: 'must not hold NUL or half a surrogate pair' };
    case 'number':
      return Number.isFinite(value) ? undefined : { rule: 'number', message: 'must be a finite number' };
    case 'bigint':
    case 'function':
    case 'symbol':
      return { rule: 'json', message: 'must be a JSON value' };
    default:
      return undefined;
  }
}

function tooMuch(rule: string, message: string, max: number): Problem {
  return { pointer: '', rule, message: `the document is ${message}`, bounds: { max } };
}
