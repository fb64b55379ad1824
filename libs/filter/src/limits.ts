import {
  isStorable,
  pointerTo,
  readable,
  segmentsOf,
  walkJson,
  type JsonPlace,
  type Problem,
} from '@breakwater/platform';

/** Maximum nesting of objects and lists in a filter, and maximum number of members in one key. */
export const FILTER_MAX_DEPTH = 8;
/** Maximum number of comparisons in a filter. */
export const FILTER_MAX_TERMS = 64;
/** Maximum size of a filter, in bytes of JSON. */
export const FILTER_MAX_BYTES = 16 * 1024;

/** Problems of a document that is too large, or that is not JSON that PostgreSQL can store. */
export function limitProblems(document: unknown): Problem[] {
  const problems: Problem[] = [];
  let tooDeep: JsonPlace | null = null;
  const excess = walkJson(document, (place) => {
    if (typeof place.value === 'object' && place.value !== null && place.depth >= FILTER_MAX_DEPTH) {
      tooDeep = place;
      return true;
    }
    const problem = keyProblem(place.key) ?? scalarProblem(place.value);
    if (problem) problems.push({ pointer: pointerTo(...segmentsOf(place)), ...problem });
    return false;
  });
  if (tooDeep) return [depthProblem(tooDeep)];
  if (excess) return [sizeProblem('more than 10,000 members and items')];
  if (problems.length > 0) return problems;
  const bytes = Buffer.byteLength(JSON.stringify(document));
  return bytes > FILTER_MAX_BYTES ? [{ ...sizeProblem(`${bytes} bytes`), value: bytes }] : [];
}

function depthProblem(place: JsonPlace): Problem {
  return {
    pointer: pointerTo(...segmentsOf(place)),
    rule: 'depth',
    message: `is nested deeper than ${FILTER_MAX_DEPTH} levels: write members in one key, as in "order.customer.country"`,
    bounds: { max: FILTER_MAX_DEPTH },
    value: readable(place.value),
  };
}

function sizeProblem(found: string): Problem {
  return {
    pointer: '',
    rule: 'size',
    message: `the filter has ${found}; at most ${FILTER_MAX_BYTES} bytes of JSON: leave terms out, or split the subscription`,
    bounds: { max: FILTER_MAX_BYTES },
  };
}

function keyProblem(key: string | undefined): Omit<Problem, 'pointer'> | null {
  return key === undefined || isStorable(key)
    ? null
    : { rule: 'text', message: 'this key holds NUL or half a surrogate pair: leave it out' };
}

function scalarProblem(value: unknown): Omit<Problem, 'pointer'> | null {
  switch (typeof value) {
    case 'string':
      if (isStorable(value)) return null;
      return { rule: 'text', message: 'must not hold NUL or half a surrogate pair: leave it out' };
    case 'number':
      if (Number.isFinite(value)) return null;
      return { rule: 'number', message: 'must be a finite number', value: String(value) };
    case 'boolean':
    case 'object':
      return null;
    default:
      return { rule: 'json', message: 'must be a JSON value' };
  }
}
