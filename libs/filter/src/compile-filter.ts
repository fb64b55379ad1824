import { cut, nearest, pointerTo, readable, type Problem } from '@breakwater/platform';
import { isEventType } from './event-types.js';
import { isIndex, type CompiledFilter, type Member, type Term } from './filter.js';
import { FILTER_MAX_DEPTH, FILTER_MAX_TERMS, limitProblems } from './limits.js';
import { memberPath } from './member-path.js';
import { comparison, EQUALITIES, OPERATORS } from './operators.js';

/** A problem of a filter; `message` ends with the remedy. */
export type FilterProblem = Problem;

/** The parts of an event that a filter can test. */
const PARTS = ['type', 'payload', 'headers', 'metadata'] as const;
const LOGICAL = ['$and', '$or', '$not'];
const KNOWN = [...Object.keys(OPERATORS), ...LOGICAL];

/** What a description applies to: the event, its type, its headers, a header's value, or any other value. */
type Subject = 'event' | 'type' | 'headers' | 'header' | 'value';

/** Compiles a filter for {@link matches}, or returns all its problems. Never throws, for any input. */
export function compileFilter(document: unknown): CompiledFilter | FilterProblem[] {
  const limits = limitProblems(document);
  if (limits.length > 0) return limits;
  if (!isObject(document)) {
    const message = 'a filter must be an object, for example {"payload": {"total": {"$gte": 100}}}';
    return [{ pointer: '', rule: 'type', message, value: readable(document) }];
  }
  const compiler = new Compiler();
  const root = compiler.describe(document, 'event', []);
  return compiler.finish() ?? { root };
}

type Path = readonly (string | number)[];

/** Builds the terms of a document and collects its problems, in one pass. */
class Compiler {
  private readonly problems: FilterProblem[] = [];
  private terms = 0;

  /** The problems, or null if there are none. */
  finish(): FilterProblem[] | null {
    if (this.terms > FILTER_MAX_TERMS) {
      const message = `the filter has ${this.terms} comparisons, at most ${FILTER_MAX_TERMS}: use $in, or split the subscription`;
      this.report([], 'terms', message, this.terms, { max: FILTER_MAX_TERMS });
    }
    return this.problems.length > 0 ? this.problems : null;
  }

  /** The term for a bare value or an object that describes the subject. */
  describe(description: unknown, subject: Subject, path: Path): Term {
    if (!isObject(description)) {
      if (subject === 'event' || subject === 'headers') this.refuseBare(description, subject, path);
      return this.compare('$eq', description, subject, path);
    }
    const entries = Object.entries(description);
    if (entries.length === 0 && subject !== 'event') {
      const message = 'says nothing: name a member or an operator; {"$eq": {}} is the empty object';
      this.report(path, 'empty', message, description);
    }
    const operators = entries.filter(([key]) => key.startsWith('$'));
    const members = entries.filter(([key]) => !key.startsWith('$'));
    const terms = operators.map(([key, operand]) => this.operator(key, operand, subject, [...path, key]));
    if (members.length > 0) terms.push(this.members(members, subject, path));
    return terms.length === 1 ? terms[0]! : { kind: 'all', pointer: pointerTo(...path), terms };
  }

  private operator(key: string, operand: unknown, subject: Subject, path: Path): Term {
    const pointer = pointerTo(...path);
    if (key === '$not') return { kind: 'not', pointer, term: this.describe(operand, subject, path) };
    if (key === '$and' || key === '$or') {
      const terms = this.each(key, operand, subject, path);
      return { kind: key === '$and' ? 'all' : 'any', pointer, terms };
    }
    if (!Object.hasOwn(OPERATORS, key)) {
      const message = `"${cut(key)}" is not an operator, did you mean "${nearest(key, KNOWN)}"? A member of this name is written "\\${cut(key)}"`;
      this.report(path, 'operator', message, undefined, { known: KNOWN });
      return NEVER;
    }
    if (subject === 'event' || (subject === 'headers' && key !== '$exists')) {
      const message = `${key} compares one value: put it under ${subject === 'event' ? PARTS.join(', ') : 'the name of a header'}`;
      this.report(path, 'place', message, operand);
      return NEVER;
    }
    return this.compare(key, operand, subject, path);
  }

  private each(key: string, operand: unknown, subject: Subject, path: Path): Term[] {
    if (Array.isArray(operand) && operand.length > 0) {
      return operand.map((each: unknown, at) => this.describe(each, subject, [...path, at]));
    }
    this.report(path, 'list', `${key} takes a list of filters, 1 or more`, operand);
    return [];
  }

