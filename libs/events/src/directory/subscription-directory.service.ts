import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DatabaseTimeoutError, FreshCache, HintBus } from '@breakwater/platform';
import { changed, EMPTY, type Directory } from './directory.js';
import { ALL_APPS, DirectoryStore } from './directory.store.js';

/** Hint channel: the message is the id of an app whose subscriptions changed. A database trigger sends it. */
export const SUBSCRIPTIONS_CHANNEL = 'subscriptions';

/** Maximum number of old versions cached, for events that are fanned out in steps. */
const OLD_ONES = 20;

/**
 * Compiled subscriptions, cached in memory. The statement that stores an event compares their version with that in the
 * database: an outdated cache causes another try, never a missed event.
 */
@Injectable()
export class SubscriptionDirectory implements OnModuleDestroy {
  private readonly scopes: FreshCache<Directory>;
  private readonly old = new Map<string, Directory>();
  private readonly unsubscribe: () => void;

  constructor(
    private readonly store: DirectoryStore,
    hints: HintBus,
  ) {
    this.scopes = new FreshCache((scope, known) => this.load(scope, known), { maxEntries: 2_000, tooLate });
    this.unsubscribe = hints.subscribe(SUBSCRIPTIONS_CHANNEL, (appId) => this.renew(appId));
  }

  /** The subscriptions that events of an app are matched with; null: events of the platform. */
  async for(appId: string | null): Promise<Directory> {
    return (await this.scopes.get(appId ?? ALL_APPS)) ?? EMPTY;
  }

  /** The subscriptions at an earlier version. */
  async at(appId: string | null, version: number): Promise<Directory> {
    const scope = appId ?? ALL_APPS;
    const key = `${version} ${scope}`;
    const known = this.old.get(key);
    if (known) return known;
    const rows = await this.store.at(scope, version);
    const asOfThen = rows.map((row) => ({ ...row, untilVersion: null }));
    const directory = changed(EMPTY, version, asOfThen);
    this.old.set(key, directory);
    if (this.old.size > OLD_ONES) this.old.delete(this.old.keys().next().value!);
    return directory;
  }

  /** Marks the cached directory as outdated: the next call of `for` loads the changes. */
  behind(appId: string | null): void {
    this.scopes.expire(appId ?? ALL_APPS);
  }

  onModuleDestroy(): void {
    this.unsubscribe();
  }

  private renew(appId: string | null): void {
    if (appId === null) return this.scopes.clear();
    this.scopes.expire(appId);
    this.scopes.expire(ALL_APPS);
  }

  private async load(scope: string, known: Directory | null): Promise<Directory> {
    const before = known ?? EMPTY;
    const { version, changes } = await this.store.changesSince(scope, before.version);
    return changed(before, version, changes);
  }
}

function tooLate(limitMs: number): Error {
  return new DatabaseTimeoutError('looking up subscriptions', limitMs);
}
