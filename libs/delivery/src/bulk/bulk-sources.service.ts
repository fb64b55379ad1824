import { Injectable } from '@nestjs/common';
import type { BulkFilter, BulkPage } from './bulk.js';
import { BulkSourceStore, PAGE_ROWS, type Placed } from './bulk-source.store.js';
import { keyOf, type ReplayHistory, type ReplayPair } from './replay.js';

/** Where a page begins, and for whom it is read. */
export interface BulkRead {
  filter: BulkFilter;
  /** `next` of the previous page; null: from the start. */
  after: string | null;
  /** The app whose key is used, which sees its own; null for the platform. */
  as: string | null;
}

/** Finds what a bulk operation may change, page by page. Nothing is in two pages. */
@Injectable()
export class BulkSources {
  constructor(private readonly store: BulkSourceStore) {}

  /** Unresolved dead letters, or their deliveries. */
  async deadLetters(of: 'letter' | 'delivery', read: BulkRead): Promise<BulkPage> {
    return pageOf(await this.store.deadLetters(of, read));
  }

  /** Waiting deliveries. @param until the largest id */
  async waiting({ after, ...read }: BulkRead, until: string): Promise<BulkPage> {
    const [endpointId = '', id = ''] = after?.split(' ') ?? [];
    const place = after === null ? null : { endpointId, id };
    return pageOf(await this.store.waiting({ ...read, after: place, until }));
  }

  /** The deliveries of each pair that has some, by `keyOf`. */
  async histories(pairs: readonly ReplayPair[], as: string | null): Promise<Map<string, ReplayHistory>> {
    const rows = await this.store.histories(pairs, as);
    return new Map(rows.map((row) => [keyOf(row), row]));
  }
}

/** The rows that the filter wants, and where the next page begins: a page may be empty and not the last. */
function pageOf(rows: readonly Placed[]): BulkPage {
  const candidates = rows
    .filter(({ isWanted }) => isWanted)
    .map(({ position: _, isWanted: __, ...candidate }) => candidate);
  return { candidates, next: rows.length < PAGE_ROWS ? null : rows.at(-1)!.position };
}
