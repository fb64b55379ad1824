/** What a filter looks at: an event as its publisher sent it. */
export interface FilteredEvent {
  type: string;
  /** As `JSON.parse` made it. */
  payload?: unknown;
  /** Names in lower case. */
  headers?: Readonly<Record<string, unknown>>;
  metadata?: unknown;
}

/** A part of a filter that holds or does not; `pointer` says where it stands in the document. */
export type Term =
  | { kind: 'compare'; pointer: string; holds: (value: unknown) => boolean }
  | { kind: 'all'; pointer: string; terms: readonly Term[] }
  | { kind: 'any'; pointer: string; terms: readonly Term[] }
  | { kind: 'not'; pointer: string; term: Term }
  | { kind: 'members'; pointer: string; members: readonly Member[]; byIndex: boolean };

/** What is said of a member of an object, or of an item of a list. */
export interface Member {
  key: string;
  term: Term;
}

/** A filter that was checked: made once, asked for each event. */
export interface CompiledFilter {
  root: Term;
}

/** Whether the event is one that the filter takes. */
export function matches(filter: CompiledFilter, event: FilteredEvent): boolean {
  return mismatch(filter.root, event) === null;
}

/** JSON pointer, into the filter's document, of the first term that does not hold; null where the event matches. */
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

/** Own members only, so that `constructor` and `__proto__` are names like any other. */
function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return isIndex(key) ? (value as unknown[])[Number(key)] : undefined;
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

/** Whether a key counts the items of a list from 0. */
export function isIndex(key: string): boolean {
  return /^(?:0|[1-9]\d{0,8})$/.test(key);
}
