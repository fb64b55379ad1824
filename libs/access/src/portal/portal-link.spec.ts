import { describe, expect, it } from 'vitest';
import { withView } from './portal-capabilities.js';
import { portalActor, portalLinkState } from './portal-link.js';
import { generatePortalToken, isPortalToken, portalPage, portalUrl } from './portal-token.js';

const noon = new Date('2026-05-01T12:00:00Z');
const later = new Date('2026-05-01T13:00:00Z');

describe('a portal link', () => {
  it.each([
    ['active before its end', { expiresAt: later, revokedAt: null }, 'active'],
    ['expired at its end', { expiresAt: noon, revokedAt: null }, 'expired'],
    ['revoked', { expiresAt: later, revokedAt: noon }, 'revoked'],
    ['revoked also after its end', { expiresAt: noon, revokedAt: noon }, 'revoked'],
  ] as const)('is %s', (_, link, expected) => expect(portalLinkState(link, noon)).toBe(expected));

  it('may always view, and has each capability once and in one order', () => {
    expect(withView([])).toEqual(['view']);
    expect(withView(['test', 'redeliver', 'test', 'view'])).toEqual(['view', 'redeliver', 'test']);
  });

  it('is named by its id and note in the audit log', () => {
    expect(portalActor({ id: '7', note: null })).toBe('portal link 7');
    expect(portalActor({ id: '7', note: 'Ann' })).toBe('portal link 7 (Ann)');
  });
});

describe('a portal token', () => {
  const token = generatePortalToken((bytes) => Buffer.alloc(bytes, 7));

  it('has 256 bits and a prefix of its own', () => {
    expect(token).toMatch(/^bwp_[A-Za-z0-9_-]{43}$/);
    expect(isPortalToken(token)).toBe(true);
    expect(isPortalToken(token.replace('bwp_', 'bw_'))).toBe(false);
    expect(isPortalToken(`${token}x`)).toBe(false);
  });

  it('stands behind the # of the link, where no server sees it', () => {
    const url = portalUrl('https://hooks.example/base/', 'a/b', token);
    expect(url).toBe(`https://hooks.example/base/portal/a%2Fb#token=${token}`);
    expect(portalPage('https://hooks.example', 'quiz')).toBe('https://hooks.example/portal/quiz');
  });
});
