// Checks docs/openapi.json with the tools of others: two linters, and clients of three generators, at exact versions,
// in a temporary folder. The clients call an installation that runs beside them. Independent parts run in parallel. A
// part whose tools are missing is skipped by name; in CI it fails instead.
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnv, localNode, root, setup } from './setup.mjs';
import { startTrial } from './trial.mjs';

const NPM = [
  '@redocly/cli@2.77.0',
  '@stoplight/spectral-cli@6.16.3',
  'openapi-typescript@7.13.0',
  'openapi-fetch@0.17.0',
  'typescript@5.9.3',
];
const PYTHON = 'openapi-python-client==0.29.1';
const GO = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2';
const GO_RUNTIME = 'github.com/oapi-codegen/runtime@v1.4.0';
/** The minimum version that the two need. An older Go, such as Debian 12's, downloads this one as a module. */
const GO_NEEDED = '1.25.5';

const document = join(root, 'docs', 'openapi.json');
await setup();
const folder = mkdtempSync(join(tmpdir(), 'breakwater-document-'));
process.on('exit', () => {
  // Go makes its modules read-only.
  spawnSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true, force: true });
});
let failed = 0;

const trial = await startTrial();
try {
  const facts = await trial.furnish();
  const packages = quiet(install());
  await Promise.all([
    part('Redocly and Spectral find nothing', ['npm'], async () => {
      await packages;
      await lint();
    }),
    part(
      'a TypeScript client compiles under strict and makes every documented example call',
      ['npm'],
      async () => {
        await packages;
        await tryTypeScript(facts);
      },
    ),
    part('a Go client compiles and decodes answers', ['go'], tryGo),
    part('a Python client imports and decodes answers', ['python3'], tryPython),
  ]);
} finally {
  await trial.stop();
}
process.exit(failed === 0 ? 0 : 1);

async function install() {
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  const options = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts', '--save-exact'];
  await run('npm', ['install', ...options, ...NPM]);
}

async function lint() {
  writeFileSync(join(folder, 'redocly.yaml'), 'extends: [recommended]\n');
  writeFileSync(join(folder, '.spectral.yaml'), 'extends: ["spectral:oas"]\n');
  const answer = await run(bin('redocly'), [
    'lint',
    '--config',
    'redocly.yaml',
    '--format',
    'json',
    document,
  ]);
  const { totals, problems } = JSON.parse(answer);
  if (totals.errors + totals.warnings > 0) {
    const found = problems.slice(0, 5).map(({ message, location }) => `${location[0]?.pointer}: ${message}`);
    throw new Error(`Redocly: ${JSON.stringify(totals)}\n${found.join('\n')}`);
  }
  await run(bin('spectral'), ['lint', '--ruleset', '.spectral.yaml', '--fail-severity', 'hint', document]);
}

async function tryTypeScript(facts) {
  // ajv and the examples come from the repository's own packages, which exist after setup().
  const { programOf } = await import('../test/clients/examples.mjs');
  const described = JSON.parse(readFileSync(document, 'utf8'));
  await run(bin('openapi-typescript'), [document, '--output', 'api.d.ts']);
  cpSync(join(root, 'test', 'clients', 'typescript.txt'), join(folder, 'use.ts'));
  writeFileSync(join(folder, 'calls.ts'), programOf(described, facts));
  await run(localNode, [
    join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
    '--strict',
    '--skipLibCheck',
    'false',
    '--target',
    'es2022',
    '--module',
    'nodenext',
    '--lib',
    'es2022,dom,dom.iterable',
    '--outDir',
    'made',
    'use.ts',
    'calls.ts',
  ]);
  const answers = JSON.parse(await run(localNode, ['made/calls.js'], { env: trialEnv() }));
  const { faultOf } = await answerJudge(described);
  const faults = answers.map(faultOf).filter((fault) => fault !== null);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  console.log(`${answers.length} example calls, each answered as documented`);
}

