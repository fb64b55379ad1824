import { cut, nearest, pointerTo, readable, type Problem } from '@breakwater/platform';

export type Path = readonly (string | number)[];

/** Looks at one value of a document and reports its problems. */
export type Check = (value: unknown, path: Path, report: Report) => void;

export type Report = (problem: {
  path: Path;
  rule: string;
  message: string;
  value?: unknown;
  bounds?: unknown;
}) => void;

/** All problems of a document; each message names the remedy. */
export function problemsOf(document: unknown, check: Check): Problem[] {
  const problems: Problem[] = [];
  check(document, [], ({ path, rule, message, value, bounds }) => {
    const problem: Problem = { pointer: pointerTo(...path), rule, message };
    if (bounds !== undefined) problem.bounds = bounds;
    if (value !== undefined) problem.value = readable(value);
    problems.push(problem);
  });
  return problems;
}

/** Text of 1 to `max` characters that matches the pattern. */
export function text({ max, pattern, what }: { max: number; pattern?: RegExp; what: string }): Check {
  return (value, path, report) => {
    if (typeof value === 'string' && value !== '' && value.length <= max && (pattern?.test(value) ?? true))
      return;
    report({
      path,
      rule: 'text',
      message: `must be ${what}, 1 to ${max} characters`,
      value,
      bounds: { max },
    });
  };
}

export function oneOf(allowed: readonly string[]): Check {
  return (value, path, report) => {
    if (typeof value === 'string' && allowed.includes(value)) return;
    const meant = typeof value === 'string' ? `, did you mean "${nearest(value, allowed)}"?` : '';
    const message = `must be one of ${allowed.join(', ')}${meant}`;
    report({ path, rule: 'one_of', message, value, bounds: { allowed } });
  };
}

export function whole(min: number, max: number, unit: string): Check {
  return (value, path, report) => {
    if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return;
    const message = `must be a whole number from ${min} to ${max} ${unit}`;
    report({ path, rule: 'range', message, value, bounds: { min, max } });
  };
}

export function list(item: Check, max: number): Check {
  return (value, path, report) => {
    if (Array.isArray(value) && value.length > 0 && value.length <= max) {
      value.forEach((each: unknown, at) => item(each, [...path, at], report));
      return;
    }
    report({ path, rule: 'list', message: `must be a list of 1 to ${max} entries`, value, bounds: { max } });
  };
}

/** An object with these keys and no others. */
export function object(required: Record<string, Check>, optional: Record<string, Check> = {}): Check {
  const checks = { ...required, ...optional };
  const known = Object.keys(checks);
  return (value, path, report) => {
    if (!isObject(value)) {
      report({
        path,
        rule: 'type',
        message: `must be an object with ${Object.keys(required).join(', ')}`,
        value,
      });
      return;
    }
    for (const key of Object.keys(value)) {
      if (Object.hasOwn(checks, key)) checks[key]!(value[key], [...path, key], report);
      else unknownKey(key, known, path, report);
    }
    for (const key of Object.keys(required).filter((name) => !Object.hasOwn(value, name))) {
      report({ path: [...path, key], rule: 'required', message: `${key} is required` });
    }
  };
}

/** An object whose own keys are texts of a request. */
export function record(item: Check, max: number): Check {
  return (value, path, report) => {
    const entries = isObject(value) ? Object.entries(value) : [];
    if (entries.length === 0 || entries.length > max) {
      report({
        path,
        rule: 'count',
        message: `must be an object with 1 to ${max} members`,
        value,
        bounds: { max },
      });
      return;
    }
    for (const [key, each] of entries) item(each, [...path, key], report);
  };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value is not shown: under a misspelt key there may be a secret. */
function unknownKey(key: string, known: string[], path: Path, report: Report): void {
  const message = `"${cut(key)}" is not a known key, did you mean "${nearest(key, known)}"?`;
  report({ path: [...path, key], rule: 'unknown_key', message, bounds: { known } });
}
