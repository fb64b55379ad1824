import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isTestFile } from '../../../scripts/test-files.mjs';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Where processes of tests keep the code that Node compiled; it is checked against the sources at each start. */
export const COMPILED = join(root, 'node_modules/.cache/compiled');
const BUILT = ['api', 'worker', 'standalone'].map((role) => `dist/apps/${role}/src/main.js`);

/** What Vite builds, from the folders before. */
const PAGE = 'apps/dashboard/dist/index.html';
const PAGE_SOURCES = ['apps/dashboard/src', 'libs/client'];

/** Processes are tested as they are shipped. @throws Error when the build is older than the sources */
export function requireBuild(): void {
  refuseOlder(
    BUILT,
    ['apps', 'libs', 'examples'].flatMap(sourcesIn).filter((file) => !file.startsWith('apps/dashboard/')),
    'npm run build',
  );
}

/** The same for the pages in a browser. @throws Error when they are older than their sources */
export function requireDashboard(): void {
  refuseOlder([PAGE], PAGE_SOURCES.flatMap(sourcesIn), 'npm run build:dashboard');
}

function refuseOlder(built: readonly string[], sources: readonly string[], command: string): void {
  const missing = built.find((file) => !existsSync(join(root, file)));
  if (missing) throw new Error(`${missing} is missing: run \`${command}\` first (\`npm test\` does)`);
  const builtMs = Math.min(...built.map((file) => statSync(join(root, file)).mtimeMs));
  const newer = sources.find((file) => statSync(join(root, file)).mtimeMs > builtMs);
  if (newer)
    throw new Error(`the build is older than ${newer}: run \`${command}\` first (\`npm test\` does)`);
}

function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() ? sourcesIn(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
    )
    .filter((file) => /\.(tsx?|json)$/.test(file) && !isTestFile(file) && !file.includes('/dist/'));
}
