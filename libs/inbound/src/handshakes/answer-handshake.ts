import { createHmac } from 'node:crypto';
import { isPinnedUrl } from '../verification/pinned-url.js';
import { RequestReader } from '../verification/request-reader.js';
import type { InboundRequest } from '../verification/request.js';
import type { From } from '../verification/scheme.js';
import { sameBytes } from '../verification/same-bytes.js';
import { STEPS } from '../verification/steps.js';
import type { Condition, Handshake } from './handshake.js';
import { HANDSHAKES, type HandshakeName } from './handshakes.js';

/** Largest body of an answer, and largest value of a header in it. */
export const ECHO_MAX_BYTES = 1024;
/** A larger body is no challenge, and is not parsed. */
export const CHALLENGE_MAX_BYTES = 16 * 1024;

export interface HandshakeContext {
  /** Newest first. */
  secrets: readonly string[];
  /** The token that the user chose for the source, for challenges that carry it. */
  verifyToken: string | null;
  /** Null: not judged yet; then only challenges that need no signature are answered. */
  isVerified: boolean | null;
}

export interface HandshakeAnswer {
  handshake: HandshakeName;
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** Why the challenge was refused: a sentence for the owner of the source. */
  refusal?: string;
  /**
   * What later requests are signed with. It is stored before the answer goes out; headers and body of the request have
   * it too, and are not stored.
   */
  learns?: { secret: string } | { token: string };
  /** Fetched before the answer, which is given when it succeeds: by GET without redirects; the host was checked. */
  follow?: { url: string; hosts: readonly string[] };
}

/**
 * Answers a request that is a challenge of one of these handshakes; null for any other. Pure, and never throws,
 * whatever the request has.
 */
export function answerHandshake(
  names: readonly HandshakeName[],
  request: InboundRequest,
  context: HandshakeContext,
): HandshakeAnswer | null {
  const reader = new RequestReader(request, STEPS);
  for (const name of names) {
    for (const handshake of HANDSHAKES[name] as readonly Handshake[]) {
      const isDue =
        handshake.method === request.method && !(handshake.verified && context.isVerified === null);
      if (!isDue || !isChallenge(handshake, reader)) continue;
      const answer = answerOf({ name, handshake, reader, context });
      if (answer) return answer;
    }
  }
  return null;
}

/** Headers for the ordinary answer to a verified request, which its provider looks for. Pure, and never throws. */
export function headersOfEveryAnswer(
  names: readonly HandshakeName[],
  request: InboundRequest,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  const rules = names.flatMap((name) => HANDSHAKES[name] as readonly Handshake[]);
  for (const [name, challenge] of rules.flatMap(({ everyAnswer }) => Object.entries(everyAnswer ?? {}))) {
    const text = challengeText(challenge, new RequestReader(request, STEPS));
    if (text !== null) headers[name.toLowerCase()] = text;
  }
  return headers;
}

interface Asked {
  name: HandshakeName;
  handshake: Handshake;
  reader: RequestReader;
  context: HandshakeContext;
}

function isChallenge({ when = [], challenge, follow }: Handshake, reader: RequestReader): boolean {
  if (reader.request.body.length > CHALLENGE_MAX_BYTES) return false;
  if (challenge && challengeText(challenge, reader) === null) return false;
  if (follow && !isPinnedUrl(textAt(follow.from, reader) ?? '', follow.hosts)) return false;
  return when.every((condition) => holds(condition, reader));
}

function holds(condition: Condition, reader: RequestReader): boolean {
  if ('absent' in condition) return reader.member(condition.absent) === undefined;
  if ('empty' in condition) {
    const list = reader.member(condition.empty);
    return Array.isArray(list) && list.length === 0;
  }
  const text = textAt(condition.at, reader);
  return condition.is === undefined ? text !== null : text === condition.is;
}

