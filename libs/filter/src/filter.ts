/** The parts of an event that a filter can test. */
export interface FilteredEvent {
  type: string;
  /** The result of `JSON.parse`. */
  payload?: unknown;
  /** Names are in lower case. */
  headers?: Readonly<Record<string, unknown>>;
  metadata?: unknown;
}

/** A part of a filter that is true or false for an event; `pointer` is its place in the document. */
export type Term =
  | { kind: 'compare'; pointer: string; holds: (value: unknown) => boolean }
  | { kind: 'all'; pointer: string; terms: readonly Term[] }
  | { kind: 'any'; pointer: string; terms: readonly Term[] }
  | { kind: 'not'; pointer: string; term: Term }
  | { kind: 'members'; pointer: string; members: readonly Member[]; byIndex: boolean };

/** A term for a member of an object, or for an item of a list. */
export interface Member {
  key: string;
  term: Term;
}

/** A valid filter: compiled once, evaluated for each event. */
export interface CompiledFilter {
  root: Term;
}

/** Whether the event matches the filter. */
export function matches(filter: CompiledFilter, event: FilteredEvent): boolean {
  return mismatch(filter.root, event) === null;
}

/** JSON pointer to the first term of the filter that does not match; null if the event matches. */
export function firstMismatch(filter: CompiledFilter, event: FilteredEvent): string | null {
  return mismatch(filter.root, event);
}

function mismatch(term: Term, value: unknown): string | null {
  switch (term.kind) {
    case 'compare':
      return term.holds(value) ? null : term.pointer;
    case 'all':
      return firstOf(term.terms, value);
    case 'any':
      return term.terms.some((each) => mismatch(each, value) === null) ? null : term.pointer;
    case 'not':
      return mismatch(term.term, value) === null ? term.pointer : null;
    case 'members':
      if (!Array.isArray(value) || term.byIndex) return firstOfMembers(term.members, value);
      return value.some((item) => firstOfMembers(term.members, item) === null) ? null : term.pointer;
  }
}

function firstOf(terms: readonly Term[], value: unknown): string | null {
  for (const term of terms) {
    const failed = mismatch(term, value);
    if (failed !== null) return failed;
  }
  return null;
}

function firstOfMembers(members: readonly Member[], value: unknown): string | null {
  for (const { key, term } of members) {
    const failed = mismatch(term, memberOf(value, key));
    if (failed !== null) return failed;
  }
  return null;
}

/** Reads own members only, so `constructor` and `__proto__` are ordinary names. */
function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return isIndex(key) ? (value as unknown[])[Number(key)] : undefined;
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

/** Whether a key is an index of a list, from 0. */
export function isIndex(key: string): boolean {
  return /^(?:0|[1-9]\d{0,8})$/.test(key);
}
