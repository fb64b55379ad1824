import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileFilter } from './compile-filter.js';
import {
  compileTypes,
  EVENT_TYPE_MAX_LENGTH,
  typePatternProblems,
  TYPE_PATTERNS_MAX,
} from './event-types.js';
import { firstMismatch, matches, type CompiledFilter } from './filter.js';
import { FILTER_MAX_BYTES, FILTER_MAX_DEPTH, FILTER_MAX_TERMS } from './limits.js';
import { LIST_MAX, OPERATORS } from './operators.js';

const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/filters.md'), 'utf8');

/** Rows of the table whose first column has this title. Backticks are removed from the cells. */
function rowsOf(firstTitle: string, columns: number): string[][] {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => line.startsWith('|') && line.split('|')[1]!.trim() === firstTitle);
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  const rows = lines.slice(start + 2, start + length).map((line) => line.split(' | ').map(cell));
  if (rows.length === 0 || rows.some((row) => row.length !== columns)) throw new Error(`table ${firstTitle}`);
  return rows;
}

const cell = (text: string): string =>
  /^\|?\s*(?:`(.*)`|(.*?))\s*\|?$/
    .exec(text)!
    .slice(1)
    .find((found) => found !== undefined)!;

describe('docs/reference/filters.md: edge cases', () => {
  it.each(rowsOf('Case', 4))('%s: %s with the payload %s: %s', (_, filter, payload, taken) => {
    const compiled = compileFilter(JSON.parse(filter)) as CompiledFilter;
    const event = { type: 'order.created', payload: JSON.parse(payload) as unknown };
    expect(compiled).toHaveProperty('root');
    expect(matches(compiled, event)).toBe(taken === 'yes');
    expect(firstMismatch(compiled, event) === null).toBe(taken === 'yes');
  });
});

describe('docs/reference/filters.md: what is refused', () => {
  it.each(rowsOf('Rule', 4))('%s: %s at "%s" says %s', (rule, filter, pointer, says) => {
    const found = compileFilter(JSON.parse(filter));
    expect(found).toEqual([
      expect.objectContaining({ rule, pointer, message: expect.stringContaining(says) as string }),
    ]);
  });
});

describe('docs/reference/filters.md: event types', () => {
  it.each(rowsOf('Pattern', 3))('%s and the type %s: %s', (pattern, type, taken) => {
    expect(typePatternProblems([pattern])).toEqual([]);
    expect(compileTypes([pattern])(type)).toBe(taken === 'yes');
    expect(compileTypes(['a.b', 'x.*', pattern])(type)).toBe(taken === 'yes');
  });

  it('gives the limits as they are', () => {
    expect(page).toContain(`${EVENT_TYPE_MAX_LENGTH} characters at most`);
    expect(page).toContain(`lists 1 to ${TYPE_PATTERNS_MAX} types or patterns`);
  });
});

describe('docs/reference/filters.md: limits and operators', () => {
  it('gives the limits as they are', () => {
    const limits = [FILTER_MAX_DEPTH, FILTER_MAX_TERMS, LIST_MAX];
    expect(rowsOf('Limit', 2).map(([, value]) => value)).toEqual([
      ...limits.map(String),
      `${FILTER_MAX_BYTES.toLocaleString('en')} bytes`,
    ]);
  });

  it.each([...Object.keys(OPERATORS), '$and', '$or', '$not'])('has a row for %s', (operator) => {
    const names = rowsOf('Operator', 3).flatMap(([name]) => name!.split(/`, `/));
    expect(names).toContain(operator);
  });
});
