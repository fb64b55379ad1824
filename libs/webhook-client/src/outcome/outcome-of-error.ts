import { GuardRefusalError } from '../guard/guard-refusal.error.js';
import { AnswerRefusedError } from '../transport/answer-refused.error.js';
import type { Outcome } from './outcome.js';

type Kind = 'network' | 'tls' | 'dns' | 'protocol';

/** Codes of Node, OpenSSL and undici; a code in no table is judged by its prefix, or else counts as `network`. */
const KIND_BY_CODE: Readonly<Record<string, Kind>> = {
  EPROTO: 'tls',
  CERT_HAS_EXPIRED: 'tls',
  CERT_NOT_YET_VALID: 'tls',
  CERT_REVOKED: 'tls',
  CERT_UNTRUSTED: 'tls',
  CERT_REJECTED: 'tls',
  CERT_SIGNATURE_FAILURE: 'tls',
  CERT_CHAIN_TOO_LONG: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  HOSTNAME_MISMATCH: 'tls',
  INVALID_CA: 'tls',
  INVALID_PURPOSE: 'tls',
  PATH_LENGTH_EXCEEDED: 'tls',
  UNABLE_TO_GET_ISSUER_CERT: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',

  UND_ERR_HEADERS_OVERFLOW: 'protocol',
  ERR_ASSERTION: 'protocol', // the parser got a response that it considers impossible
  HTTP_PARSER: 'protocol',
  CLOSED_IN_BODY: 'network',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'network', // closed in the middle of a sized body; hides some parser errors
};

const KIND_BY_PREFIX: readonly [string, Kind][] = [
  ['ERR_SSL_', 'tls'],
  ['ERR_OSSL_', 'tls'],
  ['ERR_TLS_', 'tls'],
];

const DEMANDED =
  'the receiver demands a client certificate, and the app has none: give it one (client-certificate of the app)';
const NOT_ACCEPTED = "the receiver does not accept the app's client certificate";

/** Codes of alerts that a receiver sends about the caller's certificate, and what they mean. */
const ABOUT_CLIENT_CERTIFICATE: Readonly<Record<string, string>> = {
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: DEMANDED,
  // TLS 1.2 has no alert of its own for it.
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE':
    'the receiver refused the TLS handshake: it may demand a client certificate that the app does not have',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: NOT_ACCEPTED,
  'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE': NOT_ACCEPTED,
  'ERR_SSL_SSL/TLS_ALERT_UNSUPPORTED_CERTIFICATE': NOT_ACCEPTED,
  'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_REVOKED': NOT_ACCEPTED,
  'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED': NOT_ACCEPTED,
  'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN': NOT_ACCEPTED,
};

/** undici uses one code for these and for a closed socket; only the words differ. */
const PROTOCOL_SOCKET_ERRORS = new Set(['bad response', 'bad upgrade']);

/** Errors of undici for requests that it refuses to send. */
const UNSENDABLE = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED']);

/** The outcome of a call that failed with this error of undici, Node or OpenSSL. */
export function outcomeOfError(error: unknown): Outcome {
  if (error instanceof GuardRefusalError) {
    return { kind: 'blocked', reason: error.refusal.rule, message: error.message };
  }
  if (error instanceof AnswerRefusedError) {
    return { kind: 'protocol', code: error.code, message: error.message };
  }
  const { code, message } = describe(error);
  if (Object.hasOwn(ABOUT_CLIENT_CERTIFICATE, code)) {
    return { kind: 'tls', code, message: ABOUT_CLIENT_CERTIFICATE[code]! };
  }
  if (UNSENDABLE.has(code)) return { kind: 'misconfigured', code: 'REQUEST_INVALID', message };
  if (code === 'UND_ERR_SOCKET' && PROTOCOL_SOCKET_ERRORS.has(message)) {
    return { kind: 'protocol', code, message };
  }
  return { kind: isDnsError(error) ? 'dns' : kindOfCode(code), code, message };
}

/** A resolver that refuses or does not answer gives codes of sockets; only the system call distinguishes them. */
function isDnsError(error: unknown): boolean {
  const syscall: unknown = error instanceof Error ? Reflect.get(error, 'syscall') : undefined;
  return typeof syscall === 'string' && /^(?:getaddrinfo|query)/.test(syscall);
}

function kindOfCode(code: string): Kind {
  const exact = Object.hasOwn(KIND_BY_CODE, code) ? KIND_BY_CODE[code] : undefined;
  return exact ?? KIND_BY_PREFIX.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'network';
}

function describe(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: 'UNKNOWN', message: cleanMessage(String(error)) };
  // Several addresses were tried: the first failure is reported.
  const inner: unknown = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  const code: unknown = Reflect.get(error, 'code') ?? Reflect.get(Object(inner), 'code');
  const message = error.message || (inner instanceof Error ? inner.message : '');
  return { code: typeof code === 'string' ? code : codeOfParserError(error), message: cleanMessage(message) };
}

/** undici 8 has codes for the parser's errors (`HPE_…`) but does not set them. */
function codeOfParserError(error: Error): string {
  if (error.name !== 'HTTPParserError') return 'UNKNOWN';
  return error.message.includes('Invalid EOF state') ? 'CLOSED_IN_BODY' : 'HTTP_PARSER';
}

/** One printable line of at most 300 characters: certificates and parsers quote bytes of the receiver. */
export function cleanMessage(message: string): string {
  return message.replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ').slice(0, 300);
}
