import { sliceMember, sliceMembers, withoutBlanks } from '@breakwater/json';
import { canonicalJson } from './canonical-digest.js';
import type { Manifest } from './manifest.js';

/** The text of each `fallback.value` of a manifest as it was written, by capability. */
export type StaticValues = Readonly<Record<string, string>>;

const OBJECT = 0x7b;

/**
 * Reads the text of the fallbacks' values from a manifest's text: parsing and printing would change them.
 * @param text a manifest that the grammar accepts
 */
export function staticValuesOf(text: Buffer): StaticValues {
  const webhooks = sliceMember(text, 'webhooks');
  const found: [string, string][] = [];
  for (const [capability, webhook] of webhooks ? sliceMembers(webhooks) : []) {
    const fallback = webhook[0] === OBJECT ? sliceMember(webhook, 'fallback') : null;
    const value = fallback?.[0] === OBJECT ? sliceMember(fallback, 'value') : null;
    if (value) found.push([capability, value.toString('utf8')]);
  }
  return Object.fromEntries(found);
}

/** The manifest with each fallback's value also as text. */
export function withStaticValues(manifest: Manifest, values: StaticValues): Manifest {
  const webhooks = manifest.webhooks.map((webhook) => {
    const text = values[webhook.capability];
    if (webhook.fallback === null || text === undefined) return webhook;
    return { ...webhook, fallback: { ...webhook.fallback, text } };
  });
  return { ...manifest, webhooks };
}

/**
 * What the values contain beyond the parsed document: digits, exponents, the order of keys. White space is ignored,
 * and a value in its canonical spelling is left out.
 */
export function spellings(values: StaticValues): StaticValues {
  const spelt = Object.entries(values).map(([name, text]) => [name, withoutBlanks(text)] as const);
  return Object.fromEntries(spelt.filter(([, text]) => text !== canonicalJson(JSON.parse(text))));
}
