import { createHmac, hash, verify as verifySignature, type KeyObject } from 'node:crypto';
import { decode } from './encoding.js';
import { certificate, publicKey, secretBytes } from './keys.js';
import { isPinnedUrl } from './pinned-url.js';
import { bytesOf, describe, type RequestReader } from './request-reader.js';
import type {
  By,
  Encoding,
  HmacScheme,
  PinnedCertificate,
  PublicKeyAlgorithm,
  PublicKeyScheme,
} from './scheme.js';
import { render, type Filling } from './template.js';
import { ageProblem, timeOf } from './timestamp.js';
import { urlsOf } from './url-ports.js';
import {
  refused,
  type NeedsKey,
  type Refused,
  type Verification,
  type VerificationContext,
  type VerificationOptions,
} from './verification.js';

/** More signatures than any provider sends. */
const SIGNATURES_MAX = 16;
const DIGEST_BYTES = { sha1: 20, sha256: 32, sha512: 64 };

/** Everything of a request that is compared. */
interface Prepared {
  signatures: Buffer[];
  /** The signed bytes in pieces, for each spelling of the URL. */
  messages: Buffer[][];
  /** The sender's time in ms, if the scheme has one. */
  time: number | null;
}

type Secrets = readonly string[];

export function verifyHmac(
  scheme: HmacScheme,
  reader: RequestReader,
  secrets: Secrets,
  context: VerificationContext,
): Verification {
  const prepared = prepare(scheme, reader, context);
  if ('kind' in prepared) return prepared;
  const algorithm = chosen(scheme.algorithm, reader);
  if (typeof algorithm !== 'string') return algorithm;
  const length = DIGEST_BYTES[algorithm];
  const signatures = prepared.signatures.filter((signature) => signature.length === length);
  if (signatures.length === 0) {
    const given = prepared.signatures[0]!.length;
    const detail = `The signature has ${given} ${given === 1 ? 'byte' : 'bytes'}; HMAC with ${algorithm} has ${length}.`;
    return refused('signature_malformed', detail);
  }
  const keys = secrets.map((secret) => secretBytes(secret, scheme.secret));
  const problem = keysProblem(keys);
  if (problem) return problem;
  const found = keys.findIndex(
    (key) =>
      key !== null &&
      prepared.messages.some((message) => {
        const expected = digest(algorithm, key, message);
        return signatures.some((signature) => reader.steps.isSame(signature, expected));
      }),
  );
  return concluded(found, scheme, reader, prepared, context);
}

export function verifyWithPublicKey(
  scheme: PublicKeyScheme,
  reader: RequestReader,
  secrets: Secrets,
  context: VerificationContext,
): Verification {
  const prepared = prepare(scheme, reader, context);
  if ('kind' in prepared) return prepared;
  const algorithm = chosen(scheme.algorithm, reader);
  if (typeof algorithm === 'object') return algorithm;
  const { key: source } = scheme;
  const keys =
    'certificate' in source
      ? certificateKey(source, reader, context)
      : secrets.map((secret) => publicKey(secret, source));
  if (!Array.isArray(keys)) return keys;
  const problem = keysProblem(keys);
  if (problem) return problem;
  const found = keys.findIndex(
    (key) =>
      key !== null &&
      prepared.messages.some((message) => {
        const signed = message.length === 1 ? message[0]! : Buffer.concat(message);
        return prepared.signatures.some((signature) => isSignedBy(key, algorithm, signed, signature));
      }),
  );
  return concluded(found, scheme, reader, prepared, context);
}

function prepare(
  scheme: HmacScheme | PublicKeyScheme,
  reader: RequestReader,
  context: VerificationContext,
): Prepared | Refused {
  const texts = reader.all(scheme.signature);
  if (!Array.isArray(texts)) return texts;
  const several = scheme.single === undefined ? null : itemsProblem(reader, scheme.single);
  if (several) return several;
  const signatures = decoded(reader.steps.candidates(texts), scheme);
  if (!Array.isArray(signatures)) return signatures;
  const timestamp = scheme.timestamp === undefined ? null : reader.one(scheme.timestamp.from);
  if (timestamp !== null && typeof timestamp !== 'string') return timestamp;
  const time = timestamp === null ? null : timeOf(timestamp, scheme.timestamp!.unit);
  if (timestamp !== null && time === null) {
    const unit = {
      s: 'seconds since 1970',
      ms: 'milliseconds since 1970',
      iso: 'a date like 2026-01-31T12:00:00Z',
    };
    const { from, unit: wanted } = scheme.timestamp!;
    return refused('timestamp_malformed', `${describe(from)} is not a time in ${unit[wanted]}.`);
  }
  const id = scheme.id === undefined ? null : reader.one(scheme.id);
  if (id !== null && typeof id !== 'string') return id;
  const template = chosen(scheme.over, reader);
  if (typeof template !== 'string') return template;
  const messages: Buffer[][] = [];
  for (const url of scheme.urlPort === undefined ? [reader.request.url] : urlsOf(reader.request.url)) {
    const filling: Filling = {
      url,
      timestamp: timestamp === null ? EMPTY : bytesOf(timestamp, scheme.timestamp!.from),
      id: id === null ? EMPTY : bytesOf(id, scheme.id!),
      options: context.options?.values ?? {},
      isHashed: scheme.bodyHash !== undefined && Array.isArray(reader.all(scheme.bodyHash.from)),
    };
    const message = render(template, reader, filling);
    if (!Array.isArray(message)) return message;
    messages.push(message);
  }
  return { signatures, messages, time };
}

const EMPTY = Buffer.alloc(0);

