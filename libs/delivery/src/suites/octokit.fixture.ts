import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createRequire } from 'node:module';

/** Every example payload of `@octokit/webhooks-examples`, as GitHub.com and GitHub Enterprise send them. */
export function octokitPayloads(): Buffer[] {
  const folder = dirname(createRequire(import.meta.url).resolve('@octokit/webhooks-examples/package.json'));
  return globSync('*/index.json', { cwd: folder }).flatMap((file) => {
    const events = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as { examples: unknown[] }[];
    return events.flatMap(({ examples }) => examples.map((example) => Buffer.from(JSON.stringify(example))));
  });
}
