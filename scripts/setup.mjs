// Makes a checkout ready to run: packages, Prisma client, build. Does only what is out of date. Uses only Node's
// built-ins and runs on the shell's Node (20.19 or newer); everything else runs on the Node from npm.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isTestFile } from './test-files.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const localNode = join(root, 'node_modules', '.bin', 'node');

/** Folders that `nest build` compiles (apps/standalone/tsconfig.app.json). */
export const BUILT = ['apps', 'libs', 'examples', 'bench'];
/** Folders that Vite builds. */
const DASHBOARD = ['apps/dashboard/', 'libs/client/'];

/** Contains the process id of a running npm ci; it must be outside node_modules. */
const INSTALL_LOCK = '.installing';
const INSTALL_ENDS_WITHIN_MS = 60_000;
/** Longest wait for a step that was stopped. */
const STOPS_WITHIN_MS = 1_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The environment in which `node` is the one from npm, for children and their children. */
export function childEnv() {
  return {
    ...process.env,
    PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
  };
}

/** @param upTo `packages`: without the build */
export async function setup({ upTo = 'build' } = {}) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node.js 20.19 or newer is needed, this is ${process.versions.node}`);
  }
  await install();
  await Promise.all([generate(), generateClient()]);
  if (upTo !== 'build') return;
  await Promise.all([build(), buildDashboard()]);
}

async function install() {
  const why = whyInstall();
  if (why === null) return;
  say(`installing packages (${why})`);
  await untilEarlierInstallEnds();
  const lock = join(root, INSTALL_LOCK);
  // npm ci fails on the remains of an interrupted one: remove them first.
  rmSync(join(root, 'node_modules'), { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  await run('npm ci', [...npm(), 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    onStart: (pid) => writeFileSync(lock, `${pid}\n`),
  });
  rmSync(lock, { force: true });
  const still = whyInstall();
  if (still !== null) fail(`npm ci succeeded, but ${still}`);
}

/** Waits for an npm ci that an earlier start began and that is still running. */
async function untilEarlierInstallEnds() {
  const file = join(root, INSTALL_LOCK);
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const until = Date.now() + INSTALL_ENDS_WITHIN_MS;
  while (Date.now() < until && isAlive(pid)) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function isAlive(pid) {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Why the packages differ from package-lock.json, or null. npm writes its own record last. */
function whyInstall() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return 'node_modules is missing';
  const wanted = JSON.parse(read('package-lock.json')).packages;
  const found = JSON.parse(read(relative(root, record))).packages;
  for (const [path, { version, integrity, optional, devOptional }] of Object.entries(wanted)) {
    if (path === '') continue;
    const other = found[path];
    // Packages of other platforms are only in the lockfile.
    if (!other && (optional || devOptional)) continue;
    if (other?.version !== version || (integrity && other.integrity !== integrity)) {
      return `${path.slice('node_modules/'.length)} is not as in package-lock.json`;
    }
  }
  if (!existsSync(localNode)) return 'the node package has no binary';
  return null;
}

async function generate() {
  const output = 'libs/platform/src/prisma/generated';
  const stamp = join(root, output, '.stamp');
  const hash = hashOf(['prisma/schema.prisma', 'node_modules/prisma/package.json']);
  if (existsSync(join(root, output, 'client.ts')) && isStamped(stamp, hash)) return;
  say('generating the Prisma client');
  await run('prisma generate', [localNode, 'scripts/prisma-generate.mjs'], { quiet: true });
  writeFileSync(stamp, hash);
}

async function generateClient() {
  const output = 'libs/client/src/generated';
  const stamp = join(root, output, '.stamp');
  const hash = hashOf([
    'docs/openapi.json',
    'scripts/client-generate.mjs',
    'scripts/client-operations.mjs',
    'node_modules/@hey-api/openapi-ts/package.json',
  ]);
  if (existsSync(join(root, output, 'index.ts')) && isStamped(stamp, hash)) return;
  say('generating the client of the API');
  await run('the client of the API', [localNode, 'scripts/client-generate.mjs'], { quiet: true });
  writeFileSync(stamp, hash);
}

async function buildDashboard() {
  const stamp = join(root, 'apps/dashboard/dist', '.stamp');
  const sources = DASHBOARD.flatMap((folder) => sourcesIn(folder.slice(0, -1)));
  const hash = hashOf([...sources, 'package-lock.json']);
  if (isStamped(stamp, hash)) return;
  say('building the dashboard');
  await run('npm run build:dashboard', [...npm(), 'run', '--silent', 'build:dashboard'], { quiet: true });
  writeFileSync(stamp, hash);
}

async function build() {
  const stamp = join(root, 'dist', '.stamp');
  const sources = BUILT.flatMap(sourcesIn).filter((path) => !path.startsWith('apps/dashboard/'));
  const hash = hashOf([...sources, 'tsconfig.json', 'nest-cli.json', 'package.json', 'package-lock.json']);
  if (isStamped(stamp, hash)) return;
  say('building');
  await run('npm run build', [...npm(), 'run', '--silent', 'build']);
  writeFileSync(stamp, hash);
}

function sourcesIn(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() ? sourcesIn(`${folder}/${entry.name}`) : `${folder}/${entry.name}`,
    )
    .filter((path) => !isTestFile(path) && !/\/(node_modules|dist)\//.test(path))
    .sort(byText);
}

function byText(one, other) {
  if (one === other) return 0;
  return one < other ? -1 : 1;
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

/** The npm that started us, whatever the shell's npm is. */
function npm() {
  const path = process.env.npm_execpath;
  return path?.endsWith('npm-cli.js') ? [process.execPath, path] : ['npm'];
}

/**
 * Runs a command to its end. A signal that ends us is passed on first, so that nothing continues in the background.
 * @param quiet prints the command's output only when it fails
 */
async function run(name, [command, ...args], { quiet = false, onStart = () => undefined } = {}) {
  const child = spawn(command, args, {
    cwd: root,
    env: childEnv(),
    stdio: ['inherit', ...(quiet ? ['pipe', 'pipe'] : ['inherit', 'inherit'])],
  });
  let said = '';
  child.stdout?.on('data', (chunk) => (said += chunk));
  child.stderr?.on('data', (chunk) => (said += chunk));
  let asked = null;
  const handOn = (signal) => {
    asked = signal;
    child.kill(signal);
    // npm reverts what it has done, which may take as long as doing it. The next start repeats it anyway.
    setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS).unref();
  };
  // Of two steps side by side, the end of one is the end of both.
  const endToo = () => child.kill('SIGKILL');
  process.on('exit', endToo);
  for (const signal of SIGNALS) process.on(signal, handOn);
  child.once('spawn', () => onStart(child.pid));
  const { code, error } = await new Promise((resolve) => {
    child.once('error', (reason) => resolve({ error: reason }));
    child.once('close', (status) => resolve({ code: status }));
  });
  process.off('exit', endToo);
  for (const signal of SIGNALS) process.off(signal, handOn);
  if (asked) process.exit(128 + constants.signals[asked]);
  if (error) fail(`${name} could not be started: ${error.message}`);
  if (code === 0) return;
  if (quiet) console.error(said);
  fail(`${name} failed (exit code ${code}); its messages are above`, code ?? 1);
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

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await setup({ upTo: process.argv[2] === 'packages' ? 'packages' : 'build' });
}
