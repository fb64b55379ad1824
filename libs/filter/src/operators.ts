import { isJsonEqual } from './json-equal.js';

/** Maximum number of values in the list of `$in` or `$nin`. */
export const LIST_MAX = 100;

/** A comparison of a value with an operand of the filter. */
interface Operator {
  /** Completes the sentence "the operator takes …"; null if any JSON value is allowed. */
  takes: string | null;
  accepts: (operand: unknown) => boolean;
  /** Creates the test of one value, once for each place in a filter. */
  test: (operand: unknown) => (value: unknown) => boolean;
  /** Lists pass if: `items`: an item or the list passes; `none`: neither passes; `whole`: the list passes. */
  lists: 'items' | 'none' | 'whole';
}

const isText = (operand: unknown): boolean => typeof operand === 'string' && operand !== '';
const isOrdered = (operand: unknown): boolean => typeof operand === 'number' || typeof operand === 'string';
const isSelection = (operand: unknown): boolean =>
  Array.isArray(operand) && operand.length > 0 && operand.length <= LIST_MAX;

const ORDERED = { takes: 'a number or a text', accepts: isOrdered, lists: 'items' } as const;
const PART = { takes: 'a text that is not empty', accepts: isText, lists: 'items' } as const;
const SELECTION = { takes: `a list of 1 to ${LIST_MAX} values`, accepts: isSelection } as const;
const ANY = { takes: null, accepts: () => true } as const;

/** All comparison operators. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  $eq: { ...ANY, test: equals, lists: 'items' },
  $ne: { ...ANY, test: equals, lists: 'none' },
  $gt: { ...ORDERED, test: (bound) => (value) => isOfKind(value, bound) && value > (bound as string) },
  $gte: { ...ORDERED, test: (bound) => (value) => isOfKind(value, bound) && value >= (bound as string) },
  $lt: { ...ORDERED, test: (bound) => (value) => isOfKind(value, bound) && value < (bound as string) },
  $lte: { ...ORDERED, test: (bound) => (value) => isOfKind(value, bound) && value <= (bound as string) },
  $in: { ...SELECTION, test: isOneOf, lists: 'items' },
  $nin: { ...SELECTION, test: isOneOf, lists: 'none' },
  $startsWith: { ...PART, test: (start) => (value) => isString(value) && value.startsWith(start as string) },
  $endsWith: { ...PART, test: (end) => (value) => isString(value) && value.endsWith(end as string) },
  $exists: {
    takes: 'true or false',
    accepts: (operand) => typeof operand === 'boolean',
    test: (operand) => (value) => (value !== undefined) === operand,
    lists: 'whole',
  },
};

/** Operators that test for equality: their values must be possible values of the subject. */
export const EQUALITIES: readonly string[] = ['$eq', '$ne', '$in', '$nin'];

/** The complete comparison, including lists. */
export function comparison(operator: string, operand: unknown): (value: unknown) => boolean {
  const { test, lists } = OPERATORS[operator]!;
  const holds = test(operand);
  if (lists === 'whole') return holds;
  const isTaken = (value: unknown): boolean => holds(value) || (Array.isArray(value) && value.some(holds));
  return lists === 'items' ? isTaken : (value) => !isTaken(value);
}

function equals(operand: unknown): (value: unknown) => boolean {
  if (typeof operand !== 'object' || operand === null) return (value) => value === operand;
  return (value) => isJsonEqual(operand, value);
}

/** Only two numbers, or two texts by UTF-16 code unit, can be ordered. */
function isOfKind(value: unknown, bound: unknown): value is string {
  return typeof value === typeof bound;
}

function isOneOf(operand: unknown): (value: unknown) => boolean {
  const list = operand as unknown[];
  const plain = new Set(list.filter((item) => typeof item !== 'object' || item === null));
  const nested = list.filter((item) => typeof item === 'object' && item !== null);
  return (value) => plain.has(value) || nested.some((item) => isJsonEqual(item, value));
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
