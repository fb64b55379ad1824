import { spawn, type ChildProcess } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { UndiciWebhookClient, type WebhookRequest } from '@breakwater/webhook-client';
import { freePort } from '@breakwater/testing/free-port.js';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPRESS } from './fixtures/express.fixture.js';
import { FASTIFY } from './fixtures/fastify.fixture.js';
import { HONO } from './fixtures/hono.fixture.js';
import { NEST } from './fixtures/nest.fixture.js';
import { NEXT } from './fixtures/next.fixture.js';
import { NODE } from './fixtures/node.fixture.js';
import { compile, examplesOf, pack, root, type Packed } from './fixtures/packed.fixture.js';
import { SECRET } from './fixtures/signed.fixture.js';

const CORE_MAX_BYTES = 8_000;
const ADAPTER_MAX_LINES = 40;
const lib = join(root, 'libs/receiver');
const manifest = JSON.parse(readFileSync(join(lib, 'package.json'), 'utf8')) as {
  version: string;
  license: string;
  dependencies?: object;
  exports: Record<string, string>;
};
const README = examplesOf('libs/receiver/README.md').get('@breakwater/receiver')!;
const RECIPES = examplesOf('docs/guides/receiving.md');
const FRAMEWORKS = ['node:http', 'Express', 'Fastify', 'Nest', 'Hono'];

/** Serves the route handler of the recipe for Next, as Next calls it. */
const NEXT_SERVER = `
import { serve } from '@hono/node-server';
import { POST } from './next.js';
serve({ fetch: (request: Request) => POST(request), port: Number(process.env.PORT) });
`;

let packed: Packed;
beforeAll(() => {
  packed = pack();
});
afterAll(() => rmSync(packed.project, { recursive: true }));

/** Puts files into a folder of the project. */
function write(name: string, files: Record<string, string>): string {
  const folder = join(packed.project, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, code] of Object.entries(files)) writeFileSync(join(folder, file), code);
  return folder;
}

