// `npm run chaos -- --minutes 10 --seed 1`: random faults under load, then every promise is checked.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { childEnv, localNode, root, setup } from './setup.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
  },
});
for (const [name, least] of [
  ['minutes', 0.1],
  ['seed', 0],
]) {
  if (!(Number(values[name]) >= least)) {
    console.error(`--${name} must be a number, ${least} or more: ${values[name]}`);
    process.exit(2);
  }
}
await setup();
if (spawnSync('redis-server', ['--version']).status !== 0) {
  console.error('npm run chaos needs redis-server: apt-get install redis-server');
  process.exit(2);
}
console.log(`${values.minutes} minutes of faults, seed ${values.seed}`);
const { status } = spawnSync(localNode, ['node_modules/vitest/vitest.mjs', 'run'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...childEnv(), CHAOS_MINUTES: values.minutes, CHAOS_SEED: values.seed },
});
process.exit(status ?? 1);
