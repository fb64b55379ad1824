import { cut, nearest, pointerTo, readable, type Problem } from '@breakwater/platform';
import { getMetadataStorage, validateSync } from 'class-validator';

export type Path = readonly (string | number)[];
export type Part = Record<string, unknown>;

export function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The keys a class has rules for, in the order of its file. */
export function keysOf(rules: new () => object): string[] {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(rules, '', true, false);
  return [...new Set(metadata.map((rule) => rule.propertyName))];
}

/** All violations of the class's rules in a part of a document, unknown keys included. */
export function inspect(part: Part, rules: new () => object, path: Path): Problem[] {
  const known = keysOf(rules);
  const subject = Object.assign(new rules(), ownValues(part, known));
  const broken = validateSync(subject, { validationError: { target: false } }).flatMap((error) =>
    Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
      pointer: pointerTo(...path, error.property),
      rule,
      message,
      ...contextOf(error.contexts?.[rule]),
      value: readable(error.value),
    })),
  );
  return [...unknownKeys(part, known, path), ...broken.map(requiredWhenAbsent)];
}

/** Unknown keys of a part. Their values are not shown: a misspelt `headers` holds secrets, too. */
function unknownKeys(part: Part, known: string[], path: Path): Problem[] {
  const unknown = Object.keys(part).filter((key) => part[key] !== undefined && !known.includes(key));
  return unknown.map((key) => ({
    pointer: pointerTo(...path, key),
    rule: 'unknown_key',
    message: `"${cut(key)}" is not a known key, did you mean "${nearest(key, known)}"?`,
    bounds: { known },
  }));
}

function ownValues(part: Part, keys: string[]): Part {
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(part, key)).map((key) => [key, part[key]]));
}

function contextOf(context: { bounds?: unknown } | undefined): { bounds?: unknown } {
  return context?.bounds === undefined ? {} : { bounds: context.bounds };
}

function requiredWhenAbsent(problem: Problem): Problem {
  if (problem.value !== undefined) return problem;
  const { value: _, ...rest } = problem;
  return { ...rest, rule: 'required', message: `${problem.message} and is required` };
}
