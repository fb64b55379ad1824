const PAGE_SIZE = 50;
const PAGE_SIZE_MAX = 200;

export interface PageRequest {
  cursor?: string;
  /** 1 to 200, 50 by default. */
  limit?: number;
}

export interface Page<Item> {
  items: Item[];
  /** Where the next page starts; null on the last. */
  nextCursor: string | null;
}

/** How many items a page holds. */
export function pageSize({ limit = PAGE_SIZE }: { limit?: number }): number {
  return Math.min(Math.max(Math.trunc(limit) || 1, 1), PAGE_SIZE_MAX);
}

/**
 * A page of a list.
 * @param rows one more than the page holds, if there is one more
 * @param cursorOf the place after a row
 */
export function pageOf<Row>(rows: readonly Row[], limit: number, cursorOf: (row: Row) => string): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}
