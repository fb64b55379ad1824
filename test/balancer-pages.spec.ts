import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

it.each([
  ['docs/operations/nginx.md', 'deploy/nginx/breakwater.conf'],
  ['docs/operations/haproxy.md', 'deploy/haproxy/breakwater.cfg'],
])('%s shows %s, which the tests run', (page, file) =>
  expect(read(page)).toContain(`\n${read(file)}\`\`\`\n`),
);
