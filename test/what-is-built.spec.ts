import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { requireBuild, root } from '@breakwater/testing/build.js';
import { isTestFile } from '../scripts/test-files.mjs';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const sources = globSync('{apps,libs,examples,bench}/**/*.{ts,tsx}', { cwd: root })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => !path.includes('/node_modules/'));
const tests = sources.filter(isTestFile);

describe('what only tests use', () => {
  beforeAll(requireBuild);

  it('is found', () => {
    expect(tests.length).toBeGreaterThan(100);
    expect(tests).toContain('libs/testing/src/database.ts');
  });

  it('is not in dist', () => {
    const compiled = (path: string): string => `dist/${path.replace(/\.tsx?$/, '.js')}`;
    expect(existsSync(join(root, compiled('libs/platform/src/index.ts')))).toBe(true);
    expect(tests.filter((path) => existsSync(join(root, compiled(path))))).toEqual([]);
    expect(globSync('dist/{test,libs/testing}', { cwd: root })).toEqual([]);
  });

  it('is imported by no file in dist', () => {
    const importing = globSync('dist/**/*.js', { cwd: root }).filter((path) =>
      /['"](@breakwater\/testing|[./]+\/testing\/src)\//.test(read(path)),
    );
    expect(importing).toEqual([]);
  });

  it('is not in the image, which copies Node and the files of production', () => {
    const last = read('deploy/Dockerfile')
      .split(/^FROM /m)
      .at(-1)!;
    const copied = [...last.matchAll(/^(?:COPY|ADD) --from=build (.*) \S+$/gm)].map(([, from]) => from);
    expect(copied).toEqual(['/usr/local/bin/node /usr/local/LICENSE', '/out']);
    expect(last.match(/^(?:COPY|ADD) /gm)).toHaveLength(copied.length);
    // /out is made by scripts/production-tree.mjs: test/e2e/production-tree.spec.ts.
    expect(read('deploy/Dockerfile')).toContain('node scripts/production-tree.mjs /out');
  });
});

describe('@breakwater/testing', () => {
  it('is imported only by specs, suites, fixtures and test/', () => {
    const others = [...sources, ...globSync('{scripts,bin}/**/*.{mjs,js,ts}', { cwd: root })].filter(
      (path) => !isTestFile(path) && /['"]@breakwater\/testing\b/.test(read(path)),
    );
    expect(others).toEqual([]);
  });
});
