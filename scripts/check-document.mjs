// Judges docs/openapi.json as others do: two linters and three client generators, at exact versions, in a folder that is
// thrown away. A part whose tools are missing is skipped by name. In CI it fails instead, but for Go: Debian 12 has none that
// is new enough.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnv, localNode, root } from './setup.mjs';

const NPM = [
  '@redocly/cli@2.77.0',
  '@stoplight/spectral-cli@6.16.3',
  'openapi-typescript@7.13.0',
  'typescript@5.9.3',
];
const PYTHON = 'openapi-python-client==0.29.1';
const GO = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2';

const document = join(root, 'docs', 'openapi.json');
const folder = mkdtempSync(join(tmpdir(), 'breakwater-document-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
let failed = 0;

part('Redocly and Spectral find nothing', ['npm'], () => {
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  run('npm', [
    'install',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--ignore-scripts',
    '--save-exact',
    ...NPM,
  ]);
  writeFileSync(join(folder, 'redocly.yaml'), 'extends: [recommended]\n');
  writeFileSync(join(folder, '.spectral.yaml'), 'extends: ["spectral:oas"]\n');
  const { totals } = JSON.parse(
    run(bin('redocly'), ['lint', '--config', 'redocly.yaml', '--format', 'json', document]).stdout,
  );
  if (totals.errors + totals.warnings > 0) throw new Error(`Redocly: ${JSON.stringify(totals)}`);
  run(bin('spectral'), ['lint', '--ruleset', '.spectral.yaml', '--fail-severity', 'hint', document]);
});

part('a TypeScript client compiles under strict', ['npm'], () => {
  run(bin('openapi-typescript'), [document, '--output', 'api.d.ts']);
  cpSync(join(root, 'test', 'clients', 'typescript.txt'), join(folder, 'use.ts'));
  run(localNode, [
    ...[
      join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      'false',
    ],
    ...['--target', 'es2022', '--module', 'nodenext', '--lib', 'es2022', 'use.ts'],
  ]);
});

part('a Go client compiles and decodes', ['go'], () => {
  const place = join(folder, 'go');
  mkdirSync(join(place, 'client'), { recursive: true });
  run('go', ['mod', 'init', 'check'], { cwd: place });
  const generate = [
    '-generate',
    'types,client,skip-prune',
    '-package',
    'client',
    '-o',
    'client/client.go',
    document,
  ];
  run('go', ['run', GO, ...generate], { cwd: place });
  cpSync(join(root, 'test', 'clients', 'decode_go.txt'), join(place, 'client', 'decode_test.go'));
  run('go', ['mod', 'tidy'], { cwd: place });
  run('go', ['test', './client'], { cwd: place });
});

part('a Python client imports and decodes', ['python3'], () => {
  const place = join(folder, 'python');
  run('python3', ['-m', 'venv', place]);
  run(join(place, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', PYTHON]);
  const generate = ['generate', '--path', document, '--output-path', 'breakwater_client', '--meta', 'none'];
  run(join(place, 'bin', 'openapi-python-client'), generate, { cwd: place });
  cpSync(join(root, 'test', 'clients', 'decode.py'), join(place, 'decode.py'));
  run(join(place, 'bin', 'python'), ['decode.py'], { cwd: place });
});

process.exit(failed === 0 ? 0 : 1);

function part(name, tools, work) {
  const missing = tools.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);
  if (missing.length > 0 && (!process.env.CI || missing.includes('go')))
    return console.log(`skipped: ${name}: ${missing.join(', ')} is missing`);
  try {
    work();
    console.log(`ok: ${name}`);
  } catch (error) {
    failed++;
    console.error(`failed: ${name}\n${error.message}`);
  }
}

function bin(name) {
  const file = join(folder, 'node_modules', '.bin', name);
  if (!existsSync(file)) throw new Error(`${name} was not installed`);
  return file;
}

function run(command, args, { cwd = folder } = {}) {
  const result = spawnSync(command, args, {
    cwd,
    env: childEnv(),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.error) throw new Error(`${command} could not be started: ${result.error.message}`);
  if (result.status !== 0) {
    throw new Error(
      `${command} ${args[0]} ended with ${result.status}\n${result.stdout}${result.stderr}`.slice(0, 5000),
    );
  }
  return result;
}
