// Sets up what a command needs, then runs it on the Node from npm: node scripts/run.mjs [--packages] FILE [ARGUMENT…]
// `--packages` is for commands that need the packages and the Prisma client, but no build.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { childEnv, localNode, root, setup } from './setup.mjs';

const args = process.argv.slice(2);
const upTo = args[0] === '--packages' ? args.shift().slice(2) : 'build';
await setup({ upTo });
const child = spawn(localNode, args, { cwd: root, env: childEnv(), stdio: 'inherit' });
// The terminal's Ctrl-C reaches the child directly; a plain kill does not.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
