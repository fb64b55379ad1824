import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isTestFile } from '../../../scripts/test-files.mjs';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Where processes of tests keep the code that Node compiled; it is checked against the sources at each start. */
export const COMPILED = join(root, 'node_modules/.cache/compiled');
const BUILT = ['api', 'worker', 'standalone'].map((role) => `dist/apps/${role}/src/main.js`);

/** Processes are tested as they are shipped. @throws Error when the build is older than the sources */
export function requireBuild(): void {
  const missing = BUILT.find((file) => !existsSync(join(root, file)));
  if (missing) throw new Error(`${missing} is missing: run \`npm run build\` first (\`npm test\` does)`);
  const builtMs = Math.min(...BUILT.map((file) => statSync(join(root, file)).mtimeMs));
  const newer = ['apps', 'libs', 'examples']
    .flatMap(sourcesIn)
    .find((file) => statSync(join(root, file)).mtimeMs > builtMs);
  if (newer) throw new Error(`dist is older than ${newer}: run \`npm run build\` first (\`npm test\` does)`);
}

function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() ? sourcesIn(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
    )
    .filter((file) => /\.(tsx?|json)$/.test(file) && !isTestFile(file));
}