function answerOf({ name, handshake, reader, context }: Asked): HandshakeAnswer | null {
  const { verified, verifyToken, learns, follow } = handshake;
  if (verified && context.isVerified !== true) {
    if (verified === true) return null;
    return refusal(name, verified.refusedWith, 'The signature of the challenge is wrong.');
  }
  if (verifyToken && !isToken(textAt(verifyToken.from, reader), context.verifyToken)) {
    return refusal(name, verifyToken.refusedWith, tokenRefusal(context.verifyToken));
  }
  const challenge = handshake.challenge ? challengeText(handshake.challenge, reader) : null;
  if (learns === 'secret' && context.secrets.length > 0 && !isOneOf(challenge!, context.secrets)) {
    return refusal(name, 403, 'The source has a secret already. Another webhook needs a source of its own.');
  }
  const reply = replyOf(handshake, challenge, context.secrets);
  if (!reply) return null;
  const answer: HandshakeAnswer = { handshake: name, ...reply };
  if (learns === 'secret' && context.secrets.length === 0) answer.learns = { secret: challenge! };
  if (learns === 'token') answer.learns = { token: challenge! };
  if (follow) answer.follow = { url: textAt(follow.from, reader)!, hosts: follow.hosts };
  return answer;
}

/** Status, headers and body; null when there is no secret to prove with, or the answer would be too large. */
function replyOf({ answer, proof }: Handshake, challenge: string | null, [secret]: readonly string[]) {
  if (proof && secret === undefined) return null;
  const values: Record<string, string | null> = {
    challenge,
    proof: proof ? createHmac('sha256', secret!).update(challenge!).digest(proof) : null,
  };
  const fill = (text: string) =>
    text.replaceAll(/\{(challenge|proof)\}/g, (_, key: string) => values[key] ?? '');
  const headers: Record<string, string> = { 'x-content-type-options': 'nosniff' };
  for (const [key, value] of Object.entries(answer.headers ?? {})) headers[key.toLowerCase()] = fill(value);
  let body = Buffer.alloc(0);
  if (answer.json) {
    const members = Object.entries(answer.json).map(([key, value]) => [
      key,
      typeof value === 'string' ? fill(value) : value,
    ]);
    body = Buffer.from(JSON.stringify(Object.fromEntries(members)));
    headers['content-type'] = 'application/json';
  } else if (answer.text !== undefined) {
    body = Buffer.from(fill(answer.text));
    headers['content-type'] = 'text/plain; charset=utf-8';
  }
  return body.length > ECHO_MAX_BYTES ? null : { status: answer.status, headers, body };
}

/** Without a body: some providers want none, and nobody else needs to know why. */
function refusal(handshake: HandshakeName, status: number, sentence: string): HandshakeAnswer {
  return {
    handshake,
    status,
    headers: { 'x-content-type-options': 'nosniff' },
    body: Buffer.alloc(0),
    refusal: sentence,
  };
}

function tokenRefusal(token: string | null): string {
  if (token === null)
    return 'The challenge has a verify token, but the source has none. Set the same one as at the provider.';
  return 'The verify token of the challenge is not that of the source. Both must be the same.';
}

function isToken(sent: string | null, token: string | null): boolean {
  return sent !== null && token !== null && isOneOf(sent, [token]);
}

function isOneOf(text: string, secrets: readonly string[]): boolean {
  return secrets.some((secret) => sameBytes(Buffer.from(text), Buffer.from(secret)));
}

const PATTERNS = {
  token: /^[A-Za-z0-9\-._~+/=]+$/,
  text: /^[\u0020-\u003b\u003d\u003f-\u007e]+$/,
};

function challengeText(
  { from, of }: NonNullable<Handshake['challenge']>,
  reader: RequestReader,
): string | null {
  const text = textAt(from, reader);
  return text !== null && text.length <= ECHO_MAX_BYTES && PATTERNS[of].test(text) ? text : null;
}

function textAt(from: From, reader: RequestReader): string | null {
  // Any text can be read as a form.
  if ('form' in from && !reader.isForm()) return null;
  const text = reader.one(from);
  return typeof text === 'string' ? text : null;
}