describe('the package', () => {
  it('holds what it needs and nothing else', () => {
    const sources = globSync('src/**/*.ts', {
      cwd: lib,
      exclude: (path) => /fixtures|\.spec\.ts$/.test(path),
    }).map((path) => path.replace(/^src\//, 'dist/'));
    const built = sources.flatMap((path) => [path.replace(/\.ts$/, '.js'), path.replace(/\.ts$/, '.d.ts')]);
    const expected = [...built, 'dist/LICENSE', 'package.json', 'README.md', 'CHANGELOG.md'];
    expect(packed.files.toSorted()).toEqual(expected.toSorted());
  });

  it('has no dependencies, the licence of the repository, and a version with an entry in its changelog', () => {
    expect(manifest.dependencies).toBeUndefined();
    const { license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { license: string };
    expect(manifest.license).toBe(license);
    expect(readFileSync(join(lib, 'CHANGELOG.md'), 'utf8')).toContain(`\n## ${manifest.version}\n`);
  });

  it.each(Object.keys(manifest.exports).filter((name) => name !== './package.json'))(
    'offers %s as a module with types',
    (name) => {
      const file = manifest.exports[name]!.slice(2);
      expect(packed.files).toContain(file);
      expect(packed.files).toContain(file.replace(/\.js$/, '.d.ts'));
    },
  );

  it(`is at most ${CORE_MAX_BYTES} bytes (gzip) with all but the adapters, and imports nothing`, async () => {
    const bundle = await rolldown({
      input: join(packed.project, 'node_modules/@breakwater/receiver/dist/index.js'),
      platform: 'browser',
      external: () => false,
    });
    const { output } = await bundle.generate({ format: 'esm', minify: true });
    expect(output).toHaveLength(1);
    expect(output[0].imports).toEqual([]);
    expect(gzipSync(output[0].code).length).toBeLessThanOrEqual(CORE_MAX_BYTES);
  });

  it('has types that need neither Node nor a framework', () => {
    const doors = Object.keys(manifest.exports).filter((name) => !/nest|json/.test(name));
    const imports = doors.map((name) => `import '@breakwater/receiver${name.slice(1)}';`);
    const folder = write('plain', { 'plain.ts': imports.join('\n') });
    const libs = ['es2023', 'dom', 'dom.asynciterable'];
    expect(() => compile(folder, { types: [], lib: libs, skipLibCheck: false, noEmit: true })).not.toThrow();
  });
});

describe('each adapter', () => {
  it.each(globSync('src/adapters/*.ts', { cwd: lib }))(
    `has at most ${ADAPTER_MAX_LINES} lines of code: %s`,
    (file) => {
      const lines = readFileSync(join(lib, file), 'utf8').split('\n');
      const code = lines.filter((line) => !/^\s*($|\/\/|\/\*|\*)/.test(line));
      expect(code.length).toBeLessThanOrEqual(ADAPTER_MAX_LINES);
    },
  );
});

describe('docs/guides/receiving.md', () => {
  const lines = [NODE, EXPRESS, FASTIFY, NEST, NEXT, HONO].flat().flatMap(({ line }) => line ?? []);

  it.each([...new Set(lines)])('says what an answer says: %s', (line) => {
    expect(readFileSync(join(root, 'docs/guides/receiving.md'), 'utf8')).toContain(line);
  });
});

describe('the examples', () => {
  let folder: string;
  let process: ChildProcess | undefined;
  let port: number;
  let client: UndiciWebhookClient;

  beforeAll(async () => {
    const recipes = [...FRAMEWORKS, 'Next'].map((name) => [
      fileOf(name),
      runnable(RECIPES.get(name)!.join('\n')),
    ]);
    const others = [...RECIPES].filter(([name]) => !FRAMEWORKS.includes(name) && name !== 'Next');
    const parts = others.flatMap(([, blocks]) => blocks).filter((code) => code !== webhooks());
    folder = write('recipes', {
      'webhooks.ts': webhooks(),
      'readme.ts': README[0]!,
      'next-server.ts': NEXT_SERVER,
      ...Object.fromEntries(recipes),
      ...Object.fromEntries(parts.map((code, at) => [`part-${at}.ts`, code])),
    });
    compile(folder);
    port = await freePort();
    client = new UndiciWebhookClient({
      allow: [`127.0.0.1:${port}`],
      allowHttp: true,
      dnsServers: [],
      legacySignatureHeaders: true,
      userAgent: 'Breakwater/test',
      maxConnectionsPerOrigin: 4,
      maxOrigins: 10,
    });
  });
  afterAll(() => client.close());

  /** Next resolves an import without an extension, Node one with it. */
  const runnable = (code: string) => code.replace("from './webhooks';", "from './webhooks.js';");
  const webhooks = () => RECIPES.get('The handlers')![0]!;
  const fileOf = (name: string) => `${name.toLowerCase().replace(':', '-')}.ts`;

  async function start(file: string, secret: string | undefined = SECRET): Promise<void> {
    const env = { PATH: globalThis.process.env['PATH'], PORT: String(port), SIGNING_SECRET: secret };
    process = spawn(globalThis.process.execPath, [join(folder, 'out', file.replace(/\.ts$/, '.js'))], {
      env: secret === '' ? { ...env, SIGNING_SECRET: undefined } : env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }
  async function stop(): Promise<void> {
    if (!process || process.exitCode !== null) return;
    const ended = new Promise((resolve) => process!.once('exit', resolve));
    process.kill('SIGKILL');
    await ended;
  }

  let calls = 0;
  /** As Breakwater calls; again while the program starts. */
  async function call(path: string, payload: unknown, more: Partial<WebhookRequest> = {}) {
    const request: WebhookRequest = {
      url: `http://127.0.0.1:${port}${path}`,
      body: Buffer.from(JSON.stringify(payload)),
      contentType: 'application/json',
      timeoutMs: 5000,
      webhookId: `msg_${(calls += 1)}`,
      secrets: [SECRET],
      kind: 'capability',
      requestId: 'r-1',
      attempt: 1,
      maxAttempts: 1,
      keepBytes: 10_000,
      expectJson: false,
      ...more,
    };
    const outcome = await expect
      .poll(() => client.send(request), { timeout: 20_000 })
      .not.toMatchObject({ kind: 'network' })
      .then(() => client.send(request));
    if (!('response' in outcome)) throw new Error(JSON.stringify(outcome));
    return { status: outcome.status, body: JSON.parse(outcome.response.body.toString()) as unknown };
  }

  describe.each([...FRAMEWORKS, 'Next'])('for %s, as its page shows it', (name) => {
    const file = name === 'Next' ? 'next-server.ts' : fileOf(name);
    beforeAll(() => start(file));
    afterAll(stop);

    it('answers a sync capability', async () => {
      expect(await call('/hooks/answer', { question: '6 x 7' })).toEqual({
        status: 200,
        body: { success: true, data: { answer: 42 } },
      });
    });

    // Next has a file for each route, and its recipe shows one.
    it.each(name === 'Next' ? [] : ['/hooks/orders'])('takes an event at %s', async (path) => {
      expect(await call(path, { id: 'o-17' }, { kind: 'event' })).toMatchObject({ status: 200 });
    });

    it('refuses what another secret signed', async () => {
      const secrets = [`whsec_${Buffer.alloc(32, 1).toString('base64')}`];
      expect(await call('/hooks/answer', {}, { secrets })).toMatchObject({ status: 401 });
    });
  });

  describe('of the README', () => {
    afterAll(stop);

    it('is ten lines that answer a call', async () => {
      expect(README).toHaveLength(1);
      expect(README[0]!.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(10);
      await start('readme.ts');
      expect(await call('/', { question: '6 x 7' })).toMatchObject({ body: { data: { answer: 42 } } });
    });
  });

  it('end with a sentence when the secret is not set', async () => {
    await start('readme.ts', '');
    const said = Buffer.concat(await process!.stderr!.toArray()).toString();
    expect(said).toContain('Is the environment variable of the secret set?');
  });
});
