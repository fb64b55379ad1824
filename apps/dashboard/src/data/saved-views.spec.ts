import { describe, expect, it } from 'vitest';
import { parseViews, VIEWS_MAX, withoutView, withView, type SavedView } from './saved-views.js';

const failed: SavedView = { name: 'failed', search: { status: 'failed' } };

describe('saved views', () => {
  it('are read as they were stored', () => {
    expect(parseViews(JSON.stringify([failed]))).toEqual([failed]);
  });
  it.each([
    ['nothing', null],
    ['no JSON', '{'],
    ['no list', '{}'],
    [
      'no views',
      '[null, 1, {"name": 1, "search": {}}, {"name": "a"}, {"name": "b", "search": {"status": 1}}]',
    ],
  ])('%s is no view', (_, stored) => expect(parseViews(stored)).toEqual([]));

  it('have one view of a name', () => {
    const other = { name: 'failed', search: { status: 'pending' } };
    expect(withView([failed], other)).toEqual([other]);
    expect(withoutView([failed], 'failed')).toEqual([]);
  });
  it('are limited; the oldest go', () => {
    const many = Array.from({ length: VIEWS_MAX }, (_, index) => ({ name: String(index), search: {} }));
    expect(withView(many, failed).map(({ name }) => name)).toEqual([
      ...many.slice(1).map(({ name }) => name),
      'failed',
    ]);
  });
});
