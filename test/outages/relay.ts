import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { eventually } from '@breakwater/testing/eventually.js';
import { freePort } from '@breakwater/testing/free-port.js';
import { childrenOf, signalProcess } from '@breakwater/testing/signals.js';

export const hasSocat = spawnSync('socat', ['-V']).status === 0;
if (!hasSocat && process.env['CI'])
  throw new Error('socat is missing: in CI nothing is skipped for want of it');

const listeners = new Set<ChildProcess>();
process.on('exit', () => listeners.forEach((listener) => listener.kill('SIGKILL')));

/** socat between the product and a server: one process for each connection, which can be frozen by a signal. */
export class Relay {
  private listener: ChildProcess | undefined;
  private readonly frozen = new Set<number>();

  private constructor(readonly port: number) {}

  static async to(target: number): Promise<Relay> {
    const relay = new Relay(await freePort());
    await relay.point(target);
    return relay;
  }

  /** Where new connections lead from now on; open ones are closed. */
  async point(target: number): Promise<void> {
    await this.close();
    const listener = spawn(
      'socat',
      [`TCP-LISTEN:${this.port},bind=127.0.0.1,reuseaddr,fork,backlog=128`, `TCP:127.0.0.1:${target}`],
      { stdio: 'ignore' },
    );
    this.listener = listener;
    listeners.add(listener);
    listener.once('exit', () => listeners.delete(listener));
    await eventually(() => this.accepts(), { what: 'socat listens' });
  }

  /** All open connections stay open and transfer nothing more; new ones work. */
  freezeOpen(): void {
    for (const pid of this.children()) {
      this.frozen.add(pid);
      signalProcess(pid, 'SIGSTOP');
    }
  }

  /** Ends the frozen connections. */
  dropFrozen(): void {
    for (const pid of this.frozen) signalProcess(pid, 'SIGKILL');
    this.frozen.clear();
  }

  async close(): Promise<void> {
    const { listener } = this;
    if (!listener) return;
    const open = this.children();
    const gone = new Promise((resolve) => listener.once('exit', resolve));
    listener.kill('SIGKILL');
    for (const pid of open) signalProcess(pid, 'SIGKILL');
    this.frozen.clear();
    await gone;
    this.listener = undefined;
  }

  private children(): number[] {
    const pid = this.listener?.pid;
    return pid === undefined ? [] : childrenOf(pid);
  }

  private accepts(): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', reject);
    });
  }
}
