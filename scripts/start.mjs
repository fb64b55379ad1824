// `npm start`: sets up what is missing, then runs everything in one process until it ends or is stopped.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { whenNpmIsGone } from './npm-gone.mjs';
import { childEnv, localNode, root, setup } from './setup.mjs';

const PATIENCE_MS = 1000;

await setup();

const { startForMemory } = await import('../dist/libs/memory/src/memory-settings.js');
const asked = {
  execArgv: [
    '--enable-source-maps',
    ...(existsSync(join(root, '.env')) ? ['--env-file=.env'] : []),
    '--import',
    './scripts/follow-parent.mjs',
  ],
  env: childEnv(),
};
const started = startForMemory(asked) ?? asked;

// A process group of its own: a terminal sends Ctrl-C to the whole group, and PostgreSQL must end after the work in
// progress.
const child = spawn(
  localNode,
  [...started.execArgv, 'dist/apps/standalone/src/main.js', ...process.argv.slice(2), ...keptByNpm()],
  { cwd: root, env: started.env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: true },
);

let askedAt = null;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (askedAt === null) {
      askedAt = Date.now();
      child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
    } else if (Date.now() - askedAt > PATIENCE_MS) {
      // npm repeats the terminal's signal; a later one comes from a person who really wants to end it.
      console.error('breakwater: killed');
      child.kill('SIGKILL');
    }
  });
}

whenNpmIsGone(() => child.kill('SIGTERM'));

child.on('error', (error) => {
  console.error(`breakwater: ${join(root, 'dist')} could not be started: ${error.message}`);
  process.exit(1);
});

child.on('exit', (code, signal) => {
  stopTheRest();
  process.exit(signal ? 128 + constants.signals[signal] : code);
});

/**
 * Options for this script: `npm start --no-demo` without `--` gives them to npm, which puts them into the environment.
 */
function keptByNpm() {
  const { npm_config_demo: demo, npm_config_allow_localhost: allowLocalhost } = process.env;
  return [...(demo === '' ? ['--no-demo'] : []), ...(allowLocalhost === 'true' ? ['--allow-localhost'] : [])];
}

/** Stops what a crash left behind; for PostgreSQL the signal means its fast shutdown. */
function stopTheRest() {
  try {
    process.kill(-Number(child.pid), 'SIGINT');
  } catch {
    // No process is left.
  }
}
