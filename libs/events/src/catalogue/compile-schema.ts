import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { pointerTo, storable, walkJson, type Problem } from '@breakwater/platform';
import { documentProblems } from './document-problems.js';
import { FORMATS } from './formats.js';
import { inspectSchema } from './schema-problems.js';
import { withoutReferences } from './without-references.js';

/** The problems of a payload: all of them, or of a large payload only the first. */
export type PayloadCheck = (payload: unknown) => Problem[];

/** Maximum number of problems of one payload that are listed. */
export const PROBLEMS_MAX = 100;
/**
 * Maximum product of the values of a payload and the parts of a schema for which all problems are looked for. It limits
 * the memory for them.
 */
const LOOKED_FOR_MAX = 100_000;
/** Maximum length of a pointer, in characters. */
const POINTER_MAX_LENGTH = 500;

const OPTIONS = {
  strictSchema: true,
  strictTypes: false,
  strictTuples: false,
  // The schema is checked with its meta-schema before.
  validateSchema: false,
  // A payload does not have what every object inherits, such as "toString".
  ownProperties: true,
  formats: { ...FORMATS },
  // Four times as fast to compile, and hardly slower to check.
  code: { optimize: false },
  // Less code for long lists.
  loopRequired: 20,
  loopEnum: 20,
  logger: false,
} as const;

const listing = new Ajv2020({ ...OPTIONS, allErrors: true });
const stopping = new Ajv2020(OPTIONS);

/**
 * Compiles a schema, or returns all its problems. Never throws, for any input.
 * @param path where the schema is in the request
 */
export function compileSchema(schema: unknown, path: readonly string[]): PayloadCheck | Problem[] {
  const refused = documentProblems(schema, path);
  if (refused.length > 0) return refused;
  const { problems, parts } = inspectSchema(schema, path);
  if (problems.length > 0) return problems;
  const document = schema as Record<string, unknown>;
  const malformed = metaProblems(document, path);
  if (malformed.length > 0) return malformed;
  try {
    const expanded = withoutReferences(document);
    const [first, all] = [compiled(stopping, expanded), compiled(listing, expanded)];
    return (payload) => {
      if (first(payload)) return [];
      if (valuesOf(payload) * parts > LOOKED_FOR_MAX) return listed(first.errors!);
      all(payload);
      return listed(all.errors!);
    };
  } catch (error) {
    const message = (error as Error).message.replace(/^strict mode: /, '');
    return [{ pointer: pointerTo(...path), rule: 'schema', message }];
  }
}

/** The number of values in a payload; Infinity if there are very many. */
function valuesOf(payload: unknown): number {
  let values = 0;
  const excess = walkJson(payload, () => void values++);
  return excess === null ? values : Infinity;
}

function compiled(ajv: Ajv2020, schema: object) {
  const check = ajv.compile(schema);
  // Ajv keeps each schema that it has seen.
  ajv.removeSchema(schema);
  return check;
}

function metaProblems(schema: object, path: readonly string[]): Problem[] {
  if (listing.validateSchema(schema)) return [];
  const problems = listed(listing.errors!).map((problem) => ({
    ...problem,
    pointer: pointerTo(...path) + problem.pointer,
  }));
  // The meta-schema consists of several, and each repeats what is wrong.
  const byText = new Map(problems.map((problem) => [`${problem.pointer} ${problem.message}`, problem]));
  return [...byText.values()];
}

function listed(errors: readonly ErrorObject[]): Problem[] {
  const problems = errors.slice(0, PROBLEMS_MAX).map(problemOf);
  const more = errors.length - problems.length;
  return more > 0
    ? [...problems, { pointer: '', rule: 'count', message: `and ${more} more problems` }]
    : problems;
}

/** Values of the payload are not shown: the problem may be stored, and read by others than the publisher. */
function problemOf({ instancePath, keyword, message, params }: ErrorObject): Problem {
  const { allowedValues, ...names } = params as { allowedValues?: unknown } & Partial<Record<string, string>>;
  const member =
    names['missingProperty'] ??
    names['additionalProperty'] ??
    names['unevaluatedProperty'] ??
    names['propertyName'];
  const pointer = instancePath + (member === undefined ? '' : pointerTo(member));
  return {
    pointer: storable(pointer, POINTER_MAX_LENGTH),
    rule: keyword,
    message: storable(message ?? `breaks the rule ${keyword}`, POINTER_MAX_LENGTH),
    ...(Array.isArray(allowedValues) ? { bounds: allowedValues.slice(0, 20) } : {}),
  };
}
