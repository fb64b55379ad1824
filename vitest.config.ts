import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** A file with a role opens a door to the world; any other file of a lib is pure and wholly tested. */
const ROLES = ['service', 'store', 'module', 'dto', 'error', 'controller', 'processor', 'gateway'];

/** Takes a third of the time of all tests: begun last, everything else would be waited for, and then it alone. */
const LONGEST = 'test/chaos/short-run.spec.ts';

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLongest = ({ moduleId }: TestSpecification): number => Number(moduleId.endsWith(LONGEST));
    return (await super.sort(files)).toSorted((a, b) => isLongest(b) - isLongest(a));
  }
}

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    // The long run of the chaos rig is asked for by name: npm run chaos.
    include: process.env['CHAOS_MINUTES']
      ? ['test/chaos/*.chaos.ts']
      : [
          'libs/**/*.spec.ts',
          'bench/**/*.spec.ts',
          'apps/**/*.spec.ts',
          'examples/**/*.spec.ts',
          'test/**/*.spec.ts',
        ],
    // They wait more than they work: two at a time also on two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/support/global-setup.ts'],
    // Whole processes on a shared machine: a second try in CI tells a slow moment from a fault.
    retry: process.env['CI'] ? 1 : 0,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    coverage: {
      provider: 'v8',
      reporter: ['text-summary', 'json-summary'],
      include: ['libs/**/*.{ts,tsx}'],
      exclude: ['**/*.{spec,suite,fixture,spec-data}.ts', '**/fixtures/**', '**/index.ts', '**/generated/**'],
      thresholds: {
        lines: 90,
        [`libs/**/!(*.${ROLES.join('|*.')}).ts`]: { lines: 100 },
      },
    },
  },
});
