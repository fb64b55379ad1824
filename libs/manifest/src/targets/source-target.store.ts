import { Injectable } from '@nestjs/common';
import { Config, newId, SecretBox, type Prisma } from '@breakwater/platform';
import type { Subscription } from '../grammar/manifest.js';
import { subscriptionRows } from '../registry/endpoint-row.js';
import { removeSubscriptions, saveSubscriptions } from '../subscriptions/subscription-rows.store.js';

/** Writes the targets of sources, in the transactions of the sources. */
@Injectable()
export class SourceTargetStore {
  constructor(
    private readonly secrets: SecretBox,
    private readonly config: Config,
  ) {}

  /** Creates targets; those that exist keep their endpoints. */
  async save(
    tx: Prisma.TransactionClient,
    source: { appId: string; id: string },
    targets: readonly Subscription[],
  ): Promise<void> {
    const existing = await tx.subscription.findMany({
      where: { sourceId: source.id },
      select: { endpointId: true, name: true },
    });
    const ids = new Map(existing.map(({ name, endpointId }) => [name, endpointId]));
    const rows = subscriptionRows(targets, {
      idOf: (name) => ids.get(name),
      newId,
      concurrency: this.config.delivery.endpointConcurrency,
      seal: (plaintext, aad) => this.secrets.seal(plaintext, aad),
    });
    await saveSubscriptions(tx, source.appId, rows, { sourceId: source.id });
  }

  /**
   * @param name of the subscription; all of the source if it is left out
   * @returns whether there were any
   */
  async remove(tx: Prisma.TransactionClient, sourceId: string, name?: string): Promise<boolean> {
    const found = await tx.subscription.findMany({
      where: { sourceId, ...(name === undefined ? {} : { name }) },
      select: { endpointId: true },
    });
    const ids = found.map(({ endpointId }) => endpointId);
    await removeSubscriptions(tx, ids);
    return ids.length > 0;
  }
}
