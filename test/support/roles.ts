import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { COMPILED, requireBuild, root } from '@breakwater/testing/build.js';
import { eventually } from '@breakwater/testing/eventually.js';

export type RoleName = 'api' | 'worker' | 'standalone';

/** How a process ended. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** From the signal to the end. */
  afterMs: number;
}

const READY: Record<RoleName, RegExp> = {
  api: /^breakwater api ready on (\S+)$/m,
  worker: /^breakwater worker ready$/m,
  standalone: /^Breakwater is ready on (\S+)/m,
};

const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** One process of the built product. */
export class Role {
  /** Everything it wrote, both streams. */
  output = '';
  private readonly ended: Promise<Omit<Ending, 'afterMs'>>;

  constructor(
    readonly name: RoleName,
    private readonly child: ChildProcess,
  ) {
    running.add(child);
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        running.delete(child);
        resolve({ code, signal });
      });
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Whether it has printed its ready line. */
  get isReady(): boolean {
    return READY[this.name].test(this.output);
  }

  /** Where it listens, read from its output. */
  get url(): string {
    return READY[this.name].exec(this.output)![1]!;
  }

  /** Its log lines, parsed. */
  get log(): Record<string, unknown>[] {
    return this.output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** @throws Error with all it wrote when it ends before it is ready */
  async ready(limitMs = 60_000): Promise<this> {
    await this.readyOrEnded(limitMs);
    if (!READY[this.name].test(this.output))
      throw new Error(`${this.name} ended before it was ready:\n${this.output}`);
    return this;
  }

  /** Waits until it is ready, or has ended: for a process that ends itself. */
  async readyOrEnded(limitMs = 60_000): Promise<this> {
    const isOver = (): boolean => READY[this.name].test(this.output) || !this.isRunning;
    await eventually(isOver, { limitMs, what: `${this.name} ready or ended` });
    return this;
  }

  /** Sends the signal and waits until it has ended. */
  async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM', limitMs = 40_000): Promise<Ending> {
    const startedMs = performance.now();
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), limitMs);
    const ending = await this.end();
    clearTimeout(timer);
    return { ...ending, afterMs: performance.now() - startedMs };
  }

  async kill9(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** For example `SIGSTOP` and `SIGCONT`. */
  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  async end(): Promise<Omit<Ending, 'afterMs'>> {
    return this.ended;
  }
}

/**
 * Starts a role with nothing but `env` set; waits for nothing.
 * @param wrapper a command, with its arguments, that runs the one after it
 */
export function spawnRole(
  name: RoleName,
  env: Record<string, string>,
  args: string[] = [],
  wrapper: readonly string[] = [],
): Role {
  requireBuild();
  const program = [process.execPath, join(root, `dist/apps/${name}/src/main.js`), ...args];
  const [command = '', ...rest] = [...wrapper, ...program];
  const child = spawn(command, rest, {
    cwd: root,
    env: {
      PATH: process.env['PATH']!,
      HOME: process.env['HOME'] ?? '/',
      ...(process.env['TZ'] ? { TZ: process.env['TZ'] } : {}),
      // Hundreds are started in a run of all tests: what one has compiled the next one loads.
      NODE_COMPILE_CACHE: COMPILED,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Role(name, child);
}

/** Starts a role and waits for its ready line. */
export async function startRole(
  name: RoleName,
  env: Record<string, string>,
  args: string[] = [],
): Promise<Role> {
  return spawnRole(name, env, args).ready();
}
