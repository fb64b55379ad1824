import { describe, expect, it } from 'vitest';
import { ApiError } from '../data/api-error.js';
import { answerState, isStale } from './answer-state.js';

const refused = (status: number): ApiError =>
  new ApiError({ status, code: 'CODE', title: 'Title', detail: 'Detail' });
const isEmpty = (rows: number[]): boolean => rows.length === 0;

describe('what a panel shows', () => {
  it.each([
    ['nothing yet', { data: undefined, error: null, isPending: true }, false, 'waiting'],
    ['rows', { data: [1], error: null, isPending: false }, false, 'ready'],
    ['no rows', { data: [], error: null, isPending: false }, false, 'empty'],
    ['no rows under a filter', { data: [], error: null, isPending: false }, true, 'noMatch'],
    ['an error', { data: undefined, error: refused(500), isPending: false }, false, 'error'],
    ['a network error', { data: undefined, error: new Error('x'), isPending: false }, false, 'error'],
    ['an error after rows', { data: [1], error: refused(503), isPending: false }, false, 'ready'],
    ['a refusal', { data: undefined, error: refused(403), isPending: false }, false, 'notAllowed'],
    ['a refusal after rows', { data: [1], error: refused(403), isPending: false }, false, 'notAllowed'],
    ['a missing id', { data: undefined, error: refused(404), isPending: false }, false, 'notFound'],
  ] as const)('%s', (_, asked, isFiltered, state) => {
    expect(answerState(asked as never, isEmpty, isFiltered)).toBe(state);
  });

  it('old data is marked when reading it again failed', () => {
    expect(isStale({ data: [1], error: refused(503), isPending: false })).toBe(true);
    expect(isStale({ data: [1], error: null, isPending: false })).toBe(false);
    expect(isStale({ data: undefined, error: refused(503), isPending: false })).toBe(false);
    expect(isStale({ data: [1], error: refused(404), isPending: false })).toBe(false);
  });
});
