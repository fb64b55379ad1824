import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { childrenOf, signalFamily, signalProcess } from './signals.js';

describe('a signal', () => {
  it('to a process that has ended is passed over', async () => {
    const ended = spawn('true');
    await once(ended, 'exit');
    expect(() => signalProcess(ended.pid!, 'SIGCONT')).not.toThrow();
  });

  it('reaches a process and its children', async () => {
    const parent = spawn('sh', ['-c', 'tail -f /dev/null & echo started; wait']);
    await once(parent.stdout, 'data');
    expect(childrenOf(parent.pid!)).toHaveLength(1);
    signalFamily(parent.pid!, 'SIGKILL');
    // The pipe closes when the last process that holds it has ended.
    await once(parent, 'close');
    expect(parent.signalCode).toBe('SIGKILL');
  });
});
