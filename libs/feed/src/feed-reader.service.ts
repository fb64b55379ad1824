import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { SaidLately } from '@breakwater/platform';
import { beginningOf, type Position } from './cursor.js';
import { FeedStore, type FeedPage } from './feed.store.js';
import { readEveryMs } from './pace.js';

/** After a read that failed, ms. */
const READS_AGAIN_MS = 1_000;
/** Rows of one read. */
const AT_ONCE = 1_000;
/** The same error is logged once in this time, ms. */
const SAID_EVERY_MS = 30_000;

/** @returns to how many watchers the process sends what is read */
export type FeedListener = (page: FeedPage) => number;

/**
 * Reads the feed for all watchers of this process. Without a listener nothing is read, and no timer runs.
 * @see docs/adr/0034-feed-reads-by-transaction.md
 */
@Injectable()
export class FeedReader implements OnModuleDestroy {
  private readonly log = new Logger('Feed');
  private readonly said = new SaidLately(SAID_EVERY_MS);
  private listener: FeedListener | null = null;
  private timer: NodeJS.Timeout | undefined;
  private begun: Promise<Position> | null = null;
  private place: Position | null = null;
  /** Counts the stops: what began before one has no effect after it. */
  private run = 0;

  constructor(private readonly store: FeedStore) {}

  /** How far this process has read for its listener; null while it does not read. */
  get position(): Position | null {
    return this.place;
  }

  /** Tells the listener everything from now on, in order. @returns where that begins */
  async start(listener: FeedListener): Promise<Position> {
    this.listener = listener;
    if (this.begun === null) {
      const begun = this.begin();
      this.begun = begun;
      begun.catch(() => {
        if (this.begun === begun) this.stop();
      });
    }
    return this.begun;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.run++;
    this.listener = null;
    this.begun = null;
    this.place = null;
  }

  onModuleDestroy(): void {
    this.stop();
  }

  private async begin(): Promise<Position> {
    const { run } = this;
    const { horizon, nowS } = await this.store.now();
    const place = beginningOf(horizon, nowS);
    if (run !== this.run) return place; // Stopped meanwhile.
    this.place = place;
    this.readIn(readEveryMs(1));
    return place;
  }

  private readIn(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.readSome(), ms);
  }

  private async readSome(): Promise<void> {
    const { run, place: from } = this;
    if (from === null) return;
    let nextInMs = readEveryMs(1);
    try {
      const page = await this.store.read(from, null, AT_ONCE);
      if (run !== this.run) return; // Stopped meanwhile.
      this.place = page.position;
      nextInMs = readEveryMs(this.listener?.(page) ?? 0);
      if (page.isFull) nextInMs = 0;
    } catch (error) {
      this.warn(error as Error);
      nextInMs = READS_AGAIN_MS;
    }
    if (run === this.run) this.readIn(nextInMs);
  }

  private warn({ message }: Error): void {
    if (!this.said.isDue(message, performance.now())) return;
    this.log.warn(`the feed is not read, trying again: ${message}`);
  }
}
