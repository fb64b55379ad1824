/** `bwp_` and 256 random bits in base64url. */
export const PORTAL_TOKEN_PATTERN = '^bwp_[A-Za-z0-9_-]{43}$';

const pattern = new RegExp(PORTAL_TOKEN_PATTERN);
const TOKEN_BYTES = 32;

/**
 * A new token in plain text.
 * @param random returns n cryptographically random bytes
 */
export function generatePortalToken(random: (bytes: number) => Buffer): string {
  return `bwp_${random(TOKEN_BYTES).toString('base64url')}`;
}

export function isPortalToken(raw: string): boolean {
  return pattern.test(raw);
}

/** The portal of an app, without a token. */
export function portalPage(publicBaseUrl: string, appId: string): string {
  return `${publicBaseUrl.replace(/\/+$/, '')}/portal/${encodeURIComponent(appId)}`;
}

/** The link itself. Browsers send no fragment, so the token is in no log and no Referer. */
export function portalUrl(publicBaseUrl: string, appId: string, token: string): string {
  return `${portalPage(publicBaseUrl, appId)}#token=${token}`;
}
