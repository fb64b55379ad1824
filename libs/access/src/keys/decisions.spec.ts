import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rawKeyOf } from '../guard/raw-key.js';
import { generateApiKey, hashApiKey, isApiKey, prefixOf } from './api-key.js';
import { decideAccess, decideForPortal } from './decide-access.js';
import { keyRequestProblems, unknownAppProblem, type KeyRequest } from './key-request.js';
import type { KeyRow } from './key-row.js';
import { LastUse } from './last-use.js';
import { isScope, SCOPES, type Scope } from './scopes.js';

const noon = new Date('2026-01-01T12:00:00Z');
const later = new Date('2026-01-01T12:00:01Z');
const key = (scopes: Scope[], part: Partial<KeyRow> = {}): KeyRow => ({
  id: 'k',
  name: 'k',
  hash: '',
  scopes,
  appId: null,
  expiresAt: null,
  revokedAt: null,
  ...part,
});

describe('access by a portal link', () => {
  const link = { capabilities: ['view', 'redeliver'] as const, appId: 'a' };
  it.each([
    ['one of its capabilities, its own app', ['redeliver', 'resolve'], 'a', 'allow'],
    ['one of its capabilities, no certain app', ['view'], undefined, 'allow'],
    ['one of its capabilities, another app', ['view'], 'b', 'not_found'],
    ['a capability that it has not', ['resolve'], 'a', 'forbidden'],
    ['a route for no link', [], 'a', 'forbidden'],
  ] as const)('%s', (_, anyOf, appId, decision) =>
    expect(decideForPortal({ ...link, capabilities: [...link.capabilities] }, anyOf, appId)).toBe(decision),
  );

  it('a key has no capabilities', () =>
    expect(decideForPortal({ capabilities: null, appId: null }, ['view'], undefined)).toBe('forbidden'));
});

describe('access', () => {
  it.each([
    ['no key', null, ['read'], undefined, 'unauthenticated'],
    ['a revoked key', key(['admin'], { revokedAt: noon }), ['read'], undefined, 'unauthenticated'],
    [
      'a key that will be revoked by a clock ahead of ours',
      key(['admin'], { revokedAt: later }),
      ['read'],
      undefined,
      'unauthenticated',
    ],
    ['a key at its last moment', key(['read'], { expiresAt: later }), ['read'], undefined, 'allow'],
    ['an expired key', key(['admin'], { expiresAt: noon }), ['read'], undefined, 'unauthenticated'],
    ['admin on any route', key(['admin']), ['app'], 'a', 'allow'],
    ['admin on a route without scopes', key(['admin']), [], undefined, 'forbidden'],
    ['a scope that is one of several', key(['invoke']), ['app', 'invoke'], 'a', 'allow'],
    ['a scope that is not among them', key(['read']), ['app', 'invoke'], 'a', 'forbidden'],
    ['no scopes', key([]), ['read'], undefined, 'forbidden'],
    ['app on its own app', key(['app'], { appId: 'a' }), ['app'], 'a', 'allow'],
    ['app on another app', key(['app'], { appId: 'a' }), ['app'], 'b', 'not_found'],
    ['app on admin’s route of another app', key(['app'], { appId: 'a' }), ['admin'], 'b', 'forbidden'],
    ['a bound invoke key on another app', key(['invoke'], { appId: 'a' }), ['invoke'], 'b', 'not_found'],
    ['an unbound invoke key on any app', key(['invoke']), ['invoke'], 'b', 'allow'],
    ['a bound key where there is no app', key(['read'], { appId: 'a' }), ['read'], undefined, 'allow'],
  ] as const)('%s', (_, row, required, appId, decision) =>
    expect(decideAccess(row, required as readonly Scope[], appId, noon)).toBe(decision),
  );

  it('to another app is never granted to a bound key without admin', () =>
    fc.assert(
      fc.property(
        fc.subarray(['app', 'invoke', 'read'] as Scope[]),
        fc.subarray([...SCOPES]),
        (scopes, required) => decideAccess(key(scopes, { appId: 'a' }), required, 'b', noon) !== 'allow',
      ),
    ));
});

