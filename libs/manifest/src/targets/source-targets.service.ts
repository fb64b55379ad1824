import { Injectable } from '@nestjs/common';
import { pointerTo, type Prisma, type Problem } from '@breakwater/platform';
import { EndpointDirectory } from '../directory/endpoint-directory.service.js';
import type { Part, Path } from '../grammar/inspect.js';
import type { Subscription } from '../grammar/manifest.js';
import { AppRegistry } from '../registry/app-registry.service.js';
import { UrlCheck } from '../registry/url-check.service.js';
import { SubscriptionStore, type SubscriptionView } from '../subscriptions/subscription.store.js';
import { SourceTargetStore } from './source-target.store.js';
import { nameOfTarget, targetProblems, toTarget } from './target-rules.js';

/** A target in a request, and where it is in it. */
export interface PlacedTarget {
  target: unknown;
  path: Path;
}

/** The targets of sources: subscriptions to the captured requests of one source. */
@Injectable()
export class SourceTargets {
  constructor(
    private readonly store: SourceTargetStore,
    private readonly subscriptions: SubscriptionStore,
    private readonly apps: AppRegistry,
    private readonly urls: UrlCheck,
    private readonly directory: EndpointDirectory,
  ) {}

  /** @throws AppNotFoundError */
  async problems(appId: string, targets: readonly PlacedTarget[]): Promise<Problem[]> {
    const { baseUrl } = await this.apps.get(appId);
    return targets.flatMap(({ target, path }) => targetProblems(target, baseUrl, path));
  }

  /**
   * Valid targets as subscriptions, their URLs checked.
   * @throws AppNotFoundError, SsrfBlockedError
   */
  async resolved(appId: string, source: string, targets: readonly PlacedTarget[]): Promise<Subscription[]> {
    const { baseUrl } = await this.apps.get(appId);
    const resolved = targets.map(({ target }) => toTarget(source, target as Part, baseUrl));
    await this.urls.require(
      resolved.map(({ url }, index) => ({
        pointer: pointerTo(...targets[index]!.path, 'url'),
        url,
      })),
    );
    return resolved;
  }

  /** Creates targets, and replaces those of the same name, in the transaction of their source. */
  async save(
    tx: Prisma.TransactionClient,
    source: { appId: string; id: string },
    targets: readonly Subscription[],
  ): Promise<void> {
    await this.store.save(tx, source, targets);
  }

  /** Deletes all targets of a source in its transaction. */
  async removeAll(tx: Prisma.TransactionClient, sourceId: string): Promise<void> {
    await this.store.remove(tx, sourceId);
  }

  /** @returns false if the source has no such target */
  async remove(
    tx: Prisma.TransactionClient,
    source: { id: string; name: string },
    target: string,
  ): Promise<boolean> {
    return this.store.remove(tx, source.id, nameOfTarget(source.name, target));
  }

  /** By the id of the source. */
  async of(sourceIds: readonly string[]): Promise<Map<string, SubscriptionView[]>> {
    return this.subscriptions.ofSources(sourceIds);
  }

  /** Call it after the commit. */
  async announce(appId: string): Promise<void> {
    await this.directory.announce(appId);
  }
}
