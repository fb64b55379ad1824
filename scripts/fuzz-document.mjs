// `npm run openapi:fuzz`: schemathesis tests every operation of docs/openapi.json on an installation of its own, with
// valid and invalid requests: with an admin key, with an app's key, and the revoking operations with a key made for
// it.
//   -- --examples 50   requests of each operation and kind of request
//   -- --minutes 10    of each of the three rounds at most
//   -- --seed 1        repeats a run
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root, setup } from './setup.mjs';
import { APP, startTrial } from './trial.mjs';

const SCHEMATHESIS = 'schemathesis==4.32.0';
/** They remove what the rest of a round needs, so they have a round of their own with things made for that. */
const REVOKING = ['keys_revoke', 'apps_remove'];
const THROWAWAY = 20;
/** Documented statuses from 500 on that are not our fault: the app did not answer, or must not be called. */
const DOCUMENTED_5XX = { invoke_invoke: [502, 503, 504] };

const { values } = parseArgs({
  options: {
    examples: { type: 'string', default: '50' },
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
const [examples, minutes, seed] = ['examples', 'minutes', 'seed'].map((name) => {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= (name === 'seed' ? 0 : 1)) return number;
  console.error(`--${name} must be a whole number, it is ${values[name]}`);
  process.exit(2);
});
if (spawnSync('python3', ['-c', 'import venv, ensurepip']).status !== 0) {
  console.error('openapi:fuzz needs python3 with venv (apt-get install python3-venv)');
  process.exit(process.env.CI ? 1 : 0);
}

await setup();
const folder = mkdtempSync(join(tmpdir(), 'breakwater-fuzz-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
console.log(`openapi:fuzz --examples ${examples} --minutes ${minutes} --seed ${seed}`);
await run('python3', ['-m', 'venv', join(folder, 'venv')]);
await run(join(folder, 'venv', 'bin', 'pip'), [
  'install',
  '--quiet',
  '--disable-pip-version-check',
  SCHEMATHESIS,
]);
const trial = await startTrial();
let failed = 0;
try {
  const only = REVOKING.flatMap((id) => ['--include-operation-id', id]);
  const others = REVOKING.flatMap((id) => ['--exclude-operation-id', id]);
  await round('an admin key', await trial.furnish(), trial.adminKey, others);
  const facts = await trial.furnish();
  await round("an app's key", facts, facts.appKey, others);
  const throwaway = await throwaways();
  await round('a throwaway key', { ...facts, ...throwaway }, throwaway.key, only);
} finally {
  await trial.stop();
}
process.exitCode = failed === 0 ? 0 : 1;

/** One run over the operations that `selection` leaves. */
async function round(name, facts, key, selection) {
  console.log(`== with ${name}`);
  const document = join(folder, 'openapi.json');
  writeFileSync(document, JSON.stringify(withKnownIds(facts)));
  const config = join(folder, 'schemathesis.toml');
  writeFileSync(config, configuration());
  const code = await run(
    join(folder, 'venv', 'bin', 'schemathesis'),
    [
      '--config-file',
      config,
      'run',
      document,
      '--url',
      trial.url,
      '--header',
      `Authorization: Bearer ${key}`,
      '--checks',
      'all',
      '--exclude-checks',
      'positive_data_acceptance,allow_header_conformance',
      '--max-examples',
      String(examples),
      '--seed',
      String(seed),
      '--max-time',
      String(minutes * 60),
      // A manifest has many patterns: most generated values are rejected before one fits.
      '--suppress-health-check',
      'all',
      '--continue-on-failure',
      '--no-color',
      ...selection,
    ],
    { mayFail: true, env: { SCHEMATHESIS_HOOKS: join(root, 'test', 'clients', 'fuzz_hooks.py') } },
  );
  if (!trial.isRunning()) throw new Error(`the api ended:\n${trial.output()}`);
  if (code === 0) return;
  failed++;
  console.error(`failed: with ${name}\n${trial.output().split('\n').filter(isError).slice(-10).join('\n')}`);
}

function isError(line) {
  return line.includes('"level":"error"');
}

function configuration() {
  const operations = Object.entries(DOCUMENTED_5XX).map(([id, statuses]) => {
    const expected = JSON.stringify(['2xx', '3xx', '4xx', ...statuses.map(String)]);
    return `[[operations]]\ninclude-operation-id = "${id}"\n[operations.checks]\nnot_a_server_error.expected-statuses = ${expected}\n`;
  });
  return operations.join('\n');
}

/** The document, with existing ids as values of path parameters. */
function withKnownIds(facts) {
  const document = JSON.parse(readFileSync(join(root, 'docs', 'openapi.json'), 'utf8'));
  for (const [path, byMethod] of Object.entries(document.paths)) {
    for (const operation of Object.values(byMethod)) {
      for (const parameter of operation.parameters ?? []) {
        if (parameter.in !== 'path') continue;
        const known = knownOf(parameter.name, path, operation.operationId, facts);
        if (known.length > 0) parameter.schema = { anyOf: [{ enum: known }, parameter.schema] };
      }
    }
  }
  return document;
}

function knownOf(name, path, operationId, facts) {
  if (name === 'appId') return operationId === 'apps_remove' ? (facts.apps ?? []) : [APP];
  if (name === 'capability') return facts.capabilities;
  if (name === 'version') return [1];
  if (name === 'name') return facts.subscriptions;
  if (name === 'source') return facts.sources;
  if (name === 'target') return facts.targets;
  if (path.includes('/captures/')) return facts.captures;
  if (name === 'type') return facts.eventTypes;
  if (path.includes('/events/')) return facts.events;
  if (path.includes('/bulk-operations/')) return facts.operations;
  if (path.includes('/conformance-runs/')) return facts.conformanceRuns;
  if (path.includes('portal-links')) return facts.portalLinks;
  if (path.includes('api-keys')) return facts.keys ?? [];
  if (path.includes('dlq') || path.includes('retry-failed')) return facts.deadLetters.map(({ id }) => id);
  if (path.includes('alert-rules')) return facts.rules;
  if (path.includes('approvals')) return facts.approvals;
  if (path.includes('notifications')) return facts.notifications;
  return [facts.delivered, ...facts.waiting, ...facts.deadLetters.map(({ deliveryId }) => deliveryId)];
}

/** A key that revokes, keys that it may revoke, apps that it may delete. */
async function throwaways() {
  const newKey = () => trial.call('POST', '/api/v1/admin/api-keys', { name: 'throwaway', scopes: ['admin'] });
  const { key } = await newKey();
  const keys = [];
  const apps = [];
  for (let n = 0; n < THROWAWAY; n++) {
    keys.push((await newKey()).id);
    apps.push(`throwaway-${n}`);
    const manifest = { name: 'Throwaway', ownerEmail: 'owner@quiz.example', baseUrl: trial.receiverUrl };
    await trial.call('PUT', `/api/v1/admin/apps/${apps[n]}/manifest`, {
      ...manifest,
      webhooks: { answer: '/answer' },
    });
  }
  return { key, keys, apps };
}

/** @returns its exit code */
async function run(command, args, { mayFail = false, env = {} } = {}) {
  const child = spawn(command, args, {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  const stop = () => child.kill('SIGTERM');
  process.once('exit', stop);
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  process.off('exit', stop);
  if (code !== 0 && !mayFail) throw new Error(`${command} ${args[0]} ended with ${code}`);
  return code;
}
