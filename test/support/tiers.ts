import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * What a spec needs: nothing (`unit`), the PostgreSQL of the test run or servers and processes of its own (`db`), or the
 * built product as processes (`system`).
 */
export type Tier = 'unit' | 'db' | 'system';

/** Folders whose specs are found. */
const FOLDERS = ['libs', 'bench', 'apps', 'examples', 'test'];

/** Files that use what the whole test run shares, and those that start what was built. */
const USES_DATABASE = /\binject\(/;
const USES_BUILD = /\brequireBuild\(|\bspawnRole\(/;
/** Used by specs and files of specs: starting a server makes them wait. */
const STARTS_SERVERS =
  /\b(create\w*Server|createSocket|spawn|spawnSync|execFile|execFileSync|startSampleApp)\(/;
const TEST_FILE =
  /(\.(spec|suite|fixture|spec-data)|[/\\](test[/\\]support|libs[/\\]testing[/\\]src)[/\\].*)\.ts$/;
/** By path, or from the lib for tests: other libs need nothing by themselves. */
const IMPORT = /(?:from|import)\s*\(?\s*'((?:\.|@breakwater\/testing\/)[^']+)'/g;

/** The specs of each tier, as paths from `root`: decided by what they use, and the test files that they import. */
export function specsByTier(root: string): Record<Tier, string[]> {
  const known = new Map<string, Tier>();
  const specs: Record<Tier, string[]> = { unit: [], db: [], system: [] };
  const files = globSync(
    FOLDERS.map((folder) => `${folder}/**/*.spec.ts`),
    { cwd: root },
  );
  for (const file of files.toSorted())
    specs[tierOf(join(root, file), root, known)].push(relative(root, join(root, file)));
  return specs;
}

function tierOf(file: string, root: string, known: Map<string, Tier>): Tier {
  const before = known.get(file);
  if (before) return before;
  known.set(file, 'unit'); // During the search of its imports: they may import it.
  const text = textOf(file);
  const own = ownTier(file, text);
  const imported = [...text.matchAll(IMPORT)].map(([, path = '']) =>
    tierOf(sourceOf(file, path, root), root, known),
  );
  const tier = (['system', 'db'] as const).find((each) => each === own || imported.includes(each)) ?? 'unit';
  known.set(file, tier);
  return tier;
}

function ownTier(file: string, text: string): Tier {
  if (USES_BUILD.test(text)) return 'system';
  return USES_DATABASE.test(text) || (TEST_FILE.test(file) && STARTS_SERVERS.test(text)) ? 'db' : 'unit';
}

function sourceOf(file: string, path: string, root: string): string {
  const source = path.replace(/\.js$/, '.ts');
  if (source.startsWith('.')) return join(dirname(file), source);
  return join(root, source.replace('@breakwater/testing/', 'libs/testing/src/'));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // .tsx, .json, generated: none of them needs a database by itself.
  }
}
