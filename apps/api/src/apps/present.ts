import { JsonText } from '@breakwater/json';
import type { ManifestVersionView } from '@breakwater/manifest';

type Part = Record<string, unknown>;

/** A version with the values of its fallbacks in the spelling that was registered. */
export function presentVersion({ document, staticValues, ...version }: ManifestVersionView): object {
  const webhooks = Object.entries((document as { webhooks: Part }).webhooks).map(([capability, webhook]) => {
    const text = staticValues[capability];
    const { fallback } = webhook as { fallback?: Part };
    if (text === undefined || fallback === undefined) return [capability, webhook] as const;
    const spelt = { ...(webhook as Part), fallback: { ...fallback, value: new JsonText(text) } };
    return [capability, spelt] as const;
  });
  return { ...version, document: { ...document, webhooks: Object.fromEntries(webhooks) } };
}
