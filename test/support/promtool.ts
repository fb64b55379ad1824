import { spawnSync } from 'node:child_process';

/** Whether Prometheus' own checker is available; in CI it must be. */
export const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
if (!hasPromtool && process.env['CI']) {
  throw new Error('promtool (of the package prometheus) is missing: in CI nothing is skipped for want of it');
}

/** @throws Error with all its output when it finds a fault */
export function promtool(args: string[], input?: string): string {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`promtool ${args.join(' ')}:\n${stdout}${stderr}`);
  return stdout + stderr;
}
