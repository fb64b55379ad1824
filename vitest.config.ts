import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { specsByTier, type Tier } from './test/support/tiers.js';

/** A file with a role opens a door to the world; any other file of a lib is pure and wholly tested. */
const ROLES = ['service', 'store', 'module', 'dto', 'error', 'controller', 'processor', 'gateway', 'io'];

/** The slowest, slowest first: begun last, they would run while nothing else is left to run beside them. */
const SLOWEST = [
  'test/hosts/hosts.spec.ts',
  'test/chaos/short-run.spec.ts',
  'test/outages/postgres-outages.spec.ts',
  'test/outages/redis-outages.spec.ts',
  'test/chaos/proofs.spec.ts',
  'test/e2e/queue-denied.spec.ts',
  'test/e2e/backup.spec.ts',
  'test/chaos/captures.spec.ts',
  'test/e2e/leader-killed.spec.ts',
  'test/e2e/standalone.spec.ts',
  'test/e2e/start-refusals.spec.ts',
  'libs/delivery/src/delivery-on-postgres.spec.ts',
  'libs/delivery/src/delivery-on-redis.spec.ts',
];

class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = SLOWEST.findIndex((file) => moduleId.endsWith(file));
      return found === -1 ? SLOWEST.length : found;
    };
    // Vitest uses a process again only when the next spec is of the same tier: those of `db` come in one piece.
    const isDb = ({ project }: TestSpecification): number => Number(project.name === 'db');
    return (await super.sort(files)).toSorted((a, b) => isDb(a) - isDb(b) || place(a) - place(b));
  }
}

const specs = specsByTier(import.meta.dirname);

/** The quick ones come first; then those that need PostgreSQL and those that need the built product, side by side. */
const ORDER: Record<Tier, number> = { unit: 0, db: 1, system: 1 };

const tier = (name: Tier): TestProjectConfiguration => ({
  extends: true,
  test: {
    name,
    include: specs[name],
    sequence: { groupOrder: ORDER[name] },
    env: { TEST_TIER: name },
    ...(name === 'unit' ? {} : { globalSetup: ['test/support/global-setup.ts'] }),
    // A process for each file would spend most of its time with imports.
    ...(name === 'system' ? {} : { isolate: false }),
  },
});

const only = (name: string, include: string): TestProjectConfiguration[] => [
  { extends: true, test: { name, include: [include], globalSetup: ['test/support/global-setup.ts'] } },
];

/** Long runs are asked for by name: npm run chaos, npm run outages, npm run hosts. */
function named(): TestProjectConfiguration[] | null {
  if (process.env['CHAOS_MINUTES']) return only('chaos', 'test/chaos/*.chaos.ts');
  if (process.env['OUTAGE_ROUNDS']) return only('outages', 'test/outages/*.spec.ts');
  if (process.env['HOSTS_ROUNDS']) return only('hosts', 'test/hosts/*.spec.ts');
  return null;
}

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    projects: named() ?? [tier('unit'), tier('db'), tier('system')],
    // They wait more than they work: three at a time also on two cores.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    sequence: { sequencer: SlowestFirst },
    // Whole processes on a shared machine: a second try in CI tells a slow moment from a fault.
    retry: process.env['CI'] && !process.env['NIGHTLY'] && named() === null ? 1 : 0,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    coverage: {
      provider: 'custom',
      customProviderModule: 'test/support/coverage.ts',
      reporter: ['text-summary', 'json-summary'],
      include: ['libs/**/*.{ts,tsx}'],
      exclude: [
        '**/*.{spec,suite,fixture,spec-data}.ts',
        'libs/testing/**',
        '**/fixtures/**',
        '**/index.ts',
        '**/generated/**',
        '**/dist/**',
      ],
      thresholds: {
        lines: 90,
        [`libs/**/!(*.${ROLES.join('|*.')}).ts`]: { lines: 100 },
      },
    },
  },
});
