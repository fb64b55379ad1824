import { pointerTo, type Prisma } from '@breakwater/platform';
import type { Subscription } from '../grammar/manifest.js';
import { subscriptionRows, type EndpointTools } from '../registry/endpoint-row.js';
import { ManifestInvalidError } from '../registry/manifest.error.js';
import { removeSubscriptions, saveSubscriptions } from './subscription-rows.store.js';

/**
 * Creates, updates and deletes the declared subscriptions of a manifest, in the transaction that stores the manifest.
 * @throws ManifestInvalidError if a subscription created by REST has the same name
 */
export async function declareSubscriptions(
  tx: Prisma.TransactionClient,
  appId: string,
  declared: readonly Subscription[],
  tools: Omit<EndpointTools, 'idOf'>,
): Promise<void> {
  const existing = await tx.subscription.findMany({
    where: { appId },
    select: { endpointId: true, name: true, managedBy: true },
  });
  const names = new Set(declared.map(({ name }) => name));
  const taken = existing.filter(({ name, managedBy }) => managedBy === 'rest' && names.has(name));
  if (taken.length > 0) throw new ManifestInvalidError(taken.map(({ name }) => takenProblem(name)));
  const ids = new Map(existing.map(({ name, endpointId }) => [name, endpointId]));
  const rows = subscriptionRows(declared, { ...tools, idOf: (name) => ids.get(name) });
  await saveSubscriptions(tx, appId, rows, 'manifest');
  const gone = existing.filter(({ name, managedBy }) => managedBy === 'manifest' && !names.has(name));
  await removeSubscriptions(
    tx,
    gone.map(({ endpointId }) => endpointId),
  );
}

function takenProblem(name: string) {
  return {
    pointer: pointerTo('subscriptions', name),
    rule: 'taken',
    message: `subscription "${name}" was made by REST: delete that one first, or take another name`,
    value: name,
  };
}
