import type { From, Scheme } from '../verification/scheme.js';
import { PRESETS } from './index.js';

let owners: ReadonlyMap<string, readonly string[]> | undefined;

/** Names of the presets whose signatures or secrets stand in this header; none for a header that others use, too. */
export function presetsOf(header: string): readonly string[] {
  owners ??= ownersOfHeaders();
  return owners.get(header.toLowerCase()) ?? [];
}

/** Headers that say nothing about the sender. */
const COMMON = ['authorization'];

function ownersOfHeaders(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { name, scheme } of PRESETS.values()) {
    for (const header of signatureHeaders(scheme)) {
      if (COMMON.includes(header)) continue;
      found.set(header, [...(found.get(header) ?? []), name]);
    }
  }
  return found;
}

/** Lower-case names of the headers where the signature, token or secret may stand. */
export function signatureHeaders(scheme: Scheme): string[] {
  const from = signatureOf(scheme);
  if (!('header' in from)) return [];
  return (typeof from.header === 'string' ? [from.header] : from.header).map((name) => name.toLowerCase());
}

function signatureOf(scheme: Scheme): From {
  if (scheme.kind === 'shared') return scheme.value;
  return scheme.kind === 'jwt' ? scheme.token : scheme.signature;
}
