import { describe, expect, it } from 'vitest';
import { Columns } from './columns.js';

describe('columns', () => {
  const columns = new Columns<{ id: string; size: number }>({
    id: ['uuid', (row) => row.id],
    double: ['integer', (row) => 2 * row.size],
  });

  it('are arrays and names in one order', () => {
    expect(columns.arrays).toBe('$1::uuid[], $2::integer[]');
    expect(columns.names).toBe('id, double');
    expect(
      columns.values([
        { id: 'a', size: 1 },
        { id: 'b', size: 2 },
      ]),
    ).toEqual(['{"a","b"}', '{2,4}']);
  });

  it('are followed by further parameters', () => expect(columns.further(2)).toEqual(['$3', '$4']));

  it('may follow those of other rows', () => {
    const others = new Columns<string>({ name: ['text', (row) => row] }, columns);
    expect(others.arrays).toBe('$3::text[]');
    expect(others.further(1)).toEqual(['$4']);
  });

  it('give the array of one column, and an error for an unknown one', () => {
    expect(columns.array('double')).toBe('$2::integer[]');
    expect(() => columns.array('size')).toThrow('there is no column size');
  });
});
