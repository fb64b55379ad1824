import { describe, expect, it } from 'vitest';
import { isScreenRequest, pagePolicy, portalAppOf } from './screen-request.js';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('a request for a screen', () => {
  it.each([
    ['GET', '/', BROWSER, true],
    ['HEAD', '/deliveries/01J?tab=body', BROWSER, true],
    ['GET', '/apps/a.b', BROWSER, true],
    ['GET', '/nonsense', BROWSER, true],
    ['GET', '/', '*/*', false],
    ['GET', '/', undefined, false],
    ['POST', '/', BROWSER, false],
    ['GET', '/api/v1/nonsense', BROWSER, false],
    ['GET', '/API/v1/nonsense', BROWSER, false],
    ['GET', '/assets/gone.js', BROWSER, false],
    ['GET', '/favicon.ico', BROWSER, false],
    ['GET', '/in/key/x', BROWSER, false],
    ['GET', '/docs/x', BROWSER, false],
    ['GET', '/.well-known/x', BROWSER, false],
  ])('%s %s with %s: %s', (method, url, accept, expected) => {
    expect(isScreenRequest(method, url, accept)).toBe(expected);
  });

  it.each([
    ['/portal/shop', 'shop'],
    ['/portal/my%20shop/deliveries?x=1', 'my shop'],
    ['/portal/%zz', null],
    ['/portal/', null],
    ['/apps/portal/shop', null],
  ])('%s belongs to the portal of %s', (url, app) => {
    expect(portalAppOf(url)).toBe(app);
  });

  it('a page is shown in no frame unless its origin is named', () => {
    expect(pagePolicy([])).toMatch(/^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/);
    expect(pagePolicy(['https://a.example', 'https://b.example'])).toMatch(
      /frame-ancestors https:\/\/a\.example https:\/\/b\.example$/,
    );
    expect(pagePolicy([])).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/);
  });
});
