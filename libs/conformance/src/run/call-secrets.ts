import { generateKeyPair } from '@breakwater/webhook-client';
import { generateSecret } from '@breakwater/platform';
import type { PlannedCall } from '../checks/check.js';

/**
 * The secrets that sign one call.
 * @param own of the endpoint, newest first
 * @param random gives n cryptographically random bytes
 */
export function secretsOf(
  kind: PlannedCall['secrets'],
  own: readonly string[],
  random: (n: number) => Buffer,
): string[] {
  if (kind === 'own') return [...own];
  if (kind === 'rotated') return [generateSecret(random), ...own];
  // A receiver that verifies with a public key must see a wrong signature, too.
  const hasKeyPair = own.some((secret) => secret.startsWith('whsk_'));
  return [generateSecret(random), ...(hasKeyPair ? [generateKeyPair(random).privateKey] : [])];
}
