/** Limit of nesting, and of the number of keys and items, for any JSON that we accept. */
export const JSON_MAX_DEPTH = 64;
export const JSON_MAX_KEYS = 10_000;

/** A value in a document, and the way to it. */
export interface JsonPlace {
  value: unknown;
  /** 0 for the document itself. */
  depth: number;
  /** Its key in the object or list; absent for the document itself. */
  parent?: JsonPlace;
  key?: string;
  /** The top-level member that contains it; absent for the document itself. */
  member?: string;
}

/** Why a document was not read to its end. */
export type JsonExcess = { exceeded: 'depth'; at: JsonPlace } | { exceeded: 'keys' };

/**
 * Visits every value of a JSON document. It has its own stack, so deep nesting does not exhaust the call stack. It
 * stops at a document that is too deep or too wide, which includes cycles.
 * @param visit returns true to end the walk
 */
export function walkJson(document: unknown, visit: (place: JsonPlace) => boolean | void): JsonExcess | null {
  let keys = 0;
  const waiting: JsonPlace[] = [{ value: document, depth: 0 }];
  for (let place = waiting.pop(); place; place = waiting.pop()) {
    if (visit(place) === true) return null;
    const { value, depth, member } = place;
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= JSON_MAX_DEPTH) return { exceeded: 'depth', at: place };
    for (const [key, held] of Object.entries(value)) {
      if (++keys > JSON_MAX_KEYS) return { exceeded: 'keys' };
      waiting.push({ value: held, depth: depth + 1, parent: place, key, member: member ?? key });
    }
  }
  return null;
}

/** The keys on the way from the document to a place. Only computed for problems: most documents have none. */
export function segmentsOf({ parent, key }: JsonPlace): string[] {
  return parent ? [...segmentsOf(parent), key!] : [];
}
