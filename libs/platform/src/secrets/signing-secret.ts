const PREFIX = 'whsec_';
const MIN_BYTES = 24;
const MAX_BYTES = 64;

/** Ends the sentence "a signing secret is …". */
export const SECRET_FORM = `\`${PREFIX}\` and ${MIN_BYTES} to ${MAX_BYTES} bytes in base64 with its padding (A–Z, a–z, 0–9, + and /)`;

/** The same rule for documents: canonical base64 has no unused bits at its end. For `RegExp` with `u`. */
export const SECRET_PATTERN =
  '^whsec_(?:(?:[A-Za-z0-9+/]{4}){8,20}(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?|(?:[A-Za-z0-9+/]{4}){21}(?:[A-Za-z0-9+/][AQgw]==)?)$';

/**
 * A new signing secret: `whsec_` and 32 bytes in base64.
 * @param random gives n cryptographically random bytes
 */
export function generateSecret(random: (n: number) => Buffer): string {
  return PREFIX + random(32).toString('base64');
}

/**
 * True for `whsec_` followed by 24–64 bytes in canonical, padded base64: the one rule for settings, for secrets that
 * apps bring, and for the signer.
 */
export function isValidSecret(secret: string): boolean {
  return decodeSecret(secret) !== null;
}

/** Of the bytes in it. */
export const SECRET_BOUNDS = { minBytes: MIN_BYTES, maxBytes: MAX_BYTES };

/** What is wrong with a secret that somebody brings, without any of it; null where nothing is. */
export function secretFault(secret: string): string | null {
  if (decodeSecret(secret) !== null) return null;
  if (!secret.startsWith(PREFIX)) return `it does not start with ${PREFIX}`;
  const base64 = secret.slice(PREFIX.length);
  const key = Buffer.from(base64, 'base64');
  if (key.toString('base64') !== base64) return 'what follows is not base64 with its padding';
  return `it has ${key.length} bytes`;
}

/** The key inside a secret; null when the secret is damaged. */
export function decodeSecret(secret: string): Buffer | null {
  if (typeof secret !== 'string' || !secret.startsWith(PREFIX)) return null;
  const base64 = secret.slice(PREFIX.length);
  const key = Buffer.from(base64, 'base64'); // Skips characters that are not base64, hence the comparison.
  const fits = key.length >= MIN_BYTES && key.length <= MAX_BYTES;
  return fits && key.toString('base64') === base64 ? key : null;
}
