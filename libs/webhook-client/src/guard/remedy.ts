import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Refusal } from './refusal.js';

/** Hosts that are this machine: usually a developer's own webhook. */
const LOOPBACK = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** The refusal with the setting that allows this host and port, if there is one. */
export function withRemedy(refusal: Refusal, host: string, port: number): Refusal {
  if (refusal.rule !== 'name' && refusal.rule !== 'address' && refusal.rule !== 'port') return refusal;
  if (refusal.isFinal || port === 0) return refusal;
  const name = isIPv6(host) ? ipaddr.parse(host).toString() : host;
  const entry = `OUTBOUND_ALLOW=${isIPv6(host) ? `[${name}]` : name}:${port}`;
  const start =
    LOOPBACK.test(name) && refusal.rule !== 'port'
      ? `, or for development start with \`npm start -- --allow-localhost\``
      : '';
  return { ...refusal, message: `${refusal.message}; to open it, set ${entry}${start}` };
}
