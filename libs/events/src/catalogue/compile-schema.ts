import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { pointerTo, storable, type Problem } from '@breakwater/platform';
import { documentProblems } from './document-problems.js';
import { FORMATS } from './formats.js';
import { schemaProblems } from './schema-problems.js';

/** Checks a payload. @param listsAll whether all problems are listed, or only the first */
export type PayloadCheck = (payload: unknown, listsAll: boolean) => Problem[];

/** Maximum number of problems of one payload that are listed. */
export const PROBLEMS_MAX = 100;
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
  inlineRefs: false,
  formats: { ...FORMATS },
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
  const problems = schemaProblems(schema, path);
  if (problems.length > 0) return problems;
  const document = schema as object;
  const malformed = metaProblems(document, path);
  if (malformed.length > 0) return malformed;
  try {
    const all = compiled(listing, document);
    const first = compiled(stopping, document);
    return (payload, listsAll) => {
      const check = listsAll ? all : first;
      return check(payload) ? [] : listed(check.errors!);
    };
  } catch (error) {
    return [{ pointer: pointerTo(...path), rule: 'schema', message: (error as Error).message }];
  }
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
