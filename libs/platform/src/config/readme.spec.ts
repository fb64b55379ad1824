import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { configTable, envExample, readmeWithConfig } from './index.js';

const root = new URL('../../../../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, root), 'utf8');

describe('the documents about settings (renew them with npm run docs:config)', () => {
  it('README.md has the table of today’s settings', async () => {
    const readme = read('README.md');
    const options = await resolveConfig(fileURLToPath(new URL('README.md', root)));
    expect(readme).toBe(await format(readmeWithConfig(readme), { ...options, parser: 'markdown' }));
  });

  it('.env.example lists today’s settings', () => {
    expect(read('.env.example')).toBe(envExample());
  });
});

describe('readmeWithConfig', () => {
  it('replaces what is between the markers and nothing else', () => {
    const made = readmeWithConfig('before\n<!-- config:start -->\nold\n<!-- config:end -->\nafter\n');
    expect(made).toBe(`before\n<!-- config:start -->\n\n${configTable()}\n<!-- config:end -->\nafter\n`);
  });

  it.each(['no markers', '<!-- config:end --> <!-- config:start -->'])('refuses %j', (readme) => {
    expect(() => readmeWithConfig(readme)).toThrow('lacks');
  });
});
