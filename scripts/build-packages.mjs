// Builds what is published to npm: `npm run build:packages`, or the names of some as arguments.
import { copyFile, rm } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Folders in libs/, each with a package.json, a README.md, a CHANGELOG.md and a tsconfig.json that builds into dist/. */
export const PACKAGES = ['receiver', 'client'];
const CLI = 'cli';

/** Builds libs/`name` anew; throws with the compiler's report. */
export async function buildPackage(name) {
  const folder = join(root, 'libs', name);
  await rm(join(folder, 'dist'), { recursive: true, force: true });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`libs/${name} does not compile:\n${stdout}`);
  await copyFile(join(root, 'LICENSE'), join(folder, 'dist/LICENSE'));
}

/** Builds apps/cli anew, with the libs that it uses inside; its dependencies stay outside. */
export async function buildCli() {
  const folder = join(root, 'apps/cli');
  await build({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    resolve: { tsconfigPaths: true },
    ssr: { noExternal: [/^@breakwater\//] },
    build: { ssr: 'src/main.ts', outDir: 'dist', emptyOutDir: true, target: 'node22', minify: false },
  });
  await copyFile(join(root, 'LICENSE'), join(folder, 'dist/LICENSE'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const asked = process.argv.slice(2);
  for (const name of asked.length > 0 ? asked : [...PACKAGES, CLI])
    await (name === CLI ? buildCli() : buildPackage(name));
}
