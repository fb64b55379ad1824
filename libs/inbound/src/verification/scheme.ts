/**
 * How one provider signs its webhooks, as data: the engine in verify.ts interprets it, scheme-problems.ts checks one
 * that a user declares. docs/reference/verification.md describes each key.
 */
export type Scheme = HmacScheme | PublicKeyScheme | SharedScheme | JwtScheme;

/** Where a text of the request stands. */
export type From = HeaderFrom | { query: string } | { body: string } | { form: string };

/** A header, or one field of a header that holds a list: `t=1,v1=a,v1=b` has the items `t=1`, `v1=a` and `v1=b`. */
export interface HeaderFrom {
  /** A name; with several names each that is present counts, and one of them is enough. */
  header: string | readonly string[];
  /** Between the items of a list; one item without it. */
  itemSep?: string;
  /** Between a field's name and its value within an item. */
  fieldSep?: string;
  /** The field whose values are meant; items of other fields are skipped. */
  field?: string;
  /** A word before the value, such as `Bearer `; compared without regard to case, required, and removed. */
  prefix?: string;
}

/** A value, or the value for what a text of the request says; `otherwise` where the request has no such text. */
export type By<T> = T | { by: From; when: Readonly<Record<string, T>>; otherwise?: T };

export type Encoding = 'hex' | 'base64' | 'base64url';

/** The time of the request as its sender states it; it is signed along. */
export interface TimestampRule {
  from: From;
  unit: 's' | 'ms' | 'iso';
  /** Oldest time that is accepted, in seconds; without it only a source that sets its own tolerance checks the time. */
  toleranceS?: number;
}

/** What all signatures over a text of the request have. */
interface Signed {
  signature: From;
  encoding: Encoding;
  /**
   * The signed text: constant text with `{body}`, `{timestamp}`, `{id}`, `{method}`, `{url}`, `{url:decoded}`,
   * `{form}` (sorted form fields), `{crc32}` (of the body, decimal), `{option:name}`, `{header:Name}`,
   * `{body:/json/pointer}` and `{line:/json/pointer}` (name and value on a line each, when the member is there).
   */
  over: By<string>;
  timestamp?: TimestampRule;
  /** Where `{id}` stands. */
  id?: From;
  /** `either`: the URL is tried with and without its port, because the provider is not consistent. */
  urlPort?: 'either';
  /** Hash of the body that the sender put into signed text; replaces a body that is not in `over`. */
  bodyHash?: { from: From; encoding: Encoding };
  /** A text that must be the source's option of this name, if it has one. */
  expected?: { from: From; option: string };
  /** JSON pointer of a list that must have exactly one item, because only the first is signed. */
  single?: string;
}

export type HmacAlgorithm = 'sha1' | 'sha256' | 'sha512';

export interface HmacScheme extends Signed {
  kind: 'hmac';
  algorithm: By<HmacAlgorithm>;
  /** Without it the bytes of the text are the key. */
  secret?: SecretForm;
}

/** How the text of a secret becomes the bytes of a key. */
export interface SecretForm {
  encoding: 'utf8' | 'base64' | 'hex';
  /** Removed from the front of the text when it is there. */
  prefix?: string;
}

export type PublicKeyAlgorithm = 'ed25519' | 'ecdsa-p256-sha256' | 'rsa-sha1' | 'rsa-sha256';

export interface PublicKeyScheme extends Signed {
  kind: 'public-key';
  algorithm: By<PublicKeyAlgorithm>;
  /** A key that the user pastes, or the URL of a certificate that the request names. */
  key: PublicKeyForm | PinnedCertificate;
}

export interface PublicKeyForm {
  /** `raw-…`: the 32 bytes of an ed25519 key; `spki-base64`: DER without the lines of PEM. */
  form: 'raw-hex' | 'raw-base64' | 'spki-base64' | 'pem';
  prefix?: string;
}

export interface PinnedCertificate {
  certificate: From;
  /** Host names; `*` stands for one label: `sns.*.amazonaws.com`. */
  hosts: readonly string[];
}

/** The secret itself is in the request. */
export interface SharedScheme {
  kind: 'shared';
  value: From;
  /** `basic`: the secret is `user:password`, sent as HTTP Basic. */
  as?: 'text' | 'basic';
}

export type JwtAlgorithm =
  'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA';

/** A JSON Web Token, with a hash of the body in a claim. */
export interface JwtScheme {
  kind: 'jwt';
  token: From;
  algorithms: readonly JwtAlgorithm[];
  /** URL of the provider's key set; without it the secret is the key: text for HS…, otherwise PEM or JWK. */
  jwks?: string;
  bodyHash?: { claim: string; encoding: Encoding };
  /** Accepted values of `iss`. */
  issuers?: readonly string[];
  /** Name of the option that `aud` must equal. */
  audienceOption?: string;
  /** Largest age by `iat`, in seconds; also a limit for one in the future. */
  maxAgeS?: number;
}