/** Says what is wrong with an answer: not successful, or not as the document describes it. */
async function answerJudge(described) {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const { default: addFormats } = await import('ajv-formats');
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (addFormats.default ?? addFormats)(ajv);
  ajv.addSchema({ $id: 'openapi', ...described });
  const operations = new Map(
    Object.values(described.paths)
      .flatMap((byMethod) => Object.values(byMethod))
      .map((operation) => [operation.operationId, operation]),
  );
  const faultOf = ({ operationId, example, status, type, body }) => {
    const name = `${operationId}${example ? ` (${example})` : ''}: ${status}`;
    if (status >= 300) return `${name} ${JSON.stringify(body)}`;
    const response = operations.get(operationId).responses[status];
    if (!response) return `${name} is not documented`;
    if (!response.content) return body === undefined ? null : `${name} has a body that is not documented`;
    const schema = response.content[type?.split(';')[0]]?.schema;
    if (!schema) return `${name} came as ${type}`;
    const rooted = JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"openapi#/'));
    return ajv.validate(rooted, body) ? null : `${name}: ${ajv.errorsText()}`;
  };
  return { faultOf };
}

async function tryGo() {
  const place = join(folder, 'go');
  mkdirSync(join(place, 'client'), { recursive: true });
  const env = await goEnv(place);
  const go = (...args) => run('go', args, { cwd: place, env });
  await go('mod', 'init', 'check');
  const options = ['-generate', 'types,client,skip-prune', '-package', 'client', '-o', 'client/client.go'];
  await go('run', GO, ...options, document);
  cpSync(join(root, 'test', 'clients', 'decode_go.txt'), join(place, 'client', 'decode_test.go'));
  await go('get', GO_RUNTIME);
  await go('mod', 'tidy');
  await go('test', './client');
}

/** The environment in which `go` is new enough, and downloads modules into the folder. */
async function goEnv(place) {
  const env = { ...trialEnv(), GOFLAGS: '-modcacherw', GOMODCACHE: join(folder, 'go-modules') };
  const [, ...version] = /go(\d+)\.(\d+)/.exec(await run('go', ['version'], { cwd: place, env })).map(Number);
  const [, ...needed] = /(\d+)\.(\d+)/.exec(GO_NEEDED).map(Number);
  if (version[0] > needed[0] || version[1] >= needed[1]) return env;
  // From 1.21 on Go does this by itself.
  const [os, arch] = (await run('go', ['env', 'GOOS', 'GOARCH'], { cwd: place, env })).trim().split('\n');
  writeFileSync(join(place, 'go.mod'), 'module fetch\n');
  const module = `golang.org/toolchain@v0.0.1-go${GO_NEEDED}.${os}-${arch}`;
  const { Dir } = JSON.parse(await run('go', ['mod', 'download', '-json', module], { cwd: place, env }));
  rmSync(join(place, 'go.mod'));
  const tools = join(Dir, 'pkg', 'tool', `${os}_${arch}`);
  for (const binaries of [join(Dir, 'bin'), tools]) {
    chmodSync(binaries, 0o755);
    for (const name of readdirSync(binaries)) chmodSync(join(binaries, name), 0o755);
  }
  return { ...env, GOROOT: Dir, GOTOOLCHAIN: 'local', PATH: `${join(Dir, 'bin')}:${childEnv().PATH}` };
}

async function tryPython() {
  const place = join(folder, 'python');
  await run('python3', ['-m', 'venv', place]);
  await run(join(place, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', PYTHON]);
  const generate = ['generate', '--path', document, '--output-path', 'breakwater_client', '--meta', 'none'];
  await run(join(place, 'bin', 'openapi-python-client'), generate, { cwd: place });
  cpSync(join(root, 'test', 'clients', 'decode.py'), join(place, 'decode.py'));
  await run(join(place, 'bin', 'python'), ['decode.py'], { cwd: place, env: trialEnv() });
}

function trialEnv() {
  return { BREAKWATER_URL: trial.url, BREAKWATER_API_KEY: trial.adminKey };
}

async function part(name, tools, work) {
  const missing = tools.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);
  if (missing.length > 0 && !process.env.CI)
    return console.log(`skipped: ${name}: ${missing.join(', ')} is missing`);
  const startedMs = Date.now();
  try {
    await work();
    console.log(`ok: ${name} (${Math.round((Date.now() - startedMs) / 1000)} s)`);
  } catch (error) {
    failed++;
    console.error(`failed: ${name}\n${error.message}`);
  }
}

/** A promise with several users: they report its error. */
function quiet(promise) {
  promise.catch(() => undefined);
  return promise;
}

function bin(name) {
  const file = join(folder, 'node_modules', '.bin', name);
  if (!existsSync(file)) throw new Error(`${name} was not installed`);
  return file;
}

/** @returns its standard output */
async function run(command, args, { cwd = folder, env = {} } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...childEnv(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
  const code = await new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${command} ${args[0]} ended with ${code}\n${out}${err}`.slice(0, 5000));
  return out;
}
