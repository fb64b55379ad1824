import { Injectable } from '@nestjs/common';
import type { BulkFilter, BulkPage } from './bulk.js';
import { BulkSourceStore } from './bulk-source.store.js';
import { keyOf, type ReplayHistory, type ReplayPair } from './replay.js';

/** Where a page begins, how long it is, and for whom it is read. */
export interface BulkRead {
  filter: BulkFilter;
  /** `next` of the previous page; null: from the start. */
  after: string | null;
  limit: number;
  /** The app whose key is used, which sees its own; null for the platform. */
  as: string | null;
}

/** Finds what a bulk operation may change, page by page. Nothing is in two pages. */
@Injectable()
export class BulkSources {
  constructor(private readonly store: BulkSourceStore) {}

  /** Unresolved dead letters, or their deliveries. */
  async deadLetters(of: 'letter' | 'delivery', read: BulkRead): Promise<BulkPage> {
    const rows = await this.store.deadLetters(of, read);
    const candidates = rows.map(({ position: _, ...candidate }) => candidate);
    return { candidates, next: rows.length < read.limit ? null : rows.at(-1)!.position };
  }

  /** Waiting deliveries. @param until the largest id */
  async waiting({ after, ...read }: BulkRead, until: string): Promise<BulkPage> {
    const [endpointId = '', id = ''] = after?.split(' ') ?? [];
    const candidates = await this.store.waiting({
      ...read,
      after: after === null ? null : { endpointId, id },
      until,
    });
    const last = candidates.at(-1);
    return {
      candidates,
      next: !last || candidates.length < read.limit ? null : `${last.endpointId} ${last.subjectId}`,
    };
  }

  /** The deliveries of each pair that has some, by `keyOf`. */
  async histories(pairs: readonly ReplayPair[], as: string | null): Promise<Map<string, ReplayHistory>> {
    const rows = await this.store.histories(pairs, as);
    return new Map(rows.map((row) => [keyOf(row), row]));
  }
}
