// `npm run test:unit`: the tests that only compute. No build, no database; `-- --watch` runs them after each change.
const args = process.argv.slice(2);
const mode = args.includes('--watch') ? 'watch' : 'run';
const others = args.filter((arg) => arg !== '--watch');
const vitest = ['--packages', 'node_modules/vitest/vitest.mjs', mode, '--project', 'unit', ...others];
process.argv.splice(2, Infinity, ...vitest);
await import('./run.mjs');
