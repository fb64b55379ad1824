/** First parts of paths that no screen has: what is not found there is a problem for a program, never a page. */
const NO_SCREEN = new Set([
  'api',
  'assets',
  'docs',
  'healthz',
  'in',
  'metrics',
  'openapi.json',
  'openapi.yaml',
  'readyz',
  'ws',
  '.well-known',
]);

/**
 * Whether a browser asks for a screen of the dashboard: the same page for all of them, which knows its screens.
 * @param url path, with or without a query
 */
export function isScreenRequest(method: string, url: string, accept: string | undefined): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  if (!accept?.includes('text/html')) return false;
  const [path = ''] = url.split(/[?#]/, 1);
  const [, first = ''] = path.split('/');
  return !NO_SCREEN.has(first.toLowerCase()) && !/\.\w+$/.test(first);
}

/** The app whose portal a path belongs to; null for all other screens. */
export function portalAppOf(url: string): string | null {
  const found = /^\/portal\/([^/?#]+)/.exec(url)?.[1];
  if (found === undefined) return null;
  try {
    return decodeURIComponent(found);
  } catch {
    return null;
  }
}

/**
 * The policy of the dashboard's page: everything from this server, nothing inline but styles (Mantine and CodeMirror
 * make them), and no frame around it but those that are named.
 * @param frames origins that may show the page in a frame
 */
export function pagePolicy(frames: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    `frame-ancestors ${frames.length === 0 ? "'none'" : frames.join(' ')}`,
  ].join('; ');
}
