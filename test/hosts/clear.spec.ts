import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '@breakwater/testing/eventually.js';
import { canBuildHosts, unlessLacking } from './available.js';
import { clear, clearLeftovers, pidsIn, prefixOf } from './clear.js';
import { run } from './network.js';

const GUARD = fileURLToPath(new URL('clear.ts', import.meta.url));

describe.skipIf(!canBuildHosts)(`of hosts nothing is left${unlessLacking}`, () => {
  // A process that has ended: the rig that was killed.
  const prefix = prefixOf(spawnSync('true').pid);
  const namespace = `${prefix}one`;
  let folder: string;
  let running: ChildProcess;

  const isGone = (): boolean =>
    running.signalCode === 'SIGKILL' && !existsSync(`/run/netns/${namespace}`) && !existsSync(folder);

  async function host(): Promise<void> {
    run('ip', ['netns', 'add', namespace]);
    folder = mkdtempSync(join(tmpdir(), prefix));
    running = spawn('nsenter', [`--net=/run/netns/${namespace}`, 'sleep', '1000']);
    await eventually(() => pidsIn(namespace).length === 1, { what: 'a process on the host' });
  }

  afterEach(() => clear(prefix));

  it('when its process ends in any way: the guard removes it', async () => {
    await host();
    const guard = spawn(process.execPath, [GUARD, prefix], { stdio: ['pipe', 'ignore', 'inherit'] });
    guard.stdin.end();
    expect(await eventually(isGone, { what: 'the guard has removed the host' })).toBe(true);
  });

  it('when the guard was killed too: the next run removes it', async () => {
    await host();
    clearLeftovers();
    expect(await eventually(isGone, { what: 'the host is gone' })).toBe(true);
  });

  it('and what belongs to a living process stays', () => {
    const own = `${prefixOf(process.pid)}one`;
    run('ip', ['netns', 'add', own]);
    clearLeftovers();
    expect(existsSync(`/run/netns/${own}`)).toBe(true);
    clear(prefixOf(process.pid));
    expect(existsSync(`/run/netns/${own}`)).toBe(false);
  });
});
