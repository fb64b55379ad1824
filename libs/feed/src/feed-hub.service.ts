import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Config, Slots } from '@breakwater/platform';
import { compare, formatCursor, type Position } from './cursor.js';
import { fanOut, type Live } from './fan-out.js';
import { FeedAudience } from './feed-audience.service.js';
import { FeedHistory } from './feed-history.service.js';
import { FeedReader } from './feed-reader.service.js';
import type { FeedPage } from './feed.store.js';
import type { FeedItem } from './item.js';
import type { Scope } from './scope.js';

/** Watchers that read what they missed at once; the others wait, so that they do not take all connections. */
const CATCHING_UP = 2;
/** How often it is looked whether a connection took what it was sent, ms. */
const LOOKS_EVERY_MS = 20;
/** A watcher that takes nothing of a page of the past for so long is dropped, ms. */
const TAKES_WITHIN_MS = 15_000;
/** After a read of the past that failed, ms. */
const READS_AGAIN_MS = 1_000;

type Watcher = Omit<Live, 'after'> &
  (
    | { state: 'catching_up' }
    /** `after`: what it has already, if that is more than this process has read. */
    | { state: 'live'; after: Position | null }
  );

/** Gives each watcher of this process the items of its scope: in order, each once, none left out in silence. */
@Injectable()
export class FeedHub implements OnModuleDestroy {
  private readonly log = new Logger('Feed');
  private readonly watchers = new Map<string, Watcher>();
  private readonly turns = new Slots(CATCHING_UP);

  constructor(
    private readonly reader: FeedReader,
    private readonly history: FeedHistory,
    private readonly audience: FeedAudience,
    private readonly config: Config,
  ) {}

  get count(): number {
    return this.watchers.size;
  }

  /**
   * Adds a watcher, or changes what it watches. It gets everything after its cursor; without one, what happens from
   * now on.
   * @returns the cursor where it begins
   */
  async watch(id: string, scope: Scope, cursor: Position | null): Promise<string> {
    const watcher: Watcher = { id, scope, state: 'catching_up' };
    this.watchers.set(id, watcher);
    try {
      const begun = await this.reader.start((page) => this.hand(page));
      if (cursor === null) return formatCursor(this.goLive(watcher, null) ?? begun);
    } catch (error) {
      if (this.isThere(watcher)) this.unwatch(id);
      throw error;
    }
    void this.catchUp(watcher, cursor);
    return formatCursor(cursor);
  }

  unwatch(id: string): void {
    this.watchers.delete(id);
    if (this.watchers.size === 0) this.reader.stop();
  }

  onModuleDestroy(): void {
    this.watchers.clear();
    this.reader.stop();
  }

  /** @returns how many watchers are live */
  private hand({ placed, position }: FeedPage): number {
    const live = [...this.watchers.values()].filter((watcher) => watcher.state === 'live');
    for (const { ids, items } of fanOut(placed, live)) this.audience.send(ids, items);
    for (const watcher of live) {
      if (watcher.after !== null && compare(position, watcher.after) >= 0) watcher.after = null;
      this.dropIfSlow(watcher, position);
    }
    return live.length;
  }

  /**
   * From now on it gets what the process reads.
   * @param after what it has already
   * @returns how far the process has read; null when the watcher is gone
   */
  private goLive(watcher: Watcher, after: Position | null): Position | null {
    const { position } = this.reader;
    if (!this.isThere(watcher) || position === null) return null;
    const ahead = after !== null && compare(after, position) > 0 ? after : null;
    this.watchers.set(watcher.id, { id: watcher.id, scope: watcher.scope, state: 'live', after: ahead });
    return position;
  }

  private async catchUp(watcher: Watcher, cursor: Position): Promise<void> {
    let position = cursor;
    let isResumed = false;
    while (this.isThere(watcher)) {
      try {
        if (!isResumed) {
          const resumed = await this.turns.run(() => this.history.resume(position, watcher.scope));
          ({ position } = resumed);
          isResumed = true;
          if (resumed.gap && this.isThere(watcher)) this.audience.sendGap(watcher.id, resumed.gap);
        }
        const { placed, ...page } = await this.turns.run(() => this.history.page(position, watcher.scope));
        if (!this.isThere(watcher)) return;
        ({ position } = page);
        if (placed.length > 0) this.audience.send([watcher.id], itemsOfAll(placed));
        if (!(await this.takes(watcher, position))) return;
        const read = this.reader.position;
        if (!page.isFull && read !== null && compare(page.end, read) >= 0) {
          this.goLive(watcher, position);
          return;
        }
      } catch (error) {
        this.log.warn(`what a watcher missed is not read, trying again: ${(error as Error).message}`);
        await delay(READS_AGAIN_MS, undefined, { ref: false });
      }
    }
  }

  /** Waits until its connection took what it was sent. False: it is gone. */
  private async takes(watcher: Watcher, position: Position): Promise<boolean> {
    const untilMs = performance.now() + TAKES_WITHIN_MS;
    while (this.isThere(watcher) && this.audience.pendingBytes(watcher.id) > 0) {
      if (performance.now() > untilMs) this.drop(watcher.id, position);
      else await delay(LOOKS_EVERY_MS, undefined, { ref: false });
    }
    return this.isThere(watcher);
  }

  private dropIfSlow({ id }: Live, position: Position): void {
    if (this.audience.pendingBytes(id) > this.config.feed.bufferBytes) this.drop(id, position);
  }

  private drop(id: string, position: Position): void {
    this.unwatch(id);
    this.audience.drop(id, {
      reason: 'slow_reader',
      detail: `the connection is closed because its client did not read for too long: connect again with the cursor of the last item that you have`,
      cursor: formatCursor(position),
    });
  }

  private isThere(watcher: Watcher): boolean {
    return this.watchers.get(watcher.id) === watcher;
  }
}

function itemsOfAll(placed: FeedPage['placed']): FeedItem[] {
  return placed.map(({ item }) => item);
}
