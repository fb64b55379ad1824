import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { cataloguePage } from './catalogue-page.js';
import { ERROR_CATALOGUE } from './catalogue.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const page = `${root}docs/reference/errors.md`;
const sources = globSync(['apps/**/*.ts', 'libs/**/*.ts'], { cwd: root })
  .filter((path) => !/generated|\.(spec|spec-data|fixture)\.ts$|catalogue/.test(path))
  .map((path) => readFileSync(`${root}${path}`, 'utf8'))
  .join('\n');
const raised = new Set([...sources.matchAll(/readonly code = '([A-Z_]+)'/g)].map(([, code]) => code!));

describe('the error catalogue', () => {
  it('is the page docs/reference/errors.md (update it with npm run docs:errors)', async () => {
    const expected = await format(cataloguePage(ERROR_CATALOGUE), {
      ...(await resolveConfig(page)),
      parser: 'markdown',
    });
    expect(readFileSync(page, 'utf8')).toBe(expected);
  });

  it('finds the codes that the source raises', () => {
    expect(raised.size).toBeGreaterThan(20);
  });

  it.each([...raised])('has a row for %s', (code) => {
    expect(ERROR_CATALOGUE).toHaveProperty(code);
  });

  it.each(Object.keys(ERROR_CATALOGUE))('has no unused row: %s is named somewhere in the source', (code) => {
    expect(sources.includes(`'${code}'`)).toBe(true);
  });

  it.each(Object.entries(ERROR_CATALOGUE))(
    'says for %s what to do, in a sentence',
    (_, { title, remedy, status }) => {
      expect(title).toMatch(/^[A-Z].*[^.]$/);
      expect(remedy).toMatch(/^[A-Z].*\.$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
    },
  );
});
