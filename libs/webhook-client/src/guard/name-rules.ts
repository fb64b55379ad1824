import type { Refusal } from './refusal.js';

/** Names of services that return instance credentials; metadata.goog looks public. */
const METADATA_NAMES = new Set([
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'metadata.azure.com',
  'metadata.tencentyun.com',
  'metadata.packet.net',
  'metadata.platformequinix.com',
  'instance-data.ec2.internal',
]);

/** Last labels that never belong to a public host (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`, common use). */
const PRIVATE_SUFFIXES = [
  'localhost',
  'localdomain',
  'local',
  'internal',
  'intranet',
  'private',
  'corp',
  'home',
  'lan',
  'home.arpa',
  'onion',
];

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/**
 * Judges a host name in the spelling of WHATWG URL (lower case, punycode). Its addresses are judged separately, when
 * they are known.
 */
export function refuseName(name: string): Refusal | null {
  if (name.endsWith('.')) return wrongName('a host name may not end with a dot');
  const labels = name.split('.');
  if (name.length > 253 || !labels.every((label) => LABEL.test(label))) {
    return wrongName('the host name is not valid');
  }
  if (METADATA_NAMES.has(name)) return { rule: 'metadata', message: 'metadata services are not reachable' };
  if (labels.length < 2 || PRIVATE_SUFFIXES.some((suffix) => name.endsWith(`.${suffix}`))) {
    return { rule: 'name', message: 'the host name is not public' };
  }
  return null;
}

function wrongName(message: string): Refusal {
  return { rule: 'name', message, isFinal: true };
}
