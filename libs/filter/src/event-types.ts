import { pointerTo, readable, type Problem } from '@breakwater/platform';

/** Names joined by dots, each of letters, digits, `_` and `-`. */
export const EVENT_TYPE_PATTERN = '^[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*$';
/** Maximum length of a type and of a pattern, in characters. */
export const EVENT_TYPE_MAX_LENGTH = 128;
/** Maximum number of patterns of a subscription. */
export const TYPE_PATTERNS_MAX = 100;

/** An event type in which `*` can replace names. */
export const TYPE_PATTERN = '^(?:[A-Za-z0-9_-]+|\\*)(?:\\.(?:[A-Za-z0-9_-]+|\\*))*$';

const eventType = new RegExp(EVENT_TYPE_PATTERN);
const typePattern = new RegExp(TYPE_PATTERN);

export function isEventType(type: string): boolean {
  return type.length <= EVENT_TYPE_MAX_LENGTH && eventType.test(type);
}

/**
 * Compiles a list of patterns into a test of event types. `*` matches one whole name; at the end of a pattern it
 * matches one or more. `order.*` matches `order.created` and `order.item.added`, not `order`. `*` alone matches every
 * type.
 */
export function compileTypes(patterns: readonly string[]): (type: string) => boolean {
  if (patterns.includes('*')) return () => true;
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const wild = patterns.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('.'));
  if (wild.length === 0) return (type) => exact.has(type);
  return (type) => {
    if (exact.has(type)) return true;
    const names = type.split('.');
    return wild.some((pattern) => isTaken(names, pattern));
  };
}

function isTaken(names: readonly string[], pattern: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === '*';
  if (isOpen ? names.length < pattern.length : names.length !== pattern.length) return false;
  return pattern.every((name, at) => name === '*' || name === names[at]);
}

/** All problems of a subscription's list of types and patterns. */
export function typePatternProblems(patterns: unknown, path: readonly (string | number)[] = []): Problem[] {
  if (!Array.isArray(patterns) || patterns.length < 1 || patterns.length > TYPE_PATTERNS_MAX) {
    return [
      {
        pointer: pointerTo(...path),
        rule: 'list',
        message: `must be a list of 1 to ${TYPE_PATTERNS_MAX} event types, for example ["order.created", "invoice.*"]; ["*"] takes all`,
        bounds: { min: 1, max: TYPE_PATTERNS_MAX },
        value: readable(patterns),
      },
    ];
  }
  return patterns.flatMap((pattern: unknown, at) => {
    const problem = problemOf(pattern) ?? (patterns.indexOf(pattern) < at ? DOUBLE : null);
    return problem ? [{ pointer: pointerTo(...path, at), ...problem, value: readable(pattern) }] : [];
  });
}

const DOUBLE = { rule: 'unique', message: 'is in the list already: leave one out' };

function problemOf(pattern: unknown): Omit<Problem, 'pointer'> | null {
  if (typeof pattern !== 'string') return { rule: 'type', message: 'must be a text like "order.created"' };
  if (pattern.length > EVENT_TYPE_MAX_LENGTH) {
    const bounds = { maxLength: EVENT_TYPE_MAX_LENGTH };
    return { rule: 'length', message: `must have at most ${EVENT_TYPE_MAX_LENGTH} characters`, bounds };
  }
  if (typePattern.test(pattern)) return null;
  return {
    rule: 'event_type',
    message: `must be ${remedyOf(pattern)}`,
    bounds: { pattern: typePattern.source },
  };
}

function remedyOf(pattern: string): string {
  if (pattern.includes('**')) return 'written with one *: at the end it already stands for one or more names';
  if (pattern.includes('*')) return 'names joined by dots; * stands for a whole name, as in "order.*"';
  return 'names of letters, digits, _ and - joined by dots, as in "order.created"';
}
