// Runs the specs that a variable asks for by name (vitest.config.ts), each `--rounds` times.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { childEnv, localNode, root, setup } from './setup.mjs';

/** Ends the process as the run ends. @param usual rounds without `--rounds` */
export async function repeat(variable, usual) {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: String(usual) } } });
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
    env: { ...childEnv(), CI: 'true', [variable]: String(rounds) },
  });
  process.exit(status ?? 1);
}
