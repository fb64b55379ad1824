import { isAllowEntry, isResolverAddress } from '../addresses.js';
import { flag, integer, list, url } from '../kinds.js';
import { Setting } from '../setting.js';

export class OutboundConfig {
  static readonly title = 'Outbound calls';

  @Setting(
    'OUTBOUND_ALLOW',
    list(isAllowEntry, 'host, host:port or CIDR'),
    'Private targets that may be called, e.g. `127.0.0.1:7001,10.0.0.0/8,app.local:3000`.',
  )
  readonly allow: readonly string[] = [];

  @Setting('OUTBOUND_ALLOW_HTTP', flag, 'Allows webhooks to use plain http.')
  readonly allowHttp: boolean = false;

  @Setting(
    'OUTBOUND_DNS_SERVERS',
    list(isResolverAddress, 'ip, ip:port or [v6]:port'),
    'Resolvers to use instead of the system’s.',
  )
  readonly dnsServers: readonly string[] = [];

  @Setting(
    'OUTBOUND_PROXY',
    url('http'),
    'Forward proxy for all calls to webhooks. It is asked for a tunnel to an address that was checked before.',
    { secret: 'password' },
  )
  readonly proxy?: string;

  @Setting('OUTBOUND_MAX_CONNECTIONS_PER_ORIGIN', integer(1, 10_000), 'Sockets per origin and process.')
  readonly maxConnectionsPerOrigin: number = 256;

  @Setting('OUTBOUND_MAX_ORIGINS', integer(1, 1_000_000), 'Origins whose pools are kept per process.')
  readonly maxOrigins: number = 10_000;

  @Setting(
    'LEGACY_SIGNATURE_HEADERS',
    flag,
    'Adds `X-Platform-Signature` or `X-Webhook-Signature`, the hex HMAC of the body keyed with the secret’s text.',
  )
  readonly legacySignatureHeaders: boolean = true;
}
