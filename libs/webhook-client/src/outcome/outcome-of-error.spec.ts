import { describe, expect, it } from 'vitest';
import { GuardRefusalError } from '../guard/guard-refusal.error.js';
import { cleanMessage, outcomeOfError } from './outcome-of-error.js';

const error = (more: object, message = 'went wrong') => Object.assign(new Error(message), more);

describe('an error becomes an outcome:', () => {
  it.each([
    [{ code: 'ECONNREFUSED' }, 'network'],
    [{ code: 'ECONNRESET' }, 'network'],
    [{ code: 'EPIPE' }, 'network'],
    [{ code: 'EHOSTUNREACH' }, 'network'],
    [{ code: 'ENETUNREACH' }, 'network'],
    [{ code: 'ETIMEDOUT' }, 'network'],
    [{ code: 'EADDRNOTAVAIL' }, 'network'],
    [{ code: 'UND_ERR_SOCKET' }, 'network'],
    [{ code: 'UND_ERR_DESTROYED' }, 'network'],
    [{ code: 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' }, 'network'],
    [{ code: 'SOMETHING_NEW' }, 'network'],
    [{ code: 'toString' }, 'network'],
    [{ code: 'ENOTFOUND', syscall: 'getaddrinfo' }, 'dns'],
    [{ code: 'EAI_AGAIN', syscall: 'getaddrinfo' }, 'dns'],
    [{ code: 'ESERVFAIL', syscall: 'queryA' }, 'dns'],
    [{ code: 'ETIMEOUT', syscall: 'queryAaaa' }, 'dns'],
    [{ code: 'ECONNREFUSED', syscall: 'queryA' }, 'dns'],
    [{ code: 'ECONNREFUSED', syscall: 'connect' }, 'network'],
    [{ code: 'EPROTO' }, 'tls'],
    [{ code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, 'tls'],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'tls'],
    [{ code: 'ERR_OSSL_PEM_NO_START_LINE' }, 'tls'],
    [{ code: 'CERT_HAS_EXPIRED' }, 'tls'],
    [{ code: 'CERT_NOT_YET_VALID' }, 'tls'],
    [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'tls'],
    [{ code: 'SELF_SIGNED_CERT_IN_CHAIN' }, 'tls'],
    [{ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }, 'tls'],
    [{ code: 'UND_ERR_HEADERS_OVERFLOW' }, 'protocol'],
    [{ code: 'ERR_ASSERTION' }, 'protocol'],
  ])('%j is %s', (more, kind) => {
    expect(outcomeOfError(error(more))).toEqual({ kind, code: more.code, message: 'went wrong' });
  });

  it.each([
    [{ code: 'UND_ERR_SOCKET' }, 'bad response', { kind: 'protocol', code: 'UND_ERR_SOCKET' }],
    [{ code: 'UND_ERR_SOCKET' }, 'bad upgrade', { kind: 'protocol', code: 'UND_ERR_SOCKET' }],
    [{ code: 'UND_ERR_SOCKET' }, 'other side closed', { kind: 'network', code: 'UND_ERR_SOCKET' }],
    [
      { name: 'HTTPParserError' },
      'does not match (Invalid EOF state)',
      { kind: 'network', code: 'CLOSED_IN_BODY' },
    ],
    [
      { name: 'HTTPParserError' },
      'does not match (Expected HTTP/)',
      { kind: 'protocol', code: 'HTTP_PARSER' },
    ],
    [{ code: 'UND_ERR_INVALID_ARG' }, 'invalid x header', { kind: 'misconfigured', code: 'REQUEST_INVALID' }],
    [{ code: 'UND_ERR_NOT_SUPPORTED' }, 'expect', { kind: 'misconfigured', code: 'REQUEST_INVALID' }],
    [{}, 'no code', { kind: 'network', code: 'UNKNOWN' }],
    [{ code: 42 }, 'odd code', { kind: 'network', code: 'UNKNOWN' }],
  ])('%j with the words "%s"', (more, message, expected) => {
    expect(outcomeOfError(error(more, message))).toEqual({ ...expected, message });
  });

  it.each([
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /demands a client certificate/],
    ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', /may demand a client certificate/],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', /does not accept the app's client certificate/],
  ])('the alert %s says what it means', (code, message) => {
    const expected = { kind: 'tls', code, message: expect.stringMatching(message) as string };
    expect(outcomeOfError(error({ code }))).toEqual(expected);
  });

  it('a refusal of the guard is blocked', () => {
    const refusal = { rule: 'metadata' as const, message: 'metadata services are not reachable' };
    expect(outcomeOfError(new GuardRefusalError(refusal))).toEqual({
      kind: 'blocked',
      reason: 'metadata',
      message: refusal.message,
    });
  });

  it('several failed addresses are reported with the first', () => {
    const first = error({ code: 'EHOSTUNREACH' }, 'connect EHOSTUNREACH');
    expect(outcomeOfError(new AggregateError([first, error({ code: 'X' })]))).toEqual({
      kind: 'network',
      code: 'EHOSTUNREACH',
      message: 'connect EHOSTUNREACH',
    });
    expect(outcomeOfError(new AggregateError([]))).toMatchObject({ kind: 'network', code: 'UNKNOWN' });
    expect(outcomeOfError(new AggregateError(['text']))).toMatchObject({ code: 'UNKNOWN', message: '' });
  });

  it('a value that is not an error is a network outcome', () => {
    expect(outcomeOfError('boom')).toEqual({ kind: 'network', code: 'UNKNOWN', message: 'boom' });
  });
});

it('a message is one printable line of at most 300 characters', () => {
  expect(cleanMessage('a\r\nBcc: x\0\u202eb')).toBe('a Bcc: x b');
  expect(cleanMessage('x'.repeat(1000))).toHaveLength(300);
});
