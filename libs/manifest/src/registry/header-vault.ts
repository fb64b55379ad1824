import { isPart, type Part } from '../grammar/inspect.js';

/** @param capability of a webhook its capability, of a subscription `subscription:` and its name */
export type HeaderChange = (value: string, capability: string, header: string) => string;

/** A copy of a manifest document with every custom header's value replaced. */
export function withHeaderValues(document: unknown, change: HeaderChange): Part {
  const manifest = document as Part;
  const { subscriptions } = manifest;
  return {
    ...manifest,
    webhooks: mapValues(manifest.webhooks as Part, (webhook, capability) =>
      withHeaders(webhook, (value, header) => change(value, capability, header)),
    ),
    ...(isPart(subscriptions) && {
      subscriptions: mapValues(subscriptions, (subscription, name) =>
        withHeaders(subscription, (value, header) => change(value, `subscription:${name}`, header)),
      ),
    }),
  };
}

function withHeaders(part: unknown, change: (value: string, header: string) => string): unknown {
  if (!isPart(part) || !isPart(part.headers)) return part;
  return { ...part, headers: mapValues(part.headers, (value, header) => change(value as string, header)) };
}

/** Shown instead of a header's value. */
export const MASKED_HEADER = '***';

function mapValues(part: Part, change: (value: unknown, key: string) => unknown): Part {
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, change(value, key)]));
}
