// `npm run dev`: like `npm start`, but builds and restarts whenever a source changes. It has the options of `npm
// start`.
import { spawn } from 'node:child_process';
import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { BUILT, root, setup } from './setup.mjs';
import { isTestFile } from './test-files.mjs';

/** Editors save several files at once. */
const SETTLES_WITHIN_MS = 300;

await setup();
let product = start();
let timer;
let isBusy = false;
let isStale = false;

for (const folder of [...BUILT, 'prisma'].filter((name) => existsSync(join(root, name)))) {
  watch(join(root, folder), { recursive: true }, (_, file) => {
    if (file === null || file.includes('generated')) return;
    if (isTestFile(`${folder}/${file.replaceAll('\\', '/')}`)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void restart(), SETTLES_WITHIN_MS);
  });
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    isBusy = true; // Nothing is started any more.
    if (!isRunning(product)) process.exit(0);
    product.once('exit', (code) => process.exit(code ?? 1));
    // The terminal has already sent it; a plain kill has not.
    if (signal !== 'SIGINT') product.kill(signal);
  });
}

async function restart() {
  isStale = true;
  if (isBusy) return;
  isBusy = true;
  while (isStale) {
    isStale = false;
    console.error('breakwater: a source changed');
    await stop(product);
    // start.mjs builds; after a failed build nothing runs until the next change.
    product = start();
  }
  isBusy = false;
}

function start() {
  return spawn(process.execPath, [join(root, 'scripts/start.mjs'), ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  });
}

async function stop(child) {
  if (!isRunning(child)) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

function isRunning(child) {
  return child.exitCode === null && child.signalCode === null;
}
