import { ClientUsageError } from './api.error.js';

/** Values of a query; undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Without slashes at its end. @throws ClientUsageError when it is no http URL */
export function baseUrl(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new ClientUsageError(`not an http URL: ${url}`);
  return url.replace(/\/+$/, '');
}

/** @throws ClientUsageError when a part of the path would lead elsewhere */
export function requestUrl(base: string, path: readonly string[], query: Query = {}): string {
  const url = new URL(`${base}/${path.map(segment).join('/')}`);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, String(value));
  return url.href;
}

/** The parts of a path such as `/api/v1/deliveries/{id}`, its names replaced by `values` in their order. */
export function pathParts(template: string, values: readonly string[]): string[] {
  let used = 0;
  return template
    .slice(1)
    .split('/')
    .map((part) => (part.startsWith('{') ? (values[used++] ?? '') : part));
}

function segment(text: string): string {
  // In a URL `..` leads one level up, escaped or not.
  if (text === '' || text === '.' || text === '..')
    throw new ClientUsageError(`not an id or a name: "${text}"`);
  return encodeURIComponent(text);
}
