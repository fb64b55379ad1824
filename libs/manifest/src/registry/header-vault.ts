import { isPart, type Part } from '../grammar/inspect.js';

export type HeaderChange = (value: string, capability: string, header: string) => string;

/** A copy of a manifest document with every custom header's value replaced. */
export function withHeaderValues(document: unknown, change: HeaderChange): Part {
  const manifest = document as Part;
  const webhooks = mapValues(manifest.webhooks as Part, (webhook, capability) => {
    if (!isPart(webhook) || !isPart(webhook.headers)) return webhook;
    return {
      ...webhook,
      headers: mapValues(webhook.headers, (value, header) => change(value as string, capability, header)),
    };
  });
  return { ...manifest, webhooks };
}

/** Shown instead of a header's value. */
export const MASKED_HEADER = '***';

function mapValues(part: Part, change: (value: unknown, key: string) => unknown): Part {
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, change(value, key)]));
}
