import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createRequire } from 'node:module';

/** An example payload of `@octokit/webhooks-examples`. */
export interface GitHubEvent {
  /** For example `github.issues.opened`; payloads without an action have the event only, for example `github.push`. */
  type: string;
  payload: Record<string, unknown>;
  body: Buffer;
  /** `api.github.com`, or the version of GitHub Enterprise that sends it, for example `ghes-35`. */
  source: string;
}

interface Examples {
  name: string;
  examples: { action?: string; [member: string]: unknown }[];
}

/** Every example payload, as GitHub.com and GitHub Enterprise send them. */
export function gitHubEvents(): GitHubEvent[] {
  const folder = dirname(createRequire(import.meta.url).resolve('@octokit/webhooks-examples/package.json'));
  return globSync('*/index.json', { cwd: folder })
    .toSorted()
    .flatMap((file) => {
      const all = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Examples[];
      return all.flatMap(({ name, examples }) =>
        examples.map((payload) => ({
          type: ['github', name, ...(payload.action === undefined ? [] : [payload.action])].join('.'),
          payload,
          body: Buffer.from(JSON.stringify(payload)),
          source: dirname(file),
        })),
      );
    });
}
