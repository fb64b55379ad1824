import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forwardPath } from './forward-path.js';

const path = (base: string, rest: string, query = ''): string => {
  const made = forwardPath(base, rest, query);
  return made.ok ? made.path : `refused: ${made.message}`;
};

describe('the path of a forwarded request', () => {
  it.each([
    ['the target’s, if there is no rest', '/hooks', '', '', '/hooks'],
    ['the target’s with its slash, if there is no rest', '/hooks/', '', '', '/hooks/'],
    ['the rest below the target’s', '/hooks', '/a/b', '', '/hooks/a/b'],
    ['joined with one slash', '/hooks/', '/a', '', '/hooks/a'],
    ['the rest alone below the root', '/', '/a', '', '/a'],
    ['with a slash at its end, if the rest is one', '/hooks', '/', '', '/hooks/'],
    ['with both queries, the target’s first', '/h?x=1&y=2', '/a', 'x=3', '/h/a?x=1&y=2&x=3'],
    ['with the query of the request', '/h', '', 'a=%20&b', '/h?a=%20&b'],
    ['with the query of the target', '/h?x=1', '/a', '', '/h/a?x=1'],
    ['as it was encoded', '/h', '/a%2Fb%C3%BC+c', 'q=%2e%2E/../', '/h/a%2Fb%C3%BC+c?q=%2e%2E/../'],
    [
      'with bytes encoded that no request line may have',
      '/h',
      '/\u00fc\u00ff',
      '\u00e9=\x7f',
      '/h/%FC%FF?%E9=%7F',
    ],
    ['with an encoded number sign', '/h', '/a#b', 'c#d', '/h/a%23b?c%23d'],
    ['with empty segments within', '/h', '//a//b', '', '/h//a//b'],
    ['with dots that are part of a name', '/h', '/..a/b../.c/...', '', '/h/..a/b../.c/...'],
    ['with a rest that looks like a URL', '/h', '/http://evil.example/x', '', '/h/http://evil.example/x'],
    ['with a slash before a rest that has none', '/h', '#a', '', '/h/%23a'],
    ['with characters beyond latin-1 as UTF-8', '/h', '/\u20ac', '', '/h/%E2%82%AC'],
  ])('is %s', (_, base, rest, query, expected) => expect(path(base, rest, query)).toBe(expected));

  it.each([
    '/..',
    '/../x',
    '/a/../../x',
    '/.',
    '/a/./b',
    '/%2e%2e/x',
    '/%2E./x',
    '/.%2e',
    '/%252e%252e/x',
    '/..%2fx',
    '/..%5cx',
    '/a\\..\\x',
    '/..\\x',
    '/..;a=b/x',
    '/%2e%2e%3bx/y',
    '/..%00/x',
    '/.%09./x',
    '/%c0%ae%c0%ae/x',
    '/%25252525252e%25252525252e',
  ])('is refused where it could leave the target’s: %s', (rest) =>
    expect(path('/hooks', rest)).toMatch(/^refused: the path /),
  );

  it.each(['//evil.example/x', '/%2fevil.example', '/\\evil.example', '/%5Cevil.example'])(
    'is refused where it could name another host below the root: %s',
    (rest) => {
      expect(path('/', rest)).toMatch(/^refused: the path begins with two slashes/);
      expect(path('/?a=1', rest)).toMatch(/^refused/);
    },
  );

  const piece = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        '..',
        '.',
        '/',
        '\\',
        '%2e',
        '%2E',
        '%2f',
        '%5c',
        '%25',
        '2e',
        ';',
        '%00',
        '%c0%ae',
      ),
    },
    fc.constantFrom('a', 'http:', '//', '@', ':', '?', '#', ' ', '\u00fc'),
    fc.string({ unit: 'binary-ascii', maxLength: 3 }),
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  const base = fc.constantFrom('/', '/hooks', '/hooks/', '/a/b?x=1');

  it('never leaves the target’s path, whatever the rest, however often a receiver decodes it', () => {
    fc.assert(
      fc.property(base, text, text, (target, rest, query) => {
        const made = forwardPath(target, `/${rest}`, query);
        if (!made.ok) return;
        const parent = target.split('?')[0]!.replace(/\/$/, '');
        // A receiver takes the query off before it decodes the path.
        let read = made.path.split('?')[0]!;
        for (let times = 0; times < 4; times++) {
          const url = new URL(`http://target.example:8080${read}`);
          expect(url.host).toBe('target.example:8080');
          expect(`${url.pathname}/`.startsWith(`${parent}/`)).toBe(true);
          // A receiver that reads the path as a reference to another URL.
          expect(new URL(read, 'http://target.example:8080').host).toBe('target.example:8080');
          read = read.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
            String.fromCharCode(Number.parseInt(hex, 16)),
          );
          read = read.replaceAll(/[\0-\x20?#]/g, '_');
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('has only bytes that a request line may have, and keeps all others as they came', () => {
    fc.assert(
      fc.property(text, text, (rest, query) => {
        const made = forwardPath('/hooks', `/${rest}`, query);
        if (!made.ok) return;
        expect(made.path).toMatch(/^[!"$-~]+$/);
        const sendable = /^[!"$-~]*$/.test(rest + query);
        if (sendable) expect(made.path).toBe(`/hooks/${rest}${query === '' ? '' : `?${query}`}`);
      }),
      { numRuns: 2000 },
    );
  });
});
