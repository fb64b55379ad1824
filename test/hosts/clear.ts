import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Names of network namespaces and folders of all rigs begin with it; the process id of the rig follows. */
const PREFIX = 'breakwater-hosts-';
const NAMESPACES = '/run/netns';

export function prefixOf(pid: number): string {
  return `${PREFIX}${pid}-`;
}

/** The processes in a network namespace. */
export function pidsIn(namespace: string): number[] {
  const { stdout } = spawnSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' });
  return (stdout ?? '').split('\n').filter(Boolean).map(Number);
}

/** Sends a signal to each process; one that is gone needs none. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as { code?: string }).code !== 'ESRCH') throw error;
    }
  }
}

/** Ends all processes in a network namespace, those too that begin meanwhile. */
export function endAll(namespace: string): void {
  for (let pids = pidsIn(namespace); pids.length > 0; pids = pidsIn(namespace)) signalAll(pids, 'SIGKILL');
}

/** Removes all that a rig made: its processes, its network namespaces with their devices, its folder. */
export function clear(prefix: string): void {
  const namespaces = existsSync(NAMESPACES)
    ? readdirSync(NAMESPACES).filter((name) => name.startsWith(prefix))
    : [];
  namespaces.forEach(endAll);
  for (const name of namespaces) spawnSync('ip', ['netns', 'delete', name]);
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(prefix)))
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
}

/** Removes what is left of rigs whose process was killed together with its guard. */
export function clearLeftovers(): void {
  const names = [...(existsSync(NAMESPACES) ? readdirSync(NAMESPACES) : []), ...readdirSync(tmpdir())];
  const pids = names.flatMap((name) => new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1] ?? []).map(Number);
  for (const pid of new Set(pids)) {
    if (!existsSync(`/proc/${pid}`)) clear(prefixOf(pid));
  }
}

// As a program it is the guard of the process that started it: when that ends in any way, the pipe to here ends.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , prefix = ''] = process.argv;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.stdin.resume().on('end', () => {
    if (prefix.startsWith(PREFIX)) clear(prefix);
  });
}
