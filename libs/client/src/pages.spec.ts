import { describe, expect, it } from 'vitest';
import { Pages, type Page } from './pages.js';

function list(): { pages: Pages<number>; read: (string | undefined)[] } {
  const read: (string | undefined)[] = [];
  const all: Record<string, Page<number>> = {
    '': { items: [1, 2], nextCursor: 'b' },
    b: { items: [], nextCursor: 'c' },
    c: { items: [3], nextCursor: null },
  };
  const pages = new Pages<number>(async (cursor) => {
    read.push(cursor);
    return all[cursor ?? '']!;
  });
  return { pages, read };
}

async function collected<T>(all: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of all) found.push(each);
  return found;
}

describe('pages', () => {
  it('give all items in order', async () => {
    const { pages, read } = list();
    expect(await collected(pages)).toEqual([1, 2, 3]);
    expect(read).toEqual([undefined, 'b', 'c']);
  });

  it('are read only when they are needed', async () => {
    const { pages, read } = list();
    expect(read).toEqual([]);
    for await (const item of pages) if (item === 2) break;
    expect(read).toEqual([undefined]);
  });

  it('may be read one by one', async () => {
    const { pages } = list();
    expect(await pages.first()).toEqual({ items: [1, 2], nextCursor: 'b' });
    expect((await collected(pages.pages())).map(({ items }) => items)).toEqual([[1, 2], [], [3]]);
  });

  it.each([
    [0, [], 0],
    [2, [1, 2], 1],
    [9, [1, 2, 3], 3],
  ])('give the first %i items as an array', async (max, expected, reads) => {
    const { pages, read } = list();
    expect(await pages.take(max)).toEqual(expected);
    expect(read).toHaveLength(reads);
  });

  it('end with a page that has no cursor', async () => {
    expect(await new Pages(async () => ({ items: ['only'] })).take(5)).toEqual(['only']);
  });
});