  private members(entries: [string, unknown][], subject: Subject, path: Path): Term {
    if (subject === 'type' || subject === 'header') {
      this.report(
        path,
        'place',
        `${TEXTS[subject]} is text and has no members: compare it as a whole`,
        undefined,
      );
      return NEVER;
    }
    const members = entries.map(([key, description]) => {
      const names = memberPath(key);
      if (names !== null && names.length <= FILTER_MAX_DEPTH) {
        return this.member(names, description, subject, [...path, key]);
      }
      const message = `must name 1 to ${FILTER_MAX_DEPTH} members, joined by dots; \\. is a dot in a name, \\\\ a backslash`;
      this.report([...path, key], 'key', message, key, { max: FILTER_MAX_DEPTH });
      return { key, term: NEVER };
    });
    const byIndex = members.every(({ key }) => isIndex(key));
    return { kind: 'members', pointer: pointerTo(...path), members, byIndex };
  }

  private member(names: readonly string[], description: unknown, holder: Subject, path: Path): Member {
    const [first = '', ...rest] = names;
    if (holder === 'event' && !PARTS.some((part) => part === first)) {
      const message = `an event has no "${cut(first)}", did you mean "${nearest(first, PARTS)}"? Of the payload it is "payload.${cut(first)}"`;
      this.report(path, 'unknown_key', message, undefined, { known: PARTS });
      return { key: first, term: NEVER };
    }
    const key = holder === 'headers' ? first.toLowerCase() : first;
    const subject = subjectOf(first, holder);
    if (rest.length === 0) return { key, term: this.describe(description, subject, path) };
    if (subject === 'type' || subject === 'header') {
      const message = `${TEXTS[subject]} is text and has no members; a dot in a name is written \\.`;
      this.report(path, 'place', message, undefined);
      return { key, term: NEVER };
    }
    const inner = this.member(rest, description, subject, path);
    const pointer = pointerTo(...path);
    return { key, term: { kind: 'members', pointer, members: [inner], byIndex: isIndex(inner.key) } };
  }

  private compare(operator: string, operand: unknown, subject: Subject, path: Path): Term {
    this.terms++;
    const { accepts, takes } = OPERATORS[operator]!;
    if (!accepts(operand)) {
      this.report(path, 'operand', `${operator} takes ${takes}`, operand);
      return NEVER;
    }
    if (EQUALITIES.includes(operator)) this.checkEquality(operator, operand, subject, path);
    return { kind: 'compare', pointer: pointerTo(...path), holds: comparison(operator, operand) };
  }

  private checkEquality(operator: string, operand: unknown, subject: Subject, path: Path): void {
    const isList = operator === '$in' || operator === '$nin';
    const values: [Path, unknown][] = isList
      ? (operand as unknown[]).map((item, at) => [[...path, at], item])
      : [[path, operand]];
    for (const [at, value] of values) {
      const problem = impossible(value, subject);
      if (problem) this.report(at, problem.rule, problem.message, value);
    }
  }

  private refuseBare(description: unknown, subject: 'event' | 'headers', path: Path): void {
    const names = subject === 'event' ? PARTS.join(', ') : 'headers';
    this.report(path, 'type', `must be an object whose keys are ${names}`, description);
  }

  private report(path: Path, rule: string, message: string, value: unknown, bounds?: unknown): void {
    this.problems.push({
      pointer: pointerTo(...path),
      rule,
      message,
      ...(bounds === undefined ? {} : { bounds }),
      ...(value === undefined ? {} : { value: readable(value) }),
    });
  }
}

const TEXTS = { type: 'an event type', header: 'a header' };

/** Placeholder for a part with a problem: a filter with problems is never evaluated. */
const NEVER: Term = { kind: 'any', pointer: '', terms: [] };

function subjectOf(name: string, holder: Subject): Subject {
  if (holder === 'event') return name === 'type' || name === 'headers' ? name : 'value';
  return holder === 'headers' ? 'header' : 'value';
}

/** Why the subject can never equal this value; null if it can. */
function impossible(value: unknown, subject: Subject): { rule: string; message: string } | null {
  if (subject === 'type' && !(typeof value === 'string' && isEventType(value))) {
    const message =
      'is no event type: names of letters, digits, _ and - joined by dots; for patterns use $startsWith, or the events of the subscription';
    return { rule: 'event_type', message };
  }
  if (subject === 'header' && typeof value !== 'string') {
    return { rule: 'header', message: 'a header is text: write the value in quotes, or use $exists' };
  }
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const message =
      'whole numbers beyond ±9007199254740991 cannot be told apart: compare with $gte and $lte, or send the number as text';
    return { rule: 'number', message };
  }
  return null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
