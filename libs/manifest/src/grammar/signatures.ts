import { readable, type Problem } from '@breakwater/platform';

/** What calls may be signed with, by the names of Standard Webhooks. */
export const SIGNATURES = ['v1', 'v1a'];

/** As JSON Schema. */
export const SIGNATURES_SCHEMA = {
  type: 'array',
  minItems: 1,
  maxItems: 2,
  uniqueItems: true,
  items: { type: 'string', enum: SIGNATURES },
  contains: { const: 'v1' },
};

/** The problem of a list of signatures, or none. */
export function signaturesProblems(signatures: unknown, pointer: string): Problem[] {
  const isList = Array.isArray(signatures) && new Set(signatures).size === signatures.length;
  const isKnown = isList && signatures.every((one) => SIGNATURES.includes(one as string));
  if (signatures === undefined || (isKnown && signatures.includes('v1'))) return [];
  const message = 'signatures must be ["v1"] or ["v1", "v1a"]: v1 is always there';
  return [
    { pointer, rule: 'signatures', message, bounds: { allowed: SIGNATURES }, value: readable(signatures) },
  ];
}
