import { Injectable, Logger } from '@nestjs/common';
import { Config } from '@breakwater/platform';
import { beginningOf, type Position } from './cursor.js';
import { COUNTED_MAX, FeedStore, type FeedPage } from './feed.store.js';
import { gapOf, isOfOtherDatabase, type Gap } from './gap.js';
import { appOf, type Scope } from './scope.js';

/** Rows of one page. */
const PAGE = 1_000;

/** Where a watcher goes on, and what it does not get. */
export interface Resumed {
  position: Position;
  gap: Gap | null;
}

/** What happened while a watcher was away. */
@Injectable()
export class FeedHistory {
  private readonly log = new Logger('Feed');

  constructor(
    private readonly store: FeedStore,
    private readonly config: Config,
  ) {}

  /** From a cursor, or from the newest FEED_RESUME_MAX items if there are more. */
  async resume(cursor: Position, scope: Scope): Promise<Resumed> {
    const { horizon, ahead, nowS } = await this.store.now();
    const keptDays = Math.min(this.config.retention.deliveryDays, this.config.retention.eventDays);
    const past = { ahead, nowS, keptDays };
    const now = beginningOf(horizon, nowS);
    if (isOfOtherDatabase(cursor, ahead))
      return { position: now, gap: gapOf(cursor, { ...past, tooMany: null }) };
    try {
      const app = appOf(scope);
      const newest = await this.store.placeBeforeNewest(cursor, app, this.config.feed.resumeMax);
      const skipped = newest ? await this.store.count(cursor, newest, app) : 0;
      const tooMany = skipped < COUNTED_MAX ? skipped : null;
      return { position: newest ?? cursor, gap: gapOf(cursor, { ...past, tooMany }) };
    } catch (error) {
      // Counting took too long: there is more than can be read again.
      this.log.warn(`a cursor of the feed cannot be resumed: ${(error as Error).message}`);
      return { position: now, gap: gapOf(cursor, { ...past, tooMany: null }) };
    }
  }

  async page(after: Position, scope: Scope): Promise<FeedPage> {
    return this.store.read(after, appOf(scope), PAGE);
  }
}
