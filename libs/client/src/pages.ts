/** One page of a list. */
export interface Page<Row> {
  items: Row[];
  /** Where the next page begins; null or absent: this is the last one. */
  nextCursor?: string | null;
}

/** A list that is read page by page. `for await` over it reads all items, and the next page only when it is needed. */
export class Pages<Row> implements AsyncIterable<Row> {
  constructor(private readonly read: (cursor: string | undefined) => Promise<Page<Row>>) {}

  /** Only the first page. */
  async first(): Promise<Page<Row>> {
    return this.read(undefined);
  }

  /** Page by page. */
  async *pages(): AsyncGenerator<Page<Row>, void, undefined> {
    let cursor: string | undefined;
    do {
      const page = await this.read(cursor);
      yield page;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void, undefined> {
    for await (const { items } of this.pages()) yield* items;
  }

  /** The first items as an array. @param max a whole number, 0 or more */
  async take(max: number): Promise<Row[]> {
    const taken: Row[] = [];
    if (max === 0) return taken;
    for await (const row of this) {
      taken.push(row);
      if (taken.length === max) break;
    }
    return taken;
  }
}
