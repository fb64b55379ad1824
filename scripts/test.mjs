// `npm test`: sets up what is missing, runs Vitest, names what was skipped and ends with one plain line of counts.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { whenNpmIsGone } from './npm-gone.mjs';
import { childEnv, localNode, root, setup } from './setup.mjs';

await setup();

const folder = mkdtempSync(join(tmpdir(), 'breakwater-test-'));
const report = join(folder, 'report.json');
const vitest = spawn(
  localNode,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, env: childEnv(), stdio: 'inherit' },
);
// The terminal's Ctrl-C reaches Vitest by itself; a plain kill does not.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => vitest.kill('SIGTERM'));
whenNpmIsGone(() => vitest.kill('SIGTERM'));

vitest.on('exit', (code, signal) => {
  const failed = signal ? 128 + constants.signals[signal] : code;
  let counts = { passed: 0, failed: 1, skipped: 0 };
  try {
    counts = summarise(JSON.parse(readFileSync(report, 'utf8')));
  } catch (error) {
    console.error(`no test report: ${error.message}`);
  }
  rmSync(folder, { recursive: true, force: true });
  if (counts.passed + counts.failed === 0) console.error('not one test was run');
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exit(failed || (counts.failed > 0 || counts.passed === 0 ? 1 : 0));
});

function summarise({ testResults }) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, status, message, assertionResults } of testResults) {
    const before = counts.failed;
    for (const test of assertionResults) {
      if (test.status === 'passed') counts.passed++;
      else if (test.status === 'failed') counts.failed++;
      else {
        counts.skipped++;
        console.log(`skipped: ${relative(root, name)}: ${test.fullName}`);
      }
    }
    // A file that does not load, or whose hook fails, has no failed test of its own.
    if (status === 'failed' && counts.failed === before) {
      counts.failed++;
      console.log(`failed: ${relative(root, name)}: ${message.split('\n', 1)[0]}`);
    }
  }
  return counts;
}
