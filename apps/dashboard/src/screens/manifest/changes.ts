export type Change = 'added' | 'changed' | 'removed';

export interface PartChange {
  /** Webhook, subscription, or a member of the manifest itself. */
  kind: 'webhook' | 'subscription' | 'setting';
  name: string;
  change: Change;
  /** As JSON; undefined where it is not there. */
  before?: string;
  after?: string;
}

type Members = Record<string, unknown>;

/** What registering a draft would change: each webhook, each subscription, and the other members. */
export function changesOf(active: unknown, draft: unknown): PartChange[] {
  const [before, after] = [membersOf(active), membersOf(draft)];
  const { webhooks: oldHooks, subscriptions: oldSubscriptions, ...oldRest } = before;
  const { webhooks: newHooks, subscriptions: newSubscriptions, ...newRest } = after;
  return [
    ...compare('webhook', membersOf(oldHooks), membersOf(newHooks)),
    ...compare('subscription', membersOf(oldSubscriptions), membersOf(newSubscriptions)),
    ...compare('setting', oldRest, newRest),
  ];
}

function compare(kind: PartChange['kind'], before: Members, after: Members): PartChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  const found: PartChange[] = [];
  for (const name of names) {
    const [old, young] = [textOf(before[name]), textOf(after[name])];
    if (old === young) continue;
    const change = old === undefined ? 'added' : young === undefined ? 'removed' : 'changed';
    found.push({ kind, name, change, before: old, after: young });
  }
  return found;
}

/** Members in their order by name, so that a change of order is none. */
function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return JSON.stringify(
    value,
    (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    2,
  );
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
}
