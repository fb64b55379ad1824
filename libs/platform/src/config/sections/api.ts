import { isProxyEntry } from '../../client-address/trusted-proxies.js';
import { flag, integer, list, word, url } from '../kinds.js';
import { Setting } from '../setting.js';

export class ApiConfig {
  static readonly title = 'API';

  @Setting('API_HOST', word(/^[^\s/]+$/, 'a host name or an address'), 'Address the API listens on.')
  readonly host: string = '127.0.0.1';

  @Setting('API_PORT', integer(0, 65_535), 'Port the API listens on; 0 chooses a free one.')
  readonly port: number = 3000;

  @Setting(
    'PUBLIC_BASE_URL',
    url('http', 'https'),
    'Where users and providers reach the API: in links of mails and in the addresses of sources.',
    {
      defaultText: 'http://localhost:<API_PORT>',
    },
  )
  readonly publicBaseUrl: string = '';

  @Setting(
    'API_TRUSTED_PROXIES',
    list(
      isProxyEntry,
      'addresses and CIDRs narrower than /0, loopback (127.0.0.0/8, ::1) or private (RFC 1918, fc00::/7)',
    ),
    'Addresses and CIDRs of balancers in front of the API, also `loopback` and `private`: from these, the address of a client is taken from `X-Forwarded-For`.',
  )
  readonly trustedProxies: readonly string[] = [];

  @Setting(
    'API_RATE_LIMIT_PER_MINUTE',
    integer(0, 100_000_000),
    'Requests an API key may send, over all processes; 0 means no limit.',
  )
  readonly rateLimitPerMinute: number = 60_000;

  @Setting(
    'API_AUTH_FAILURES_PER_MINUTE',
    integer(0, 100_000_000),
    'Requests without a valid key that an address may send; 0 means no limit.',
  )
  readonly authFailuresPerMinute: number = 100;

  @Setting(
    'API_SIGN_IN_FAILURES_PER_MINUTE',
    integer(0, 100_000_000),
    'Sign-ins with a wrong key, from all addresses together; the limit of an address counts, too. 0 means no limit.',
  )
  readonly signInFailuresPerMinute: number = 300;

  @Setting(
    'LISTENERS_ANSWER_CALLS',
    flag,
    'Whether developers who listen (breakwater listen) may answer the sync calls of their app; if not, they get copies of events only.',
  )
  readonly listenersAnswerCalls: boolean = true;
}
