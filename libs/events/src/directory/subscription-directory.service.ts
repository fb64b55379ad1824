import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DatabaseTimeoutError, FreshCache, HintBus } from '@breakwater/platform';
import { changed, EMPTY, type Directory } from './directory.js';
import { ALL_APPS, DirectoryStore } from './directory.store.js';

/** Hint channel on which an app's id says that its subscriptions changed. The database itself tells it. */
export const SUBSCRIPTIONS_CHANNEL = 'subscriptions';

/** Old versions kept for events that are fanned out in steps. */
const OLD_ONES = 20;

/**
 * Who subscribes to what, compiled, from memory. Whoever stores an event compares the version with the database's own:
 * a directory that is old costs one more try, and never an event.
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

  /** Subscriptions that may hear an event of an app; null: of the platform. */
  async for(appId: string | null): Promise<Directory> {
    return (await this.scopes.get(appId ?? ALL_APPS)) ?? EMPTY;
  }

  /** As they were at a version. */
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

  /** Says that it is behind: the next one who asks gets what is true now. */
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
