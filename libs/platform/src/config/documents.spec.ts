import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { configTable, envExample, pageWithSettings } from './index.js';

const root = new URL('../../../../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, root), 'utf8');

describe('the documents about settings (update them with npm run docs:config)', () => {
  it('docs/reference/settings.md has the tables of today’s settings', async () => {
    const page = read('docs/reference/settings.md');
    const options = await resolveConfig(fileURLToPath(new URL('docs/reference/settings.md', root)));
    expect(page).toBe(await format(pageWithSettings(page), { ...options, parser: 'markdown' }));
  });

  it('.env.example lists today’s settings', () => {
    expect(read('.env.example')).toBe(envExample());
  });
});

describe('pageWithSettings', () => {
  it('replaces only what is between the markers', () => {
    const made = pageWithSettings('before\n<!-- config:start -->\nold\n<!-- config:end -->\nafter\n');
    expect(made).toBe(`before\n<!-- config:start -->\n\n${configTable()}\n<!-- config:end -->\nafter\n`);
  });

  it.each(['no markers', '<!-- config:end --> <!-- config:start -->'])('refuses %j', (page) => {
    expect(() => pageWithSettings(page)).toThrow('lacks');
  });
});
