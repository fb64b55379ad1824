import { describe, expect, it } from 'vitest';
import { sealNumber } from './seal-number.js';
import { SESSION_MAX_MS, sessionContent, sessionCookie, sessionEnd } from './session-cookie.js';

describe('the cookie of a session', () => {
  it('is not readable by scripts, and not sent from other sites', () => {
    expect(sessionCookie('sealed', { maxAgeS: 60, secure: false })).toBe(
      'breakwater_session=sealed; Max-Age=60; Path=/; HttpOnly; SameSite=Strict',
    );
  });

  it('is sent over TLS only where TLS is used', () => {
    expect(sessionCookie('', { maxAgeS: 0, secure: true })).toMatch(/; Secure$/);
  });
});

describe('a session', () => {
  it.each([
    ['after 12 h', null, SESSION_MAX_MS],
    ['after 12 h, if its key is valid for longer', new Date(SESSION_MAX_MS * 2), SESSION_MAX_MS],
    ['with its key', new Date(5), 5],
  ])('ends %s', (_, keyEnd, expected) => expect(sessionEnd(0, keyEnd).getTime()).toBe(expected));

  it.each([
    [
      { keyId: 'k', startedAt: 1, more: 2 },
      { keyId: 'k', startedAt: 1 },
    ],
    [{}, null],
    [{ keyId: 7, startedAt: 1 }, null],
    [{ keyId: 'k', startedAt: '1' }, null],
    [null, null],
    ['text', null],
  ])('holds the key id and the start: %j', (opened, expected) =>
    expect(sessionContent(opened)).toEqual(expected),
  );

  it('names its encryption key by a number that depends on nothing else', () => {
    expect(sealNumber('k1')).toBe(sealNumber('k1'));
    expect(sealNumber('k1')).not.toBe(sealNumber('k2'));
    expect(Number.isSafeInteger(sealNumber('k1'))).toBe(true);
  });
});
