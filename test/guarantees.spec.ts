import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '@breakwater/testing/build.js';

const page = readFileSync(join(root, 'docs/reference/guarantees.md'), 'utf8');
const tables = page.slice(page.indexOf('## Always'), page.indexOf('## Not promised'));
const lines = tables
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (#|After|-)/.test(line))
  .map((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    const [, file, title] = /^`([^`]+)` › (.+)$/.exec(cells.at(-2)!) ?? [];
    return { promise: cells.at(-3)!, file, title };
  });

describe('docs/reference/guarantees.md', () => {
  it('promises something', () => expect(lines.length).toBeGreaterThan(20));

  it.each(lines)('names a test of: $promise', ({ file, title }) => {
    expect(file, 'a line without a test').toBeDefined();
    const spec = readFileSync(join(root, file!), 'utf8');
    expect(spec.replaceAll(/\$\{\w+\}/g, ''), `"${title}" in ${file}`).toContain(title!);
  });
});
