import { Injectable } from '@nestjs/common';
import { idRangeOf } from './id-range.js';
import { SEARCH_KINDS, SearchStore, type Finding } from './search.store.js';

/** Finds things by name, id, idempotency key or request id. */
@Injectable()
export class Search {
  constructor(private readonly store: SearchStore) {}

  /**
   * At most five of each kind, in the order of the kinds.
   * @param as the app whose key is used, which finds its own; null is the platform itself
   */
  async find(text: string, as: string | null): Promise<Finding[]> {
    const range = idRangeOf(text);
    const found = await Promise.all([
      this.store.byName(text, as),
      range ? this.store.byId(range, as) : [],
      this.store.byKey(text, as),
    ]);
    const distinct = new Map(found.flat().map((one) => [`${one.kind} ${one.appId} ${one.id}`, one]));
    const all = [...distinct.values()];
    return SEARCH_KINDS.flatMap((kind) => all.filter((one) => one.kind === kind).slice(0, 5));
  }
}
