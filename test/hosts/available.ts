import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PROGRAMS = ['ip', 'nsenter', 'setpriv', 'patroni', 'etcd', 'redis-server'];

/** A run that was asked for by name: `npm run hosts`. */
export const isNamedRun = process.env['HOSTS_ROUNDS'] !== undefined;
export const ROUNDS = Number(process.env['HOSTS_ROUNDS'] ?? 1);

/** What this machine lacks to build hosts; null when it lacks nothing. */
function lacking(): string | null {
  if (process.getuid?.() !== 0) return 'root';
  // In a new network namespace, and with the rights that its devices need.
  const devices = ['--net', 'ip', 'link', 'add', 'one', 'type', 'veth', 'peer', 'name', 'two'];
  const missing = PROGRAMS.filter((name) => spawnSync('which', [name]).status !== 0);
  if (missing.length > 0) return missing.join(', ');
  if (!existsSync('/dev/net/tun')) return '/dev/net/tun';
  return spawnSync('unshare', devices).status === 0 ? null : 'CAP_SYS_ADMIN and CAP_NET_ADMIN';
}

const lack = lacking();
/** Continuous integration has the programs; not every one may build networks. */
const mayBeSkipped = lack === null || lack === 'root' || lack.startsWith('CAP_') || lack.startsWith('/dev');
if (lack !== null && (isNamedRun || (process.env['CI'] && !mayBeSkipped)))
  throw new Error(`the tests over several hosts need ${lack}`);

export const canBuildHosts = lack === null;
/** For the title: `npm test` names what was skipped, and so why. */
export const unlessLacking = lack === null ? '' : ` (needs ${lack})`;
