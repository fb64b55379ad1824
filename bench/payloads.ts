import { createRequire } from 'node:module';

/** The bodies that are sent, by name: 1 KiB of JSON, and GitHub's payload of a push. */
export const PAYLOADS = {
  '1 KiB': JSON.stringify({ event: 'order.created', sentAt: 0, text: 'x'.repeat(975) }),
  push: pushPayload(),
} as const;
export type PayloadName = keyof typeof PAYLOADS;

function pushPayload(): string {
  const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as {
    name: string;
    examples: object[];
  }[];
  return JSON.stringify(examples.find(({ name }) => name === 'push')!.examples[0]);
}
