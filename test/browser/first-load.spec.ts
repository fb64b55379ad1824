import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { requireDashboard, root } from '@breakwater/testing/build.js';

const DIST = join(root, 'apps/dashboard/dist');
const LIMIT = 300_000;

interface Part {
  file: string;
  /** Loaded with it. */
  imports?: string[];
  /** Loaded when they are needed. */
  dynamicImports?: string[];
  css?: string[];
}

/** What a browser loads, from the list that Vite writes of the files it made. */
describe('the first load of the dashboard', () => {
  let parts: Record<string, Part>;
  let first: string[];

  beforeAll(() => {
    requireDashboard();
    parts = JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8')) as Record<string, Part>;
    first = loadedWith(['index.html', nameOf('overview/overview')]);
  });

  /** The name of a part by the end of its path, without the ending. */
  function nameOf(path: string): string {
    const found = Object.keys(parts).find((name) => name.replace(/\.tsx?$/, '').endsWith(path));
    if (!found) throw new Error(`Vite made no part of ${path}`);
    return found;
  }
  function loadedWith(names: readonly string[], known = new Set<string>()): string[] {
    for (const name of names) {
      if (known.has(name)) continue;
      known.add(name);
      loadedWith(parts[name]!.imports ?? [], known);
    }
    return [...known];
  }
  const filesOf = (names: readonly string[]): string[] => [
    ...new Set(names.flatMap((name) => [parts[name]!.file, ...(parts[name]!.css ?? [])])),
  ];
  const gzippedOf = (file: string): number => statSync(join(DIST, `${file}.gz`)).size;

  it('is at most 300 kB with gzip, the overview included', () => {
    const page = readFileSync(join(DIST, 'index.html'), 'utf8');
    const named = [...page.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)].map(([, file]) => file!);
    const files = [...new Set(['index.html', ...named, ...filesOf(first)])];
    const bytes = files.reduce((sum, file) => sum + gzippedOf(file), 0);
    expect(bytes, files.map((file) => `${file} ${gzippedOf(file)}`).join('\n')).toBeLessThanOrEqual(LIMIT);
    // A page without its program would also be small.
    expect(bytes).toBeGreaterThan(LIMIT / 4);
  });

  it.each(['show/chart/drawing', 'manifest/editor'])(
    'has no %s, which is loaded where it is drawn',
    (path) => {
      const name = nameOf(path);
      const own = filesOf([name]);
      const eager = filesOf(first);
      expect(own.filter((file) => eager.includes(file))).toEqual([]);
      const all = filesOf(loadedWith([name])).filter((file) => !eager.includes(file));
      expect(all.reduce((sum, file) => sum + gzippedOf(file), 0)).toBeGreaterThan(50_000);
    },
  );
});
