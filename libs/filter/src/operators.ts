import { isJsonEqual } from './json-equal.js';

/** Most values in the list of an `$in` or a `$nin`. */
export const LIST_MAX = 100;

/** A comparison of a value with what the filter says. */
interface Operator {
  /** Ends the sentence "the operator takes …"; null where it takes any JSON value. */
  takes: string | null;
  accepts: (operand: unknown) => boolean;
  /** The test of one value, made once for each place in a filter. */
  test: (operand: unknown) => (value: unknown) => boolean;
  /** `items`: also holds for a list with an item for which it holds. `none`: for a list without such an item. */
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

/** Every comparison a filter knows. */
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

/** Those that compare whole values, and so must name a value that can be there. */
export const EQUALITIES: readonly string[] = ['$eq', '$ne', '$in', '$nin'];

/** The finished comparison, lists included. */
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

/** Numbers with numbers, texts with texts by UTF-16 code unit; nothing else is before or after anything. */
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
