import {
  JSON_MAX_DEPTH,
  JSON_MAX_KEYS,
  pointerTo,
  segmentsOf,
  walkJson,
  type Problem,
} from '@breakwater/platform';

/** Largest manifest in bytes of JSON: docs/guides/security.md. */
export const MANIFEST_MAX_BYTES = 256 * 1024;
/** Text that PostgreSQL stores unchanged: no NUL and no lone surrogate, which jsonb refuses. */
export const STORABLE_TEXT = '^[^\\u0000\\ud800-\\udfff]*$';

const storableText = new RegExp(STORABLE_TEXT, 'u');

/** Problems of a document that cannot be read safely or cannot be stored. */
export function storageProblems(document: unknown): Problem[] {
  const problems: Problem[] = [];
  const excess = walkJson(document, (place) => {
    const { value, key } = place;
    const keyProblem = key === undefined || isUsableKey(key) ? undefined : UNUSABLE_KEY;
    for (const problem of [keyProblem, scalarProblem(value)])
      if (problem) problems.push({ pointer: pointerTo(...segmentsOf(place)), ...problem });
  });
  if (excess?.exceeded === 'depth')
    return [tooMuch('depth', `nested deeper than ${JSON_MAX_DEPTH}`, JSON_MAX_DEPTH)];
  if (excess) return [tooMuch('keys', `more than ${JSON_MAX_KEYS} keys and items`, JSON_MAX_KEYS)];
  return problems;
}

const UNUSABLE_KEY = { rule: 'key', message: 'this key cannot be used' };

function isUsableKey(key: string): boolean {
  return key !== '__proto__' && storableText.test(key);
}

/** The problem of a document that is larger than allowed. Call it only on documents without storage problems. */
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
