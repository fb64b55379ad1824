import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { refuseAddress } from './address-rules.js';
import { canonicalAddress, coversAddress, namesHost, namesHostAndPort } from './allow-list.js';
import type { AllowList } from './allow-list.js';
import { refuseName } from './name-rules.js';
import { isRefusedPort } from './port-rules.js';
import { withRemedy } from './remedy.js';
import type { Refusal, UrlRule } from './refusal.js';

/** Longest URL accepted, in UTF-16 units. */
export const URL_MAX_LENGTH = 2048;

export interface OutboundPolicy {
  allow: AllowList;
  /** Whether plain http is allowed for every host, not only for those in OUTBOUND_ALLOW. */
  allowHttp: boolean;
}

/** A URL that may be called, judged without DNS. */
export interface Target {
  origin: string;
  /** Path and query, ready for the request line. */
  path: string;
  /** Without brackets; canonical when it is an address. */
  host: string;
  port: number;
  /** False for a literal address. */
  needsDns: boolean;
}

export type Vetted = { ok: true; target: Target } | ({ ok: false } & Refusal);

/**
 * The SSRF guard's judgement of a URL's text. Addresses of names must be judged separately, see `refuseAnswers`. Every
 * refusal except `length` and `malformed` is about safety, not about form.
 */
export function vetUrl(raw: string, policy: OutboundPolicy): Vetted {
  const url = readUrl(raw);
  if ('rule' in url) return { ok: false, ...url };
  const host = canonicalHost(url.hostname);
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const refusal = refuseTarget(url.protocol, host, port, policy);
  if (refusal) {
    const { rule, message, bounds } = withRemedy(refusal, host, port);
    return { ok: false, rule, message, ...(bounds === undefined ? {} : { bounds }) };
  }
  const path = url.pathname + url.search;
  return { ok: true, target: { origin: url.origin, path, host, port, needsDns: isIP(host) === 0 } };
}

/**
 * Judges all DNS answers for a name: one bad answer refuses the name. A name in OUTBOUND_ALLOW may have any address
 * except that of a metadata service.
 */
export function refuseAnswers(
  host: string,
  port: number,
  addresses: readonly string[],
  allow: AllowList,
): Refusal | null {
  const named = namesHost(allow, host, port);
  for (const address of addresses) {
    const refusal = refuseAddress(address, port, allow);
    if (refusal && !(named && refusal.rule === 'address')) {
      const message = `${host} resolves to a refused address: ${refusal.message}`;
      return withRemedy({ rule: refusal.rule, message }, host, port);
    }
  }
  return null;
}

function readUrl(raw: unknown): URL | Refusal {
  if (typeof raw !== 'string') return refuse('malformed', 'the URL is not a string');
  if (raw.length > URL_MAX_LENGTH) {
    return {
      ...refuse('length', `the URL is longer than ${URL_MAX_LENGTH}`),
      bounds: { max: URL_MAX_LENGTH },
    };
  }
  // WHATWG URL drops or rewrites these silently; the called URL must be the one that a person reads.
  if (/[\p{Cc}\p{Cf}\p{Z}\p{Cs}\\]/u.test(raw)) {
    return refuse('characters', 'the URL holds a space, control character or backslash');
  }
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(raw)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'https' && scheme !== 'http') {
    return { ...refuse('scheme', `the scheme ${scheme.slice(0, 20)} is not supported`), bounds: ['https'] };
  }
  const authority = /^https?:\/\/([^/?#]+)/i.exec(raw)?.[1];
  if (authority === undefined) return refuse('malformed', 'the URL is not absolute');
  if (authority.includes('@')) return refuse('userinfo', 'the URL may not hold a user name or password');
  if (raw.includes('#')) return refuse('fragment', 'the URL may not hold a fragment');
  return URL.parse(raw) ?? refuse('malformed', 'the URL is not valid');
}

function refuseTarget(protocol: string, host: string, port: number, policy: OutboundPolicy): Refusal | null {
  const { allow } = policy;
  const literal = isIP(host) !== 0;
  const named = namesHost(allow, host, port);
  const refusal = literal ? refuseAddress(host, port, allow) : named ? null : refuseName(host);
  if (refusal) return refusal;
  const allowed = named || (literal && coversAddress(allow, ipaddr.parse(host)));
  if (protocol === 'http:' && !policy.allowHttp && !allowed) {
    return {
      ...refuse('scheme', 'only https is allowed; plain http needs OUTBOUND_ALLOW_HTTP=true'),
      bounds: ['https'],
    };
  }
  if (isRefusedPort(port) && !namesHostAndPort(allow, host, port)) {
    return refuse('port', `port ${port} is not allowed`);
  }
  return null;
}

function canonicalHost(hostname: string): string {
  if (!hostname.startsWith('[')) return hostname;
  return canonicalAddress(hostname.slice(1, -1)) ?? hostname;
}

function refuse(rule: UrlRule, message: string): Refusal {
  return { rule, message };
}
