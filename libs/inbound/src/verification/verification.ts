/** What checking a captured request came to. */
export type Verification = Verified | Refused | NeedsKey;

export interface Verified {
  kind: 'verified';
  /** Place of the secret that fits, 0 is the newest. 0 when the key was fetched. */
  secretIndex: number;
}

export interface Refused {
  kind: 'refused';
  step: RefusalStep;
  /** One or more plain sentences, safe to show: no secret, no expected signature, no part of the body. */
  detail: string;
}

/** The caller fetches the URL, then calls again with its text in `context.keys`. */
export interface NeedsKey {
  kind: 'needs_key';
  url: string;
  form: 'certificate' | 'jwks';
  /** The URL was checked against them; a redirect must be refused, or checked by `isPinnedUrl`. */
  hosts: readonly string[];
}

export const REFUSAL_STEPS = [
  'header_missing',
  'header_repeated',
  'field_missing',
  'field_repeated',
  'signature_malformed',
  'timestamp_malformed',
  'timestamp_old',
  'timestamp_future',
  'secret_missing',
  'secret_malformed',
  'option_missing',
  'option_differs',
  'key_refused',
  'key_malformed',
  'token_refused',
  'body_differs',
  'signature_mismatch',
] as const;

/** The step of the verification that failed. */
export type RefusalStep = (typeof REFUSAL_STEPS)[number];

/** What a verification needs besides request and secrets. */
export interface VerificationContext {
  now: Date;
  /** The source's public URL without the rest of the path: only for explanations. */
  configuredUrl: string;
  /** Fetched certificates and key sets, by URL. */
  keys?: ReadonlyMap<string, string>;
  /** Secrets that are no longer accepted: only to explain a refusal. */
  expiredSecrets?: readonly string[];
  options?: VerificationOptions;
}

/** Settings of a source that its preset asks for. */
export interface VerificationOptions {
  /** Replaces the scheme's tolerance, in seconds. */
  toleranceS?: number;
  /** Texts by name, for `{option:name}` and audiences, such as `webhookId` for PayPal. */
  values?: Readonly<Record<string, string>>;
}

export function refused(step: RefusalStep, detail: string): Refused {
  return { kind: 'refused', step, detail };
}
