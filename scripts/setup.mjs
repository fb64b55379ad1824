// Brings a checkout to where it can run: packages, Prisma client, build. Does only what is out of date.
// Uses Node's built-ins only and runs on the shell's Node (20.19 or newer); all else runs on the Node from npm.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const localNode = join(root, 'node_modules', '.bin', 'node');

/** The environment in which `node` is the one from npm, for children and their children. */
export function childEnv() {
  return {
    ...process.env,
    PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
  };
}

export function setup() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node.js 20.19 or newer is needed, this is ${process.versions.node}`);
  }
  install();
  generate();
  build();
}

function install() {
  const why = whyInstall();
  if (why === null) return;
  say(`installing packages (${why})`);
  run('npm ci', ...npm(), 'ci', '--no-audit', '--no-fund', '--loglevel=error');
  const still = whyInstall();
  if (still !== null) fail(`npm ci ended well, but ${still}`);
}

/** Why the packages are not those of package-lock.json, or null. npm writes its own record last. */
function whyInstall() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return 'node_modules is missing';
  const wanted = JSON.parse(read('package-lock.json')).packages;
  const found = JSON.parse(read(relative(root, record))).packages;
  for (const [path, { version, integrity, optional, devOptional }] of Object.entries(wanted)) {
    if (path === '') continue;
    const other = found[path];
    // Packages of other platforms are in the lockfile only.
    if (!other && (optional || devOptional)) continue;
    if (other?.version !== version || (integrity && other.integrity !== integrity)) {
      return `${path.slice('node_modules/'.length)} is not as in package-lock.json`;
    }
  }
  if (!existsSync(localNode)) return 'the node package has no binary';
  return null;
}

function generate() {
  const output = 'libs/platform/src/prisma/generated';
  const stamp = join(root, output, '.stamp');
  const hash = hashOf(['prisma/schema.prisma', 'node_modules/prisma/package.json']);
  if (existsSync(join(root, output, 'client.ts')) && isStamped(stamp, hash)) return;
  say('generating the Prisma client');
  runQuietly('prisma generate', localNode, 'scripts/prisma-generate.mjs');
  writeFileSync(stamp, hash);
}

function build() {
  const stamp = join(root, 'dist', '.stamp');
  const sources = ['apps', 'libs', 'examples'].flatMap(sourcesIn);
  const hash = hashOf([...sources, 'tsconfig.json', 'nest-cli.json', 'package.json', 'package-lock.json']);
  if (isStamped(stamp, hash)) return;
  say('building');
  run('npm run build', ...npm(), 'run', '--silent', 'build');
  writeFileSync(stamp, hash);
}

function sourcesIn(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() ? sourcesIn(`${folder}/${entry.name}`) : `${folder}/${entry.name}`,
    )
    .filter(
      (path) => !/\.(spec|test|fixture|spec-data)\.tsx?$/.test(path) && !path.includes('/node_modules/'),
    )
    .sort();
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths)
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  return hash.digest('hex');
}

function isStamped(stamp, hash) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
}

/** npm as the one that started us, so that it works whatever the shell calls it. */
function npm() {
  const path = process.env.npm_execpath;
  return path?.endsWith('npm-cli.js') ? [process.execPath, path] : ['npm'];
}

function run(name, command, ...args) {
  judge(name, spawnSync(command, args, { cwd: root, env: childEnv(), stdio: 'inherit' }));
}

/** Shows what the command says only when it fails. */
function runQuietly(name, command, ...args) {
  const result = spawnSync(command, args, { cwd: root, env: childEnv(), encoding: 'utf8' });
  if (result.status !== 0) console.error(`${result.stdout}${result.stderr}`);
  judge(name, result);
}

function judge(name, { status, signal, error }) {
  if (error) fail(`${name} could not be started: ${error.message}`);
  if (signal) process.exit(130);
  if (status !== 0) fail(`${name} failed (exit code ${status}); its messages are above`, status);
}

function read(path) {
  return readFileSync(join(root, path), 'utf8');
}

function say(step) {
  console.error(`breakwater: ${step} …`);
}

function fail(message, code = 1) {
  console.error(`breakwater: ${message}`);
  process.exit(code);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) setup();
