import { UsageError } from '../failures.js';

/**
 * The headers in a text: `name: value` lines, as curl and browsers show them, or an object as JSON. Lines without a
 * colon, such as the first line of a request, are left out.
 * @returns names in lower case
 * @throws UsageError when there is no header in it
 */
export function readHeaders(text: string): Record<string, string> {
  const headers = text.trimStart().startsWith('{') ? fromJson(text) : fromLines(text);
  if (Object.keys(headers).length === 0)
    throw new UsageError('there are no headers: give name: value lines, or an object as JSON');
  return headers;
}

function fromLines(text: string): Record<string, string> {
  const found = text.split(/\r?\n/).flatMap((line) => {
    // curl -v puts > or < in front of a header.
    const [, name, value] = /^\s*(?:[<>*]\s+)?([!#$%&'*+.^_`|~\w-]+)\s*:\s*(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value.trim()] as const];
  });
  return Object.fromEntries(found);
}

function fromJson(text: string): Record<string, string> {
  try {
    const parsed = JSON.parse(text) as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(parsed).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
  } catch (error) {
    throw new UsageError(`the headers are not JSON: ${(error as Error).message}`, { cause: error });
  }
}
