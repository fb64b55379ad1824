import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'apps/cli');
const run = promisify(execFile);
const { buildCli } = (await import(join(root, 'scripts/build-packages.mjs'))) as {
  buildCli: () => Promise<void>;
};

interface Manifest {
  version: string;
  bin: Record<string, string>;
  engines: { node: string };
  dependencies: Record<string, string>;
}
const manifestIn = async (path: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(root, path, 'package.json'), 'utf8')) as Manifest;

describe('@breakwater/cli as a package', () => {
  beforeAll(() => buildCli());

  it('contains what runs and pages about it, nothing else', async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json'], { cwd: folder });
    const packed = JSON.parse(stdout) as { files: { path: string }[] }[] | Record<string, never>;
    const files = Object.values(packed).flatMap(({ files: each }) => each.map(({ path }) => path));
    expect(files).toEqual(
      expect.arrayContaining(['package.json', 'README.md', 'CHANGELOG.md', 'dist/LICENSE', 'dist/main.js']),
    );
    expect(files.filter((file) => /src\/|spec|\.map$/.test(file))).toEqual([]);
    expect(await readFile(join(folder, 'CHANGELOG.md'), 'utf8')).toContain(
      `## ${(await manifestIn('apps/cli')).version}`,
    );
  });

  it('asks for the versions that are tested here, and for the Node that they need', async () => {
    const [own, all] = await Promise.all([manifestIn('apps/cli'), manifestIn('.')]);
    for (const [name, version] of Object.entries(own.dependencies)) {
      expect({ [name]: all.dependencies[name] }).toEqual({ [name]: version });
      const needed = (await manifestIn(`node_modules/${name}`)).engines.node.replace('>=', '');
      const given = own.engines.node.replace('>=', '');
      expect(given.localeCompare(needed, 'en', { numeric: true })).toBeGreaterThanOrEqual(0);
    }
  });

  it('imports only these, and the built-ins of Node', async () => {
    const { dependencies, bin } = await manifestIn('apps/cli');
    const { stdout } = await run('grep', ['-rhoE', `(from|import\\() ?"[^"]+"`, 'dist'], { cwd: folder });
    const imported = [...stdout.matchAll(/"([^"]+)"/g)].map(([, name]) => name!);
    expect(imported).toContain('commander');
    expect(
      imported.filter((name) => !/^(\.|node:)/.test(name) && !Object.hasOwn(dependencies, name)),
    ).toEqual([]);
    expect(bin).toEqual({ breakwater: 'dist/main.js' });
  });

  it('runs: help, version, a signature', async () => {
    const breakwater = async (...args: string[]) =>
      run(process.execPath, [join(folder, 'dist/main.js'), ...args]);
    expect((await breakwater('--version')).stdout.trim()).toBe((await manifestIn('apps/cli')).version);
    expect((await breakwater('--help')).stdout).toContain('listen [options]');
    expect((await breakwater('listen', '--help')).stdout).toContain('--forward-to');
  });
});
