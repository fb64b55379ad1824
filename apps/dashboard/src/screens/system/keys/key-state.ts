/** Whether a key, or another secret with an end, may still be used. */
export function keyState(
  key: { revokedAt: string | null; expiresAt: string | null },
  now: Date,
): 'active' | 'revoked' | 'expired' {
  if (key.revokedAt !== null) return 'revoked';
  return key.expiresAt !== null && Date.parse(key.expiresAt) <= now.getTime() ? 'expired' : 'active';
}
