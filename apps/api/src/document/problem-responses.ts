import type { CatalogueEntry } from '../errors/catalogue.js';

/** Facts that decide which problems an operation may answer with. */
export interface OperationFacts {
  isPublic: boolean;
  hasPathParameters: boolean;
  hasCursor: boolean;
  /** The app may be named in the query. */
  hasAppInQuery: boolean;
  hasBody: boolean;
  method: string;
  /** Codes of its own, in addition to those of every operation of its shape. */
  ownCodes: readonly string[];
}

/** Every code that an operation may answer with, by status, each status once. */
export function codesByStatus(
  facts: OperationFacts,
  catalogue: Readonly<Record<string, CatalogueEntry>>,
): Map<number, string[]> {
  const codes = new Set([...shapeCodes(facts), ...facts.ownCodes]);
  const byStatus = new Map<number, string[]>();
  for (const code of [...codes].sort()) {
    const entry = catalogue[code];
    if (!entry) throw new Error(`${code} is not in the error catalogue`);
    byStatus.set(entry.status, [...(byStatus.get(entry.status) ?? []), code]);
  }
  return new Map([...byStatus].sort(([a], [b]) => a - b));
}

function shapeCodes(facts: OperationFacts): string[] {
  const { isPublic, hasPathParameters, hasCursor, hasAppInQuery, hasBody, method } = facts;
  const mayHaveBody = method !== 'get';
  return [
    'INPUT_INVALID',
    'HEADER_TOO_LARGE',
    'INTERNAL',
    ...(isPublic ? [] : ['UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED', 'DATABASE_UNAVAILABLE']),
    ...(hasPathParameters ? ['ROUTE_NOT_FOUND'] : []),
    ...(hasAppInQuery ? ['APP_NOT_FOUND'] : []),
    ...(hasCursor ? ['CURSOR_INVALID'] : []),
    ...(mayHaveBody ? ['BODY_TOO_LARGE', 'MEDIA_TYPE_UNSUPPORTED'] : []),
    ...(mayHaveBody || hasBody ? ['JSON_INVALID'] : []),
  ];
}
