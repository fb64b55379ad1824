import { pageOf, type Page } from '@breakwater/platform';
import { CursorInvalidError } from './cursor-invalid.error.js';

/** A cursor is opaque to users: it contains the position of the last item of a page. */
export function cursorOf(position: readonly string[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws CursorInvalidError unless it holds `parts` texts */
export function positionOf(cursor: string | undefined, parts: number): string[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(position) &&
      position.length === parts &&
      position.every((part) => typeof part === 'string' && !part.includes('\0'))
    ) {
      return position as string[];
    }
  } catch {
    // Not JSON, so not one of our cursors.
  }
  throw new CursorInvalidError(cursor);
}

/** The cursor of a list with a cursor format of its own, taken out of the common format. */
export function innerCursor(cursor: string | undefined): { cursor?: string } {
  const [inner] = positionOf(cursor, 1) ?? [];
  return inner === undefined ? {} : { cursor: inner };
}

/** The reverse: its page in the format that all lists use. */
export function outerPage<Item>({ items, nextCursor }: Page<Item>): Page<Item> {
  return { items, nextCursor: nextCursor === null ? null : cursorOf([nextCursor]) };
}

/** @param rows one more than the page holds, if there is one more */
export function presentedPage<Row, Item>(
  rows: Row[],
  limit: number,
  present: (row: Row) => Item,
  positionOfRow: (row: Row) => string[],
): Page<Item> {
  const { items, nextCursor } = pageOf(rows, limit, (row) => cursorOf(positionOfRow(row)));
  return { items: items.map(present), nextCursor };
}
