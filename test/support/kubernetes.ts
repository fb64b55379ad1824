import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { Manifest } from './helm.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Which package has the models of a group; those of Kubernetes have one for all. */
const PACKAGES: Readonly<Record<string, string>> = {
  'keda.sh': '@kubernetes-models/keda',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
};

/** The module with the model of a manifest. */
function moduleOf({ apiVersion, kind }: Manifest): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
  return `${PACKAGES[group] ?? 'kubernetes-models'}/${apiVersion}/${kind}`;
}

/** What is wrong with a manifest by the schema of its kind; null when nothing is. */
export async function problemOf(manifest: Manifest): Promise<string | null> {
  const models = (await import(moduleOf(manifest))) as Record<
    string,
    new (data: Manifest) => { validate(): void }
  >;
  try {
    new models[manifest.kind]!(manifest).validate();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Members of manifests that their kinds do not have, which the schemas allow and Kubernetes ignores; and wrong types. */
export function unknownMembers(manifests: readonly Manifest[]): string[] {
  const file = join(root, 'test/manifests.generated.ts');
  const lines = manifests.map((manifest, n) => {
    const type = `import('${moduleOf(manifest)}').I${manifest.kind}`;
    return `export const m${n}: ${type} = ${JSON.stringify(manifest)};`;
  });
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([file], options, {
    ...host,
    fileExists: (path) => path === file || host.fileExists(path),
    readFile: (path) => (path === file ? lines.join('\n') : readFileSync(path, 'utf8')),
    getSourceFile: (path, version) =>
      path === file
        ? ts.createSourceFile(path, lines.join('\n'), version)
        : host.getSourceFile(path, version),
  });
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file: at, start }) => {
    const line = at && start !== undefined ? at.getLineAndCharacterOfPosition(start).line : undefined;
    const where = line === undefined ? '' : `${manifests[line]?.kind} ${manifests[line]?.metadata.name}: `;
    return where + ts.flattenDiagnosticMessageText(messageText, '\n');
  });
}
