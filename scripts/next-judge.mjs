// Tries libs/receiver on a real server of Next: `node scripts/next-judge.mjs`, part of `npm run nightly`. Next is
// installed for it alone, at an exact version, in a temporary folder: it is too large for every test run, which calls
// the same route handlers over node:http instead (libs/receiver/src/frameworks.spec.ts).
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildPackage } from './build-packages.mjs';
import { root, setup } from './setup.mjs';

const NPM = [
  'next@16.4.6',
  'react@19.3.1',
  'react-dom@19.3.1',
  'typescript@6.0.3',
  '@types/node@24.19.2',
  '@types/react@19.3.0',
];
const KEY = Buffer.alloc(32, 7);
const SECRET = `whsec_${KEY.toString('base64')}`;
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', SIGNING_SECRET: SECRET };

/** A route that does something with the request before the webhook. */
const routeThat = (before) => `
import { toNext } from '@breakwater/receiver/next';
import { echo } from '../../echo';
const post = toNext(echo);
export async function POST(request: Request): Promise<Response> {
  ${before}
  return post(request);
}
`;
const FILES = {
  'app/layout.tsx': `
export default function Layout({ children }: { children: React.ReactNode }) {
  return <html><body>{children}</body></html>;
}
`,
  'app/echo.ts': `
import { createReceiver } from '@breakwater/receiver';
const receiver = createReceiver({ secrets: () => process.env.SIGNING_SECRET ?? '' });
export const echo = receiver.capability((hex: string) => hex, {
  read: (bytes) => Buffer.from(bytes).toString('hex'),
});
`,
  // Runs before every route, and reads the body, too.
  'proxy.ts': `
import { NextResponse, type NextRequest } from 'next/server';
export async function proxy(request: NextRequest) {
  await request.text();
  return NextResponse.next();
}
`,
  'app/hooks/plain/route.ts': routeThat(''),
  'app/hooks/copied/route.ts': routeThat('await request.clone().text();'),
  'app/hooks/text/route.ts': routeThat('await request.text();'),
  'app/hooks/json/route.ts': routeThat('await request.json().catch(() => null);'),
};
const BODIES = {
  JSON: Buffer.from('{"n": 1.0}'),
  'JSON beyond ASCII': Buffer.from('{"city":"Zürich \u{1f600}"}'),
  'a byte order mark': Buffer.from('\ufeff{"n":1}'),
  'bytes that are no UTF-8': Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x80]),
  'many packets': Buffer.from(JSON.stringify(['x'.repeat(900_000)])),
};

await setup();
const { sign } = await import(join(root, 'dist/libs/webhook-client/src/signing/sign.js'));
const folder = mkdtempSync(join(tmpdir(), 'breakwater-next-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

await buildPackage('receiver');
const [{ filename }] = JSON.parse(
  run('npm', ['pack', '--json', '--pack-destination', folder], join(root, 'libs/receiver')),
);
for (const [path, code] of Object.entries({ ...FILES, ...recipe(), 'package.json': '{"private":true}' })) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), code);
}
run('npm', ['install', '--save-exact', '--no-audit', '--no-fund', `./${filename}`, ...NPM]);
const next = join(folder, 'node_modules/next/dist/bin/next');

run(process.execPath, [next, 'build']);

const port = await freePort();
const server = spawn(process.execPath, [next, 'start', '-H', '127.0.0.1', '-p', String(port)], {
  cwd: folder,
  env,
  stdio: 'ignore',
});
let failed = 0;
try {
  await listening();
  for (const path of ['plain', 'copied', 'text', 'json']) {
    for (const [name, body] of Object.entries(BODIES)) await judge(path, name, body);
  }
  await judgeRecipe();
} finally {
  server.kill();
}
process.exitCode = failed === 0 ? 0 : 1;

/** The recipe of the guide, as it is written there. */
function recipe() {
  const page = readFileSync(join(root, 'docs/guides/receiving.md'), 'utf8');
  const blockUnder = (heading) => page.split(`\n## ${heading}\n`)[1].match(/^```ts\n([^]*?)^```/m)[1];
  return {
    'app/hooks/answer/webhooks.ts': blockUnder('The handlers'),
    'app/hooks/answer/route.ts': blockUnder('Next'),
  };
}

async function judge(path, name, body) {
  const { status, text } = await post(`/hooks/${path}`, body);
  const answer = JSON.parse(text);
  const isRead = path === 'text' || path === 'json';
  const asExpected = isRead
    ? status === 500 && answer.message.includes('await request.json()')
    : status === 200 && answer.data === body.toString('hex');
  report(asExpected, `${path}: ${name}`, `${status} ${text.slice(0, 300)}`);
}

async function judgeRecipe() {
  const { status, text } = await post('/hooks/answer', Buffer.from('{"question":"6 x 7"}'));
  report(
    status === 200 && JSON.parse(text).data.answer === 42,
    'the recipe of the guide',
    `${status} ${text}`,
  );
}

function report(asExpected, name, got) {
  console.log(`${asExpected ? 'ok' : 'FAILED'} ${name}${asExpected ? '' : `: ${got}`}`);
  if (!asExpected) failed += 1;
}

async function post(path, body) {
  const timestampS = Math.floor(Date.now() / 1000);
  const id = `msg_${Math.random()}`;
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    'webhook-id': id,
    'webhook-timestamp': String(timestampS),
    'webhook-signature': sign(id, timestampS, body, [KEY]),
  };
  const call = request({ host: '127.0.0.1', port, path, method: 'POST', headers }).end(body);
  const [response] = await once(call, 'response');
  return { status: response.statusCode, text: Buffer.concat(await response.toArray()).toString() };
}

async function listening() {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await post('/hooks/plain', BODIES.JSON).catch(() => null)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('Next does not listen after 30 s');
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: free } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return free;
}

function run(command, args, cwd = folder) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}
