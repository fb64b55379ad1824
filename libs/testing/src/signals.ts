import { spawnSync } from 'node:child_process';

/** A process that has ended meanwhile needs no signal. */
export function signalProcess(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ESRCH') throw error;
  }
}

/**
 * A process and its direct children. They are listed again after the parent got its signal: a stopped one starts no
 * more, and a killed one has none. Those that end meanwhile (a worker of autovacuum, say) are passed over.
 */
export function signalFamily(pid: number, name: NodeJS.Signals): void {
  const before = childrenOf(pid);
  signalProcess(pid, name);
  for (const child of new Set([...before, ...childrenOf(pid)])) signalProcess(child, name);
}

export function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.filter(([, parent]) => parent === pid).map(([child]) => child!);
}
