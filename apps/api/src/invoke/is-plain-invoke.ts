import type { InvokeDto } from './invoke.dto.js';

/**
 * Whether a body surely meets the rules of InvokeDto: said without asking its decorators, for the most frequent of all
 * requests. A body of which this is not sure is judged by them, and so is what its error says.
 */
export function isPlainInvoke(body: unknown): body is InvokeDto {
  if (!isObject(body)) return false;
  for (const member of Object.keys(body)) if (member !== 'payload' && member !== 'context') return false;
  const { payload, context } = body;
  return payload !== undefined && (context === undefined || isObject(context));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
