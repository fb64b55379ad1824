export interface RedisAddress {
  host: string;
  port: number;
}

export interface RedisLogin {
  user?: string;
  password?: string;
}

/** TLS with the authorities that Node knows, or with those in a file. */
export interface RedisTls {
  caFile?: string;
}

interface Common {
  /** The setting that an operator corrects. */
  setting: string;
  /** Null: no TLS. */
  tls: RedisTls | null;
}

/** The Redis that holds the queue: one server, the primary that sentinels name, or a cluster. */
export type RedisTarget =
  | (Common & { kind: 'server'; url: string })
  | (Common & {
      kind: 'sentinels';
      sentinels: RedisAddress[];
      /** What the sentinels call their primary. */
      name: string;
      login: RedisLogin;
      sentinelLogin: RedisLogin;
      sentinelTls: RedisTls | null;
    })
  | (Common & { kind: 'cluster'; nodes: RedisAddress[]; login: RedisLogin });

/** @param text `host:port` or `[v6]:port` */
export function redisAddress(text: string): RedisAddress {
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) };
}

/** Where a target is, for people: without user and password. */
export function shownTarget(target: RedisTarget): string {
  if (target.kind === 'server') {
    const { hostname, port } = new URL(target.url);
    return `${hostname || 'localhost'}:${port || 6379}`;
  }
  const addresses = target.kind === 'sentinels' ? target.sentinels : target.nodes;
  return addresses
    .map(({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`))
    .join(', ');
}