describe('an API key', () => {
  it('is bw_ and 43 characters of 256 random bits', () => {
    const raw = generateApiKey(randomBytes);
    expect(raw).toMatch(/^bw_[A-Za-z0-9_-]{43}$/);
    expect(Buffer.from(raw.slice(3), 'base64url')).toHaveLength(32);
    expect(generateApiKey(randomBytes)).not.toBe(raw);
  });

  it('is stored as sha256 and eleven characters', () => {
    const raw = generateApiKey(() => Buffer.alloc(32));
    expect(prefixOf(raw)).toBe('bw_AAAAAAAA');
    expect(hashApiKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it.each([
    '',
    'bw_',
    `bw_${'a'.repeat(42)}`,
    `bw_${'a'.repeat(44)}`,
    `BW_${'a'.repeat(43)}`,
    `bw_${'a'.repeat(43)}\n`,
  ])('is not %j', (raw) => expect(isApiKey(raw)).toBe(false));

  it.each([
    [{ authorization: 'Bearer abc' }, 'abc'],
    [{ authorization: 'bearer   abc ' }, 'abc'],
    [{ 'x-api-key': ' abc ' }, 'abc'],
    [{ authorization: 'Basic eDp5', 'x-api-key': 'abc' }, 'abc'],
    [{ authorization: 'Bearer abc', 'x-api-key': 'xyz' }, 'abc'],
    [{ authorization: 'Bearer' }, null],
    [{ 'x-api-key': ['abc', 'xyz'] }, null],
    [{}, null],
  ])('is read from %j', (headers, raw) => expect(rawKeyOf(headers)).toBe(raw));

  it.each(SCOPES)('may have scope %s', (scope) => expect(isScope(scope)).toBe(true));
  it.each(['root', '', null, 'ADMIN'])('may not have scope %j', (scope) =>
    expect(isScope(scope)).toBe(false),
  );
});

describe('a request for a key', () => {
  const request = (part: object): KeyRequest => ({ name: 'ci', scopes: ['invoke'], ...part });

  it.each([
    ['the least', {}],
    ['100 characters outside the first plane', { name: '🚀'.repeat(100) }],
    ['every scope without admin, bound', { scopes: ['app', 'invoke', 'read'], appId: 'quiz' }],
    ['admin', { scopes: ['admin', 'read'] }],
    ['an expiry with an offset', { expiresAt: '2026-01-01T14:00:00+01:00' }],
    ['nulls for absent members', { appId: null, expiresAt: null }],
  ])('may be %s', (_, part) => expect(keyRequestProblems(request(part), noon)).toEqual([]));

  it.each([
    ['no name', { name: '' }, '/name'],
    ['a blank name', { name: ' ' }, '/name'],
    ['a number as a name', { name: 1 }, '/name'],
    ['101 characters', { name: 'x'.repeat(101) }, '/name'],
    ['a name with NUL', { name: 'a\u0000' }, '/name'],
    ['no scopes', { scopes: [] }, '/scopes'],
    ['text as scopes', { scopes: 'admin' }, '/scopes'],
    ['an unknown scope', { scopes: ['root'] }, '/scopes'],
    ['a scope twice', { scopes: ['read', 'read'] }, '/scopes'],
    ['app without an app', { scopes: ['app'] }, '/appId'],
    ['admin with an app', { scopes: ['admin'], appId: 'quiz' }, '/appId'],
    ['an app id with NUL', { appId: 'a\u0000' }, '/appId'],
    ['a number as an app id', { appId: 7 }, '/appId'],
    ['an expiry now', { expiresAt: noon.toISOString() }, '/expiresAt'],
    ['an expiry without a zone', { expiresAt: '2027-01-01T00:00:00' }, '/expiresAt'],
    ['an expiry in words', { expiresAt: 'tomorrow' }, '/expiresAt'],
    ['an expiry on a day that does not exist', { expiresAt: '2027-13-41T00:00:00Z' }, '/expiresAt'],
    ['a number as an expiry', { expiresAt: 4_102_444_800_000 }, '/expiresAt'],
  ])('may not be %s', (_, part, pointer) =>
    expect(keyRequestProblems(request(part), noon)).toEqual([expect.objectContaining({ pointer })]),
  );

  it('for a missing app says so', () =>
    expect(unknownAppProblem('x')).toMatchObject({ pointer: '/appId', value: 'x' }));
});

describe('the last use of a key', () => {
  it('is due at once, and then not for a minute', () => {
    const lastUse = new LastUse();
    const asked = [0, 1, 59_999, 60_000, 60_001].map((ms) => lastUse.isDue('k', ms));
    expect(asked).toEqual([true, false, false, true, false]);
    expect(lastUse.isDue('other', 1)).toBe(true);
  });

  it('is remembered for a limited number of keys', () => {
    const lastUse = new LastUse();
    for (let n = 0; n <= 10_000; n++) lastUse.isDue(`k${n}`, 0);
    expect([lastUse.isDue('k10000', 1), lastUse.isDue('k0', 1)]).toEqual([false, true]);
  });
});
