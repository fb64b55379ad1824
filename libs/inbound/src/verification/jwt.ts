import { createHmac, hash, verify as verifySignature, type KeyObject } from 'node:crypto';
import { decode } from './encoding.js';
import { memberAt } from './json-pointer.js';
import { tokenKey } from './keys.js';
import type { RequestReader } from './request-reader.js';
import type { JwtAlgorithm, JwtScheme } from './scheme.js';
import { ageProblem } from './timestamp.js';
import {
  refused,
  type NeedsKey,
  type Refused,
  type Verification,
  type VerificationContext,
} from './verification.js';

/** Difference of clocks that `exp` and `nbf` allow, in seconds. */
const LEEWAY_S = 60;

const DIGESTS: Record<string, string> = { '256': 'sha256', '384': 'sha384', '512': 'sha512' };
const CURVES: Record<string, string> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' };

interface Token {
  algorithm: JwtAlgorithm;
  kid: string | null;
  claims: Record<string, unknown>;
  signed: Buffer;
  signature: Buffer;
}

/** A JSON Web Token that is signed by a secret or key, and states a hash of the body. */
export function verifyJwt(
  scheme: JwtScheme,
  reader: RequestReader,
  secrets: readonly string[],
  context: VerificationContext,
): Verification {
  const text = reader.one(scheme.token);
  if (typeof text !== 'string') return text;
  const token = parse(text);
  if (token === null) return refused('signature_malformed', 'The token is not a JSON Web Token.');
  if (!scheme.algorithms.includes(token.algorithm)) {
    const detail = `The token is not signed with one of ${scheme.algorithms.join(', ')}.`;
    return refused('token_refused', detail);
  }
  const secretIndex =
    scheme.jwks === undefined ? bySecrets(token, secrets, reader) : byKeySet(token, scheme.jwks, context);
  if (typeof secretIndex !== 'number') return secretIndex;
  return (
    claimsProblem(token.claims, scheme, context) ??
    timeProblem(token.claims, scheme, reader, context) ??
    bodyProblem(token.claims, scheme, reader) ?? { kind: 'verified', secretIndex }
  );
}

function bySecrets(token: Token, secrets: readonly string[], reader: RequestReader): number | Refused {
  const usable = secrets.filter((secret) => secret !== '');
  if (usable.length === 0) {
    return refused('secret_missing', 'The source has no secret: set the one of the provider.');
  }
  const isHmac = token.algorithm.startsWith('HS');
  const keys = secrets.map((secret) => (secret === '' ? null : keyFor(secret, isHmac)));
  if (keys.every((key) => key === null)) {
    const wanted = isHmac
      ? 'a shared secret, but that of the source is a public key'
      : 'a public key in PEM or JWK';
    return refused('secret_malformed', `The token is signed with ${token.algorithm}, which needs ${wanted}.`);
  }
  const found = keys.findIndex((key) => key !== null && isSignedBy(token, key, reader));
  return found === -1 ? refused('signature_mismatch', 'The signature of the token does not match.') : found;
}

