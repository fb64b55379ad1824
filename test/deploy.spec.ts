import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = join(root, 'deploy/kubernetes');
const KINDS = {
  ConfigMap,
  Secret,
  Service,
  Job,
  Deployment,
  PodDisruptionBudget,
  HorizontalPodAutoscaler,
  ScaledObject,
} as const;

interface Manifest {
  kind: keyof typeof KINDS;
  metadata: { name: string };
  spec: { template: { spec: { terminationGracePeriodSeconds?: number; containers: Container[] } } };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
}
interface Container {
  command: string[];
  envFrom: { secretRef?: { name: string }; configMapRef?: { name: string } }[];
}

const { resources } = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as {
  resources: string[];
};
const manifests = resources.flatMap((file) =>
  parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => document.toJS() as Manifest),
);
const named = manifests.map((manifest) => [manifest.kind, manifest.metadata.name, manifest] as const);

/** What is wrong by the schema of its kind; null when nothing is. */
function problemOf(manifest: Manifest): string | null {
  try {
    new KINDS[manifest.kind](manifest as never).validate();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('deploy/kubernetes', () => {
  it('names every file of the folder', () => {
    const files = globSync('*.yaml', { cwd: folder }).filter((file) => file !== 'kustomization.yaml');
    expect(new Set(resources)).toEqual(new Set(files));
  });

  it.each(named)('%s %s matches its schema', (_kind, _name, manifest) => {
    expect(problemOf(manifest)).toBeNull();
  });

  it('is checked by schemas that find a mistake', () => {
    const [, , deployment] = named.find(([kind]) => kind === 'Deployment')!;
    expect(
      problemOf({ ...deployment, spec: { ...deployment.spec, replicas: 'many' } } as never),
    ).not.toBeNull();
  });

  it('sets no unknown setting', () => {
    const known = readFileSync(join(root, '.env.example'), 'utf8');
    const names = manifests.flatMap(({ data, stringData }) => Object.keys({ ...data, ...stringData }));
    expect(names.length).toBeGreaterThan(8);
    expect(names.filter((name) => !new RegExp(`\\b${name}=`).test(known))).toEqual([]);
  });

  const workloads = named.filter(([kind]) => kind === 'Deployment' || kind === 'Job');
  it.each(workloads)(
    '%s %s runs a program that exists, with settings that exist',
    (_kind, _name, manifest) => {
      const there = new Set(manifests.map(({ kind, metadata: { name } }) => `${kind} ${name}`));
      for (const { command, envFrom } of manifest.spec.template.spec.containers) {
        expect(globSync(command.at(-1)!.replace(/^dist\/(.*)\.js$/, '$1.ts'), { cwd: root })).toHaveLength(1);
        for (const { secretRef, configMapRef } of envFrom) {
          expect(there).toContain(secretRef ? `Secret ${secretRef.name}` : `ConfigMap ${configMapRef!.name}`);
        }
      }
    },
  );

  it.each(named.filter(([kind]) => kind === 'Deployment'))(
    '%s %s has enough time to stop',
    (_kind, _name, manifest) => {
      expect(manifest.spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(40);
    },
  );
});
