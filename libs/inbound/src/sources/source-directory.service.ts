import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { DatabaseTimeoutError, FreshCache, HintBus } from '@breakwater/platform';
import { ResolvedSourceStore } from './resolved-source.store.js';
import { hashSourceKey, isSourceKey } from './source-key.js';
import type { ResolvedSource } from './source.js';

/** Hint channel for changes of sources; the payload is the id of one. */
export const SOURCES_CHANNEL = 'sources';

const MAX_SOURCES = 10_000;

/** Sources by the keys in their addresses, from memory. At most 5 s older than the tables; usually a hint updates it. */
@Injectable()
export class SourceDirectory implements OnModuleDestroy {
  private readonly log = new Logger(SourceDirectory.name);
  /** By the hash of the key. */
  private readonly cache: FreshCache<ResolvedSource>;
  /** The same without an age, for {@link lastKnown}. */
  private readonly known = new Map<string, ResolvedSource>();
  private readonly unsubscribe: () => void;

  constructor(
    private readonly store: ResolvedSourceStore,
    private readonly hints: HintBus,
  ) {
    this.cache = new FreshCache((hash) => this.load(hash), {
      maxEntries: MAX_SOURCES,
      tooLate: (limitMs) => new DatabaseTimeoutError('looking up a source', limitMs),
    });
    // Sources change so rarely that reading all of them again costs nothing.
    this.unsubscribe = hints.subscribe(SOURCES_CHANNEL, () => this.cache.clear());
  }

  /**
   * The source of a key; null if there is none, the key has expired, or the source was deleted.
   * Whether it is paused may be up to 5 s old: the statement that stores a capture looks again.
   * @throws DatabaseTimeoutError, or what the database throws, if it is not available
   */
  async byKey(key: string): Promise<ResolvedSource | null> {
    return isSourceKey(key) ? this.cache.get(hashSourceKey(key)) : null;
  }

  /**
   * The source of a key as this process read it last, whatever its age; null if it never did. Only to answer a
   * handshake while the database is not available.
   */
  lastKnown(key: string): ResolvedSource | null {
    return isSourceKey(key) ? (this.known.get(hashSourceKey(key)) ?? null) : null;
  }

  /** Announces a change: here at once, and to other processes by a hint. Call it after the commit. */
  async announce(sourceId: string): Promise<void> {
    this.cache.clear();
    await this.hints
      .publish(SOURCES_CHANNEL, sourceId)
      .catch((error: Error) =>
        this.log.warn(`hint about source ${sourceId} is lost, others see it within 5 s: ${error.message}`),
      );
  }

  onModuleDestroy(): void {
    this.unsubscribe();
  }

  private async load(hash: string): Promise<ResolvedSource | null> {
    const source = await this.store.byKeyHash(hash);
    this.known.delete(hash);
    if (source !== null) this.known.set(hash, source);
    if (this.known.size > MAX_SOURCES) this.known.delete(this.known.keys().next().value!);
    return source;
  }
}
