import { isHostPort } from '../addresses.js';
import { flag, integer, list, url, word } from '../kinds.js';
import { redisAddress, type RedisLogin, type RedisTarget, type RedisTls } from '../redis-target.js';
import { Setting } from '../setting.js';

const addresses = list(isHostPort, 'addresses with a port, host:port');
const text = word(/^.+$/s, 'a text');

/** Without REDIS_URL, REDIS_HOST, REDIS_SENTINELS and REDIS_CLUSTER the queue is in PostgreSQL. */
export class RedisSettings {
  static readonly title = 'Storage';

  @Setting(
    'REDIS_URL',
    url('redis', 'rediss'),
    'Redis for the queue; without it the queue is in PostgreSQL.',
    {
      secret: 'password',
    },
  )
  readonly url?: string;

  @Setting(
    'REDIS_HOST',
    word(/^[^\s/]+$/, 'a host name or an address'),
    'Host of Redis, if `REDIS_URL` is not set.',
  )
  readonly host?: string;

  @Setting('REDIS_PORT', integer(1, 65_535), 'Port for `REDIS_HOST`.')
  readonly port: number = 6379;

  @Setting(
    'REDIS_SENTINELS',
    addresses,
    'Sentinels, `host:port` each, instead of `REDIS_URL`: the queue is in the primary that they name.',
  )
  readonly sentinels: readonly string[] = [];

  @Setting(
    'REDIS_SENTINEL_NAME',
    word(/^[\w.-]+$/, 'letters, digits, _, . or -'),
    'What the sentinels call that primary.',
  )
  readonly sentinelName: string = 'mymaster';

  @Setting('REDIS_SENTINEL_USER', text, 'User at the sentinels, if they have users.')
  readonly sentinelUser?: string;

  @Setting('REDIS_SENTINEL_PASSWORD', text, 'Password at the sentinels, if they want one.', { secret: true })
  readonly sentinelPassword?: string;

  @Setting('REDIS_SENTINEL_TLS', flag, 'TLS to the sentinels; without it as `REDIS_TLS`.')
  readonly sentinelTls?: boolean;

  @Setting(
    'REDIS_CLUSTER',
    addresses,
    'Some nodes of a cluster of Redis, `host:port` each, instead of `REDIS_URL`; the others are found through them.',
  )
  readonly cluster: readonly string[] = [];

  @Setting(
    'REDIS_USER',
    text,
    'User for `REDIS_HOST`, the servers behind `REDIS_SENTINELS`, or `REDIS_CLUSTER`; that of `REDIS_URL` is in the URL.',
  )
  readonly user?: string;

  @Setting(
    'REDIS_PASSWORD',
    text,
    'Password for `REDIS_HOST`, the servers behind `REDIS_SENTINELS`, or `REDIS_CLUSTER`.',
    {
      secret: true,
    },
  )
  readonly password?: string;

  @Setting(
    'REDIS_TLS',
    flag,
    'TLS to `REDIS_HOST`, `REDIS_SENTINELS` or `REDIS_CLUSTER`; `REDIS_URL` says it by `rediss://`.',
  )
  readonly tls: boolean = false;

  @Setting(
    'REDIS_TLS_CA_FILE',
    text,
    'File with the certificate authority (PEM) of Redis and its sentinels, if Node does not know it.',
  )
  readonly tlsCaFile?: string;

  target(): RedisTarget | null {
    if (this.url !== undefined) {
      const tls = this.url.startsWith('rediss:') ? this.authority() : null;
      return { kind: 'server', setting: 'REDIS_URL', url: this.url, tls };
    }
    const tls = this.tls ? this.authority() : null;
    if (this.sentinels.length > 0) {
      const { sentinelTls = this.tls } = this;
      return {
        kind: 'sentinels',
        setting: 'REDIS_SENTINELS',
        sentinels: this.sentinels.map(redisAddress),
        name: this.sentinelName,
        login: loginOf(this.user, this.password),
        sentinelLogin: loginOf(this.sentinelUser, this.sentinelPassword),
        sentinelTls: sentinelTls ? this.authority() : null,
        tls,
      };
    }
    if (this.cluster.length > 0) {
      return {
        kind: 'cluster',
        setting: 'REDIS_CLUSTER',
        nodes: this.cluster.map(redisAddress),
        login: loginOf(this.user, this.password),
        tls,
      };
    }
    if (this.host === undefined) return null;
    const host = this.host.includes(':') && !this.host.startsWith('[') ? `[${this.host}]` : this.host;
    const user = this.user === undefined ? '' : encodeURIComponent(this.user);
    const login = this.password === undefined ? '' : `${user}:${encodeURIComponent(this.password)}@`;
    const scheme = tls === null ? 'redis' : 'rediss';
    return { kind: 'server', setting: 'REDIS_HOST', url: `${scheme}://${login}${host}:${this.port}`, tls };
  }

  private authority(): RedisTls {
    return this.tlsCaFile === undefined ? {} : { caFile: this.tlsCaFile };
  }
}

function loginOf(user: string | undefined, password: string | undefined): RedisLogin {
  return { ...(user === undefined ? {} : { user }), ...(password === undefined ? {} : { password }) };
}