/** A public key must never serve as the secret of an HMAC: anybody knows it. */
function keyFor(secret: string, isHmac: boolean): KeyObject | string | null {
  const key = tokenKey(secret);
  if (!isHmac) return key;
  return key === null && !/-----BEGIN|^\s*\{/.test(secret) ? secret : null;
}

function byKeySet(token: Token, url: string, { keys }: VerificationContext): number | Refused | NeedsKey {
  const text = keys?.get(url);
  if (text === undefined) return { kind: 'needs_key', url, form: 'jwks', hosts: [new URL(url).hostname] };
  const key = keyOfSet(text, token.kid);
  if (key === null)
    return refused('key_malformed', 'The key set of the provider has no key with the id of the token.');
  if (isSignedWithKey(token, key)) return 0;
  return refused('signature_mismatch', 'The signature of the token does not match.');
}

function keyOfSet(text: string, kid: string | null): KeyObject | null {
  const keys = memberAt(json(text), '/keys');
  const found: unknown = Array.isArray(keys) ? keys.find((key) => memberAt(key, '/kid') === kid) : undefined;
  return found === undefined ? null : tokenKey(JSON.stringify(found));
}

function isSignedBy(token: Token, key: KeyObject | string, reader: RequestReader): boolean {
  if (typeof key !== 'string') return isSignedWithKey(token, key);
  const expected = createHmac(DIGESTS[token.algorithm.slice(2)]!, key).update(token.signed).digest();
  return reader.steps.isSame(token.signature, expected);
}

function isSignedWithKey({ algorithm, signed, signature }: Token, key: KeyObject): boolean {
  if (algorithm === 'EdDSA')
    return key.asymmetricKeyType === 'ed25519' && verifySignature(null, signed, key, signature);
  const digest = DIGESTS[algorithm.slice(2)]!;
  if (algorithm.startsWith('RS'))
    return key.asymmetricKeyType === 'rsa' && verifySignature(digest, signed, key, signature);
  const isCurve = key.asymmetricKeyDetails?.namedCurve === CURVES[algorithm];
  return isCurve && verifySignature(digest, signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

function claimsProblem(
  claims: Record<string, unknown>,
  { issuers, audienceOption }: JwtScheme,
  { options }: VerificationContext,
): Refused | null {
  if (issuers && !issuers.some((issuer) => issuer === claims['iss'])) {
    return refused('token_refused', `The token's issuer (iss) is not ${issuers.join(' or ')}.`);
  }
  if (audienceOption === undefined) return null;
  const wanted = options?.values?.[audienceOption];
  if (!wanted) return refused('option_missing', `The source has no value for its option ${audienceOption}.`);
  const given = Array.isArray(claims['aud']) ? claims['aud'] : [claims['aud']];
  if (given.includes(wanted)) return null;
  return refused(
    'option_differs',
    `The token's audience (aud) is not the source's option ${audienceOption}.`,
  );
}

function timeProblem(
  claims: Record<string, unknown>,
  { maxAgeS }: JwtScheme,
  { steps }: RequestReader,
  { now, options }: VerificationContext,
): Refused | null {
  const nowS = now.getTime() / 1000;
  const { exp, nbf, iat } = claims;
  if (exp !== undefined && (typeof exp !== 'number' || steps.isTooOld(nowS - exp, LEEWAY_S))) {
    return refused('timestamp_old', `The token has expired${secondsAgo(exp, nowS)}.`);
  }
  if (nbf !== undefined && (typeof nbf !== 'number' || steps.isTooEarly(nowS - nbf, LEEWAY_S))) {
    return refused('timestamp_future', 'The token is not valid yet (nbf).');
  }
  if (maxAgeS === undefined) return null;
  if (typeof iat !== 'number') return refused('field_missing', 'The token has no time of issue (iat).');
  return ageProblem(iat * 1000, { now, toleranceS: options?.toleranceS ?? maxAgeS, steps });
}

function secondsAgo(exp: unknown, nowS: number): string {
  return typeof exp === 'number' ? ` ${Math.ceil(nowS - exp)} s ago; ${LEEWAY_S} s are allowed` : '';
}

function bodyProblem(
  claims: Record<string, unknown>,
  { bodyHash }: JwtScheme,
  reader: RequestReader,
): Refused | null {
  if (bodyHash === undefined) return null;
  const claim = claims[bodyHash.claim];
  if (typeof claim !== 'string') return refused('field_missing', `The token has no claim ${bodyHash.claim}.`);
  const stated = decode(claim, bodyHash.encoding);
  if (stated !== null && reader.steps.isSame(stated, hash('sha256', reader.body(), 'buffer'))) return null;
  return refused('body_differs', `The claim ${bodyHash.claim} is not the SHA-256 of the body that arrived.`);
}

function parse(text: string): Token | null {
  const parts = text.split('.');
  const [header, claims, signature] = parts.map((part) => decode(part, 'base64url'));
  if (parts.length !== 3 || !header || !claims || !signature) return null;
  const head = json(header.toString());
  const body = json(claims.toString());
  const algorithm = memberAt(head, '/alg');
  const kid = memberAt(head, '/kid');
  if (typeof algorithm !== 'string' || typeof body !== 'object' || body === null) return null;
  return {
    algorithm: algorithm as JwtAlgorithm,
    kid: typeof kid === 'string' ? kid : null,
    claims: body as Record<string, unknown>,
    signed: Buffer.from(`${parts[0]}.${parts[1]}`, 'latin1'),
    signature,
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
