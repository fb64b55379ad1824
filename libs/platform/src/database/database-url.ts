export interface DatabaseHost {
  host: string;
  port: number;
}

/**
 * Which server a connection may stay on:
 * - `any`: the first one that lets it in;
 * - `primary`: one that is no standby;
 * - `read-write`: one that takes writes.
 */
export type SessionAttrs = 'any' | 'primary' | 'read-write';

const SESSION_ATTRS: readonly string[] = ['any', 'primary', 'read-write'] satisfies SessionAttrs[];
const ATTRS_PARAMETER = 'target_session_attrs';
const DEFAULT_PORT = 5432;

/** A URL of PostgreSQL with its parts; the parts of libpq's form with several hosts, too. */
export interface DatabaseUrl {
  /** One or more, in the order in which they are tried. */
  hosts: DatabaseHost[];
  attrs: SessionAttrs;
  /** A URL with the first host alone, which every parser of URLs reads. */
  first: string;
  user: string;
  password: string;
  database: string;
}

/**
 * Reads `postgresql://user:password@host:port,host:port/database?target_session_attrs=read-write`. With more than one
 * host `read-write` is the default, with one host `any`.
 * @returns null when it is no such URL
 */
export function readDatabaseUrl(text: string): DatabaseUrl | null {
  const [, start, list = '', end = ''] = /^([a-z]+:\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/s.exec(text) ?? [];
  if (start === undefined) return null;
  const urls = list.split(',').map((host) => URL.parse(`${start}${host}${end}`));
  const [first] = urls;
  if (!first) return null;
  const isSingle = urls.length === 1;
  const hosts: DatabaseHost[] = [];
  for (const url of urls) {
    if (url === null || (url.hostname === '' && !isSingle)) return null;
    hosts.push({ host: hostOf(url), port: Number(url.port || DEFAULT_PORT) });
  }
  const attrs = first.searchParams.get(ATTRS_PARAMETER) ?? (isSingle ? 'any' : 'read-write');
  if (!SESSION_ATTRS.includes(attrs)) return null;
  return {
    hosts,
    attrs: attrs as SessionAttrs,
    first: `${start}${list.split(',', 1)[0]}${withoutAttrs(end)}`,
    user: decodeURIComponent(first.username),
    password: decodeURIComponent(first.password),
    database: decodeURIComponent(first.pathname.slice(1)),
  };
}

/** The same URL, for the first host that lets a connection in, unless it says otherwise itself. */
export function anyHostOf(text: string): string {
  if (text.includes(`${ATTRS_PARAMETER}=`)) return text;
  return `${text}${text.includes('?') ? '&' : '?'}${ATTRS_PARAMETER}=any`;
}

/** `host:port,host:port`, for people: without user and password. */
export function addressesOf({ hosts }: Pick<DatabaseUrl, 'hosts'>): string {
  return hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
}

function hostOf({ hostname }: URL): string {
  if (hostname === '') return 'localhost';
  return decodeURIComponent(hostname.replace(/^\[(.+)\]$/, '$1'));
}

/** Other parameters stay as they were written: pg reads them itself. */
function withoutAttrs(end: string): string {
  const [path = '', query] = end.split('?', 2);
  if (query === undefined) return end;
  const kept = query.split('&').filter((each) => !each.startsWith(`${ATTRS_PARAMETER}=`));
  return kept.length > 0 ? `${path}?${kept.join('&')}` : path;
}
