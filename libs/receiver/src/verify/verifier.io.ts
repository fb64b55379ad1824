import { ConfigurationError } from '../configuration-error.js';
import { keySet } from './key-set.io.js';
import { publicKey, secretKey, type PublicJwk, type VerifyKey } from './keys.js';
import { isSigned, readHeaders, type HeaderOf, type RefusalCode } from './signature.js';

type Secrets = string | readonly string[];

export interface VerifyOptions {
  /**
   * Signing secrets (`whsec_…`): one, or several while they are rotated. A function is asked at each call, and may read
   * them from where they are kept.
   */
  secrets?: Secrets | (() => Secrets | Promise<Secrets>);
  /** Public keys of `v1a` signatures: `whpk_…` or JSON Web Keys. */
  publicKeys?: readonly (string | PublicJwk)[];
  /** The address of a JSON Web Key Set: `https://…/.well-known/webhook-keys`. */
  jwks?: string;
  /** How far the time of a call may be from this clock, in both directions; 300 s when left out. */
  toleranceS?: number;
  /** Unix milliseconds; for tests. */
  now?: () => number;
  /** Fetches `jwks`; for tests. */
  fetch?: typeof fetch;
}

export interface Verified {
  ok: true;
  id: string;
  /** When this attempt was signed. */
  signedAt: Date;
}

export type Verdict = Verified | { ok: false; code: RefusalCode; message: string };

/**
 * Says whether Breakwater signed these bytes, and lately.
 * @throws ConfigurationError if a secret or key is missing or damaged
 * @throws Error if keys could not be fetched
 */
export type Verify = (header: HeaderOf, body: Uint8Array) => Promise<Verdict>;

/** @throws ConfigurationError if a secret or key that is given now is missing or damaged */
export function createVerifier(options: VerifyOptions): Verify {
  const { secrets, publicKeys = [], jwks, toleranceS = 300, now = Date.now } = options;
  const fixed = [
    ...(typeof secrets === 'function' ? [] : secretKeys(secrets ?? [])),
    ...publicKeys.map((key) => publicKey(key)),
  ];
  const set = jwks === undefined ? null : keySet({ url: jwks, fetch: options.fetch ?? fetch, now });
  if (typeof secrets !== 'function' && fixed.length === 0 && !set) {
    throw new ConfigurationError(
      'Give the receiver `secrets`, `publicKeys` or `jwks`: without a key no call can be verified. Is the environment variable of the secret set?',
    );
  }

  async function isByAKey(...signed: [Parameters<typeof isSigned>[0], Uint8Array]): Promise<boolean> {
    if (await isSigned(...signed, fixed)) return true;
    if (
      typeof secrets === 'function' &&
      (await isSigned(...signed, secretKeys((await secrets()) ?? [undefined])))
    )
      return true;
    const hasPublic = signed[0].signatures.some(([scheme]) => scheme === 'v1a');
    if (!set || !hasPublic) return false;
    if (await isSigned(...signed, await set.keys())) return true;
    return isSigned(...signed, await set.keys(true));
  }

  return async (header, body) => {
    const read = readHeaders(header, now(), toleranceS);
    if (!read.ok) return read;
    const { claimed } = read;
    if (await isByAKey(claimed, body)) {
      return { ok: true, id: claimed.id, signedAt: new Date(Number(claimed.timestamp) * 1000) };
    }
    return {
      ok: false,
      code: 'SIGNATURE_WRONG',
      message: 'No signature of the call is by a key of this receiver: compare the signing secret.',
    };
  };
}

function secretKeys(secrets: Secrets | readonly undefined[]): VerifyKey[] {
  return [secrets].flat().map((secret) => secretKey(secret));
}
