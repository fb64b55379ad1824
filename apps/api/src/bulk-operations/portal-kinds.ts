import { PortalForbiddenError, type PortalCapability, type Principal } from '@breakwater/access';
import type { BulkKind } from '@breakwater/bulk';

/** What a portal link needs for a bulk operation of a kind; none where links may not do it. */
const NEEDED: Readonly<Record<BulkKind, readonly PortalCapability[]>> = {
  redeliver: ['redeliver'],
  cancel: ['redeliver'],
  resolve: ['resolve'],
  // A replay may go to any URL, and to subscriptions that never had the event.
  replay: [],
};

/** Keys and sessions may do every kind. @throws PortalForbiddenError */
export function requireKind({ capabilities }: Pick<Principal, 'capabilities'>, kind: BulkKind): void {
  const anyOf = NEEDED[kind];
  if (capabilities !== null && !anyOf.some((one) => capabilities.includes(one)))
    throw new PortalForbiddenError(anyOf);
}
