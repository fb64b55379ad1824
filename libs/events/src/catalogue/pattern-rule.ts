/** Maximum length of a pattern, in characters. */
export const PATTERN_MAX_LENGTH = 200;
/** Maximum sum of the upper limits of its quantifiers. */
const REPEATS_MAX = 1_000;
/** Maximum number of ways to divide a text between its elements. */
const WAYS_MAX = 16;

const ESCAPED = String.raw`\\[dDwWsSnrt\\/^$.*+?()[\]{}|]`;
const ESCAPED_IN_CLASS = String.raw`\\[dDwWsSnrt\\/^$.*+?()[\]{}|-]`;
const CLASS = String.raw`\[\^?(?:${ESCAPED_IN_CLASS}|[^\\\]])+\]`;
const QUANTIFIER = String.raw`\{(?<min>\d{1,4})(?:(?<open>,)(?<max>\d{1,4})?)?\}|(?<sign>[*+?])`;
const ELEMENT = new RegExp(String.raw`(?:${ESCAPED}|${CLASS}|[^\\^$*+?()[\]{}|])(?:${QUANTIFIER})?`, 'uy');

const FORM =
  'begins with ^ and has characters and classes such as [a-z] or \\d, each with a quantifier or none; groups, alternatives, lookaround and back references are not allowed, a list of values is an `enum`';

/**
 * Why a regular expression of a schema is refused; null if it is allowed. An allowed one needs at most WAYS_MAX passes
 * over a text: it is anchored, has no groups, and repeats without an upper limit only at its end.
 */
export function patternProblem(pattern: string): string | null {
  if (pattern.length > PATTERN_MAX_LENGTH) return `a pattern has at most ${PATTERN_MAX_LENGTH} characters`;
  const elements = elementsOf(pattern);
  if (elements === null) return `a pattern ${FORM}`;
  if (elements.slice(0, -1).some(({ max }) => max === Infinity))
    return '*, + and {n,} may be used only at the end of a pattern; give the earlier ones an upper limit, for example {1,10}';
  const limited = elements.filter(({ max }) => max !== Infinity);
  const repeats = limited.reduce((sum, { max }) => sum + max, 0);
  if (repeats > REPEATS_MAX) return `the quantifiers of a pattern add up to at most ${REPEATS_MAX}`;
  const ways = limited.reduce((product, { min, max }) => product * (max - min + 1), 1);
  if (ways > WAYS_MAX)
    return `the quantifiers of a pattern allow at most ${WAYS_MAX} combinations of lengths, these allow ${ways}: use fixed lengths, or minLength and maxLength`;
  return syntaxProblem(pattern);
}

interface Element {
  min: number;
  max: number;
}

/** Null if the pattern has another form. */
function elementsOf(pattern: string): Element[] | null {
  if (!pattern.startsWith('^')) return null;
  const end =
    pattern.length > 1 && pattern.endsWith('$') && !isEscaped(pattern) ? pattern.length - 1 : pattern.length;
  const elements: Element[] = [];
  ELEMENT.lastIndex = 1;
  while (ELEMENT.lastIndex < end) {
    const found = ELEMENT.exec(pattern);
    if (!found) return null;
    elements.push(quantified(found.groups!));
  }
  return elements;
}

/** Whether the last character belongs to an escape. */
function isEscaped(pattern: string): boolean {
  return /\\*.$/.exec(pattern)![0].length % 2 === 0;
}

function quantified({ min, open, max, sign }: Record<string, string | undefined>): Element {
  if (sign !== undefined) return { min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Infinity };
  if (min === undefined) return { min: 1, max: 1 };
  if (open === undefined) return { min: Number(min), max: Number(min) };
  return { min: Number(min), max: max === undefined ? Infinity : Number(max) };
}

function syntaxProblem(pattern: string): string | null {
  try {
    new RegExp(pattern, 'u').test('');
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