/** What follows once it is known which secret fits: -1 for none. */
function concluded(
  secretIndex: number,
  scheme: HmacScheme | PublicKeyScheme,
  reader: RequestReader,
  { time }: Prepared,
  { now, options }: VerificationContext,
): Verification {
  if (secretIndex === -1) return refused('signature_mismatch', 'The signature does not match.');
  const toleranceS = options?.toleranceS ?? scheme.timestamp?.toleranceS;
  const problem =
    time === null || toleranceS === undefined
      ? null
      : ageProblem(time, { now, toleranceS, steps: reader.steps });
  return (
    problem ??
    hashProblem(scheme, reader) ??
    expectationProblem(scheme, reader, options) ?? { kind: 'verified', secretIndex }
  );
}

/** The query's hash of the body is signed with the URL, so it must be the hash of these bytes. */
function hashProblem({ bodyHash }: HmacScheme | PublicKeyScheme, reader: RequestReader): Refused | null {
  const texts = bodyHash === undefined ? null : reader.all(bodyHash.from);
  if (!Array.isArray(texts)) return null;
  const stated = decode(texts[0]!, bodyHash!.encoding);
  if (stated !== null && reader.steps.isSame(stated, hash('sha256', reader.body(), 'buffer'))) return null;
  return refused('body_differs', `${describe(bodyHash!.from)} is not the SHA-256 of the body that arrived.`);
}

/** The key signs for many senders; the option says which of them is meant. */
function expectationProblem(
  { expected }: HmacScheme | PublicKeyScheme,
  reader: RequestReader,
  options: VerificationOptions | undefined,
): Refused | null {
  const wanted = expected && options?.values?.[expected.option];
  if (expected === undefined || !wanted) return null;
  const text = reader.one(expected.from);
  if (typeof text !== 'string') return text;
  if (text === wanted) return null;
  return refused(
    'option_differs',
    `${describe(expected.from)} is not the source's option ${expected.option}.`,
  );
}

function decoded(
  texts: readonly string[],
  { signature, encoding }: { signature: HmacScheme['signature']; encoding: Encoding },
): Buffer[] | Refused {
  if (texts.length > SIGNATURES_MAX) {
    const detail = `${describe(signature)} has ${texts.length} signatures, at most ${SIGNATURES_MAX} are allowed.`;
    return refused('signature_malformed', detail);
  }
  const bytes = texts.map((text) => decode(text, encoding)).filter((each) => each !== null);
  return bytes.length > 0
    ? bytes
    : refused('signature_malformed', `${describe(signature)} is not ${encoding}.`);
}

function itemsProblem(reader: RequestReader, pointer: string): Refused | null {
  const items = reader.member(pointer);
  if (Array.isArray(items) && items.length === 1) return null;
  return refused(
    'field_repeated',
    `The list at ${pointer} of the body must have exactly one item: only one is signed.`,
  );
}

function chosen<T extends string>(value: By<T>, reader: RequestReader): T | Refused {
  if (typeof value === 'string') return value;
  const text = reader.one(value.by);
  if (typeof text !== 'string')
    return isMissing(text) && value.otherwise !== undefined ? value.otherwise : text;
  const found = Object.hasOwn(value.when, text) ? value.when[text] : undefined;
  if (found !== undefined) return found;
  return refused(
    'signature_malformed',
    `${describe(value.by)} must be one of ${Object.keys(value.when).join(', ')}.`,
  );
}

function isMissing({ step }: Refused): boolean {
  return step === 'header_missing' || step === 'field_missing';
}

function keysProblem(keys: readonly unknown[]): Refused | null {
  if (keys.length === 0)
    return refused('secret_missing', 'The source has no secret: set the one of the provider.');
  if (keys.some((key) => key !== null)) return null;
  return refused(
    'secret_malformed',
    'The secret of the source has not the form that the provider gives: set it again.',
  );
}

// The key is passed as text, one character a byte: for a buffer Node.js 24 takes 12 µs more.
function digest(algorithm: string, key: Buffer, message: readonly Buffer[]): Buffer {
  const hmac = createHmac(algorithm, key.toString('latin1'), { encoding: 'latin1' });
  for (const piece of message) hmac.update(piece);
  return hmac.digest();
}

const KEY_TYPES: Record<PublicKeyAlgorithm, { type: string; digest: string | null }> = {
  ed25519: { type: 'ed25519', digest: null },
  'ecdsa-p256-sha256': { type: 'ec', digest: 'sha256' },
  'rsa-sha1': { type: 'rsa', digest: 'sha1' },
  'rsa-sha256': { type: 'rsa', digest: 'sha256' },
};

function isSignedBy(
  key: KeyObject,
  algorithm: PublicKeyAlgorithm,
  message: Buffer,
  signature: Buffer,
): boolean {
  const { type, digest: name } = KEY_TYPES[algorithm];
  return key.asymmetricKeyType === type && verifySignature(name, message, key, signature);
}

function certificateKey(
  { certificate: from, hosts }: PinnedCertificate,
  reader: RequestReader,
  { keys, now }: VerificationContext,
): KeyObject[] | Refused | NeedsKey {
  const url = reader.one(from);
  if (typeof url !== 'string') return url;
  if (!isPinnedUrl(url, hosts)) {
    const detail = `${describe(from)} is not an https address of ${hosts.join(' or ')}.`;
    return refused('key_refused', detail);
  }
  const text = keys?.get(url);
  if (text === undefined) return { kind: 'needs_key', url, form: 'certificate', hosts };
  const found = certificate(text);
  if (found === null)
    return refused('key_malformed', `${describe(from)} leads to something that is not a certificate.`);
  if (now < found.validFromDate || now > found.validToDate) {
    return refused(
      'key_refused',
      `The certificate that ${lower(describe(from))} leads to is not valid at this time.`,
    );
  }
  return [found.publicKey];
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
