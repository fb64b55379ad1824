import type { KeyObject } from 'node:crypto';
import { publicKey, secretBytes, tokenKey } from './keys.js';
import type { HmacScheme, JwtScheme, PublicKeyAlgorithm, PublicKeyForm, Scheme } from './scheme.js';

/** A public key in PEM is the longest. */
export const SECRET_MAX_LENGTH = 10_000;

/** Whether a source with this scheme has secrets; otherwise its keys are fetched from the provider. */
export function takesSecret(scheme: Scheme): boolean {
  if (scheme.kind === 'public-key') return !('certificate' in scheme.key);
  return scheme.kind !== 'jwt' || scheme.jwks === undefined;
}

/** What is wrong with a secret for this scheme, in a sentence that does not show it; null when it is usable. */
export function secretProblem({ scheme }: { scheme: Scheme }, secret: string): string | null {
  if (!takesSecret(scheme)) return 'The secret must be left out: the keys of this provider are fetched.';
  if (secret === '') return 'The secret is empty.';
  if (secret.length > SECRET_MAX_LENGTH) return `The secret is longer than ${SECRET_MAX_LENGTH} characters.`;
  if (secret.trim() !== secret && !isPem(secret)) {
    return 'The secret has a blank or line break at its start or end: paste it without.';
  }
  if (/PRIVATE KEY-----/.test(secret)) return 'The secret is a private key: paste the public key.';
  switch (scheme.kind) {
    case 'hmac':
      return hmacProblem(scheme, secret);
    case 'public-key':
      return keyProblem(scheme.key as PublicKeyForm, scheme.algorithm, secret);
    case 'shared':
      return scheme.as === 'basic' && !/^[^:]+:/.test(secret)
        ? 'The secret must be user:password, with a colon between.'
        : null;
    case 'jwt':
      return tokenProblem(scheme, secret);
  }
}

function hmacProblem({ secret: form }: HmacScheme, secret: string): string | null {
  if (secretBytes(secret, form) !== null) return null;
  const after = form?.prefix === undefined ? '' : ` after ${form.prefix}`;
  return form === undefined || form.encoding === 'utf8'
    ? `The secret has nothing${after}.`
    : `The secret must be ${form.encoding}${after}.`;
}

const FORMS = {
  'raw-hex': 'a public key of 32 bytes: 64 hexadecimal digits',
  'raw-base64': 'a public key of 32 bytes in base64',
  'spki-base64': 'a public key in base64 (DER), without the lines of PEM',
  pem: 'a public key in PEM, with its BEGIN and END lines',
};

const TYPES: Record<PublicKeyAlgorithm, string> = {
  ed25519: 'ed25519',
  'ecdsa-p256-sha256': 'ec',
  'rsa-sha1': 'rsa',
  'rsa-sha256': 'rsa',
};

function keyProblem(form: PublicKeyForm, algorithm: unknown, secret: string): string | null {
  const key = publicKey(secret, form);
  const after = form.prefix === undefined ? '' : ` after ${form.prefix}`;
  if (key === null) return `The secret must be ${FORMS[form.form]}${after}.`;
  const type = typeof algorithm === 'string' ? TYPES[algorithm as PublicKeyAlgorithm] : key.asymmetricKeyType;
  return key.asymmetricKeyType === type
    ? null
    : `The key must be for ${String(algorithm)}, but it is of another kind.`;
}

function tokenProblem({ algorithms }: JwtScheme, secret: string): string | null {
  const key = tokenKey(secret);
  const usable = algorithms.filter((name) =>
    name.startsWith('HS') ? key === null : key !== null && isFor(key, name),
  );
  const looksLikeKey = isPem(secret) || secret.startsWith('{');
  if (usable.length > 0 && (key !== null || !looksLikeKey)) return null;
  return algorithms.every((name) => name.startsWith('HS'))
    ? 'The secret must be the shared secret, not a public key.'
    : `The secret must be a public key for ${algorithms.join(', ')}, in PEM or as a JWK.`;
}

function isFor(key: KeyObject, algorithm: string): boolean {
  const types: Record<string, string> = { R: 'rsa', E: 'ec' };
  return key.asymmetricKeyType === (algorithm === 'EdDSA' ? 'ed25519' : types[algorithm.charAt(0)]);
}

function isPem(secret: string): boolean {
  return secret.includes('-----BEGIN');
}
