import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'libs/client');
/** Below the packages of this repository, so that the examples find the types of Node. */
const trial = join(root, 'node_modules/.cache/client-package');
const run = promisify(execFile);
const { buildPackage } = (await import(join(root, 'scripts/build-packages.mjs'))) as {
  buildPackage: (name: string) => Promise<void>;
};

/** In bytes, all files of JavaScript together, not minified. */
const SIZE_MAX = 10 * 1024;

const ANSWERS: Record<string, object> = {
  'POST /api/v1/events': { eventId: 'e-1', status: 'published', deliveries: 1, warnings: [] },
  'POST /api/v1/apps/shop/capabilities/quote/invoke': {
    source: 'primary',
    data: { price: 42 },
    requestId: 'r',
    durationMs: 3,
  },
  'POST /api/v1/apps/shop/capabilities/report/invoke': {
    deliveryId: 'd-1',
    status: 'accepted',
    requestId: 'r',
    replayed: false,
  },
  'GET /api/v1/deliveries': { items: [{ id: 'd-7', lastError: 'no room' }], nextCursor: null },
  'GET /api/v1/admin/overview': { verdict: { sentence: 'All is well.' } },
};

describe('@breakwater/client as a package', () => {
  let readme: string;
  let examples: string[];
  let server: Server;
  beforeAll(async () => {
    await buildPackage('client');
    readme = await readFile(join(folder, 'README.md'), 'utf8');
    const [first = '', ...others] = [...readme.matchAll(/^```ts\n([^]*?)^```/gm)].map(([, code]) => code!);
    const client = first.slice(0, first.indexOf('\n\n', first.indexOf('createClient({')) + 1);
    examples = [first, ...others.map((code) => `${client}${code}`)];
    await rm(trial, { recursive: true, force: true });
    await mkdir(join(trial, 'node_modules/@breakwater'), { recursive: true });
    await symlink(folder, join(trial, 'node_modules/@breakwater/client'));
    await writeFile(join(trial, 'package.json'), '{"type":"module"}');
    await Promise.all(examples.map((code, at) => writeFile(join(trial, `example-${at}.ts`), code)));
    server = createServer(({ method, url = '' }, response) => {
      const answer = ANSWERS[`${method} ${url.split('?')[0]}`];
      const problem = { code: 'APP_NOT_FOUND', title: 'No such app', detail: 'no app "nobody"' };
      response
        .writeHead(answer ? 200 : 404, { 'x-request-id': 'r-7' })
        .end(JSON.stringify(answer ?? problem));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    server.close();
    await rm(trial, { recursive: true, force: true });
  });

  it('contains what runs, its types, and pages about it; nothing else', async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json'], { cwd: folder });
    const packed = JSON.parse(stdout) as { files: { path: string }[] }[] | Record<string, never>;
    const files = Object.values(packed).flatMap(({ files: each }) => each.map(({ path }) => path));
    expect(files).toEqual(
      expect.arrayContaining([
        'package.json',
        'README.md',
        'CHANGELOG.md',
        'dist/LICENSE',
        'dist/index.js',
        'dist/index.d.ts',
      ]),
    );
    const pages = ['package.json', 'README.md', 'CHANGELOG.md', 'dist/LICENSE'];
    const others = files.filter(
      (path) => !pages.includes(path) && !/^dist\/(generated\/)?[\w.-]+\.(js|d\.ts)$/.test(path),
    );
    expect(others).toEqual([]);
    expect(files.filter((path) => /spec|fixture|functions|queries|sdk/.test(path))).toEqual([]);
  });

  it(`is at most ${SIZE_MAX} bytes with gzip`, async () => {
    const files = globSync('dist/**/*.js', { cwd: folder });
    const code = await Promise.all(files.map((file) => readFile(join(folder, file))));
    expect(gzipSync(Buffer.concat(code), { level: 9 }).length).toBeLessThan(SIZE_MAX);
  });

  it('needs no other package', async () => {
    const files = globSync('dist/**/*.{js,d.ts}', { cwd: folder });
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
    const imported = texts.flatMap((text) => [...text.matchAll(/from '([^']+)'/g)].map(([, name]) => name!));
    expect(imported.filter((name) => !name.startsWith('.'))).toEqual([]);
  });

  it('has the version of its changelog', async () => {
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(await readFile(join(folder, 'CHANGELOG.md'), 'utf8')).toContain(`\n## ${version}\n`);
  });

  it('has examples that compile with the strictest rules, and run', async () => {
    const options = {
      module: 'nodenext',
      target: 'es2023',
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noPropertyAccessFromIndexSignature: true,
      verbatimModuleSyntax: true,
      outDir: 'out',
      types: ['node'],
    };
    await writeFile(
      join(trial, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, include: ['*.ts'] }),
    );
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const report = await run(process.execPath, [compiler, '-p', trial]).then(
      () => '',
      ({ stdout }: { stdout: string }) => stdout,
    );
    expect(report).toBe('');
    const { port } = server.address() as AddressInfo;
    const env = { ...process.env, BREAKWATER_URL: `http://127.0.0.1:${port}`, BREAKWATER_API_KEY: 'bw_x' };
    const printed = await Promise.all(
      examples.map(
        async (_, at) => (await run(process.execPath, [join(trial, `out/example-${at}.js`)], { env })).stdout,
      ),
    );
    expect(printed).toEqual([
      'published e-1\n',
      '42\ndelivery d-1\n',
      'd-7 no room\n1\n',
      'APP_NOT_FOUND 404 no app "nobody" r-7\n',
      'All is well.\n',
    ]);
  });
});
