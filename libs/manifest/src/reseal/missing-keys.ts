import type { MissingKey } from '@breakwater/platform';
import type { SealedCount } from './reseal.store.js';

/** The keys that sealed stored records and are not configured. */
export function missingKeys(counts: readonly SealedCount[], atHand: readonly string[]): MissingKey[] {
  return counts
    .filter(({ keyId }) => !atHand.includes(keyId))
    .map(({ keyId, secrets, headers, manifests, keys }) => ({
      keyId,
      records: secrets + headers + manifests + keys,
    }));
}
