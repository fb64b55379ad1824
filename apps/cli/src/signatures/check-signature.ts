import { createHmac } from 'node:crypto';
import { changedBodies } from './changed-bodies.js';
import { isBy, type Signed, type SigningKey } from './signing-key.js';

/** A request as it was received. */
export interface ReceivedRequest {
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}

export interface Rules {
  keys: readonly SigningKey[];
  /** When it was received, Unix seconds. */
  nowS: number;
  /** Largest difference between the signed time and now. */
  toleranceS: number;
}

/** One reason why a request is refused, or one hint at its cause. */
export interface Finding {
  rule: string;
  message: string;
}

export interface SignatureVerdict {
  ok: boolean;
  /** What was verified, in words; empty when nothing was. */
  verified: string[];
  /** Why not. */
  reasons: Finding[];
  /** What may be the cause. */
  hints: Finding[];
}

const ID = 'webhook-id';
const TIMESTAMP = 'webhook-timestamp';
const SIGNATURE = 'webhook-signature';
const LEGACY = ['x-platform-signature', 'x-webhook-signature'];

/** Checks a request by Standard Webhooks 1.0, and says everything that is wrong with it. Pure: the caller brings the clock. */
export function checkSignature(request: ReceivedRequest, rules: Rules): SignatureVerdict {
  const missing = [ID, TIMESTAMP, SIGNATURE].filter((name) => !request.headers[name]);
  if (missing.length > 0)
    return refusal(
      missing.map((name) => ({
        rule: 'header_missing',
        message: `the header ${name} is missing: a proxy or the framework may have removed it`,
      })),
      legacyHints(request, rules.keys),
    );
  const signed: Signed = {
    id: request.headers[ID]!,
    timestamp: request.headers[TIMESTAMP]!,
    body: request.body,
  };
  const late = timeFindings(signed.timestamp, rules);
  const entries = request.headers[SIGNATURE]!.split(/\s+/).filter((entry) => entry !== '');
  const matching = entries.flatMap((entry) => {
    const at = rules.keys.findIndex((key) => isBy(key, entry, signed));
    return at === -1 ? [] : [`${entry.split(',', 1)[0]} by key ${at + 1} of ${rules.keys.length}`];
  });
  if (matching.length > 0 && late.length === 0)
    return { ok: true, verified: matching, reasons: [], hints: [] };
  if (matching.length > 0) return { ok: false, verified: matching, reasons: late, hints: [] };
  return refusal(
    [...late, ...entryFindings(entries, rules.keys)],
    [...hintsOf(entries, signed, rules.keys), ...legacyHints(request, rules.keys)],
  );
}

function refusal(reasons: Finding[], hints: Finding[]): SignatureVerdict {
  return { ok: false, verified: [], reasons, hints };
}

function timeFindings(timestamp: string, { nowS, toleranceS }: Rules): Finding[] {
  if (/^\d{13}$/.test(timestamp))
    return [
      {
        rule: 'timestamp_invalid',
        message: `${TIMESTAMP} is in milliseconds (${timestamp}); it has to be in seconds`,
      },
    ];
  if (!/^\d{1,11}$/.test(timestamp))
    return [
      { rule: 'timestamp_invalid', message: `${TIMESTAMP} is "${timestamp}", not a number of Unix seconds` },
    ];
  const ageS = nowS - Number(timestamp);
  if (Math.abs(ageS) <= toleranceS) return [];
  const [rule, where] = ageS > 0 ? ['timestamp_old', 'ago'] : ['timestamp_early', 'in the future'];
  return [
    {
      rule,
      message: `it was signed ${Math.abs(ageS)} s ${where}, and the window is ${toleranceS} s: compare the clocks, or name the time of receipt by --at`,
    },
  ];
}

function entryFindings(entries: readonly string[], keys: readonly SigningKey[]): Finding[] {
  const versions = entries.map((entry) => entry.split(',', 1)[0]);
  if (!versions.some((version) => version === 'v1' || version === 'v1a'))
    return [
      {
        rule: 'no_signature',
        message: `${SIGNATURE} has no entry of version v1 or v1a; it has: ${versions.join(' ') || 'nothing'}`,
      },
    ];
  const usable = keys.filter(({ kind }) => versions.includes(kind === 'secret' ? 'v1' : 'v1a'));
  if (usable.length > 0)
    return [
      {
        rule: 'signature_wrong',
        message: `none of the ${entries.length} signature(s) fits the body and any of the ${keys.length} key(s)`,
      },
    ];
  const [has, needs] = versions.includes('v1')
    ? ['v1', 'a secret (whsec_)']
    : ['v1a', 'a public key (whpk_): breakwater webhook-keys show'];
  return [{ rule: 'key_missing', message: `the request is signed by ${has}; this needs ${needs}` }];
}

/** Each hint is proved: with this change a signature fits. */
function hintsOf(entries: readonly string[], signed: Signed, keys: readonly SigningKey[]): Finding[] {
  if (signed.body.length === 0)
    return [
      {
        rule: 'body_empty',
        message: 'the body is empty: something has read it before, or the wrong file was named',
      },
    ];
  const body = changedBodies(signed.body).find(({ bytes }) =>
    keys.some((key) => entries.some((entry) => isBy(key, entry, { ...signed, body: bytes }))),
  );
  if (body) return [{ rule: 'body_changed', message: body.message }];
  const asText = keys.find(
    (key) =>
      key.kind === 'secret' && keysFromText(key.text).some((bytes) => fits(bytes, key, entries, signed)),
  );
  if (asText)
    return [
      {
        rule: 'secret_not_decoded',
        message:
          'the sender used the text of the secret as the key; the key is what follows whsec_, decoded from base64',
      },
    ];
  return [];
}

function fits(bytes: Buffer, key: SigningKey, entries: readonly string[], signed: Signed): boolean {
  return entries.some((entry) => isBy({ ...key, kind: 'secret', bytes }, entry, signed));
}

function keysFromText(text: string): Buffer[] {
  return [Buffer.from(text), Buffer.from(text.slice('whsec_'.length))];
}

/** The older header signs the body alone: it tells whether body and secret are right. */
function legacyHints({ headers, body }: ReceivedRequest, keys: readonly SigningKey[]): Finding[] {
  const name = LEGACY.find((each) => headers[each]);
  if (name === undefined) return [];
  const given = headers[name]!.replace(/^sha256=/, '').toLowerCase();
  const isRight = keys.some(
    ({ kind, text }) => kind === 'secret' && createHmac('sha256', text).update(body).digest('hex') === given,
  );
  return [
    isRight
      ? {
          rule: 'headers_changed',
          message: `${name} fits: body and secret are right, so ${ID}, ${TIMESTAMP} or ${SIGNATURE} was changed on the way`,
        }
      : {
          rule: 'body_or_secret',
          message: `${name} does not fit either: the body or the secret is another one`,
        },
  ];
}
