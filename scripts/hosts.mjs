// `npm run hosts -- --rounds 10`: hosts with networks of their own are killed, frozen and cut off; PostgreSQL fails over
// by Patroni, Redis by Sentinels. Each promised time is checked.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { childEnv, localNode, root, setup } from './setup.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10' } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error(`--rounds must be a whole number, 1 or more: ${values.rounds}`);
  process.exit(2);
}
await setup();
const { status } = spawnSync(localNode, ['node_modules/vitest/vitest.mjs', 'run'], {
  cwd: root,
  stdio: 'inherit',
  // Missing tools are a failure here, not skipped.
  env: { ...childEnv(), CI: 'true', HOSTS_ROUNDS: String(rounds) },
});
process.exit(status ?? 1);
