import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';

const root = fileURLToPath(new URL('../../', import.meta.url));
export type Values = Record<string, unknown>;

/** A manifest of Kubernetes; members by their path in the tests. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; annotations?: Record<string, string>; labels?: Record<string, string> };
  // eslint-disable-next-line typescript/no-explicit-any -- as many shapes as kinds
  [member: string]: any;
}

/** What one set of values comes to. */
export type Rendered = { manifests: Manifest[]; notes: string } | { refusal: string };

/** One rendering; `objects` is what the cluster already has, by `apiVersion/kind/namespace/name`. */
export interface Asked {
  values: Values;
  release?: string;
  objects?: Record<string, unknown>;
}

export const chart = join(root, 'deploy/helm/breakwater');

/** The sets of values in deploy/helm/examples by name. */
export const examples: Record<string, Values> = Object.fromEntries(
  globSync(join(root, 'deploy/helm/examples/*.yaml'))
    .toSorted()
    .map((file) => [basename(file, '.yaml'), parse(readFileSync(file, 'utf8')) as Values]),
);

/** Whether Go is available, which the renderer is built with; in CI it must be. */
export const hasGo = spawnSync('go', ['version']).status === 0;
if (!hasGo && process.env['CI']) {
  throw new Error('go (of the package golang-go) is missing: in CI nothing is skipped for want of it');
}

/** Helm itself, if it is installed: the nightly run builds it. */
export const helm = process.env['HELM'] ?? (spawnSync('helm', ['version']).status === 0 ? 'helm' : undefined);

let program: string | undefined;

/** Renders the chart once for each, by test/helm/render.go. */
export function render(asked: Asked[]): Rendered[] {
  program ??= built();
  const input = asked.map(({ values, release = 'bw', objects = {} }) => ({
    Release: release,
    Namespace: 'breakwater',
    Values: values,
    Objects: objects,
  }));
  const answers = JSON.parse(output(program, [chart], JSON.stringify(input))) as {
    files?: Record<string, string>;
    refusal?: string;
  }[];
  return answers.map(({ files, refusal }) => {
    if (refusal !== undefined) return { refusal };
    const { 'NOTES.txt': notes = '', ...manifests } = files!;
    return { notes, manifests: Object.values(manifests).flatMap(documentsIn) };
  });
}

/** What Helm makes of the same. */
export function renderByHelm(values: Values): Manifest[] {
  const folder = join(root, 'node_modules/.cache/breakwater-render');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'values.json');
  writeFileSync(file, JSON.stringify(values));
  const args = ['template', 'bw', chart, '--namespace', 'breakwater', '--kube-version', '1.34.0', '-f', file];
  return documentsIn(output(helm!, args));
}

/** Builds the renderer: about 10 s at the first time. */
function built(): string {
  const file = join(root, 'node_modules/.cache/breakwater-render/render');
  // As it is: no other version of Go is downloaded.
  const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly', CGO_ENABLED: '0' };
  output('go', ['build', '-o', file, '.'], undefined, { cwd: join(root, 'test/helm'), env });
  return file;
}

function documentsIn(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors.length > 0) throw new Error(`${document.errors.join('\n')}\n${text}`);
    const content = document.toJS() as Manifest | null;
    return content === null ? [] : [content];
  });
}

/** @throws Error with all its output when it fails */
function output(
  command: string,
  args: string[],
  input?: string,
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): string {
  const done = spawnSync(command, args, { ...options, input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (done.status !== 0)
    throw new Error(
      `${command} ${args.join(' ')}:\n${done.stdout}${done.stderr}${done.error?.message ?? ''}`,
    );
  return done.stdout;
}
