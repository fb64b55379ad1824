import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@breakwater/testing/eventually.js';
import { endAll, pidsIn, signalAll } from './clear.js';
import { addressOf, type HostName, type Network } from './network.js';

const AS_POSTGRES = ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--'];

interface Program {
  /** Its log file is called so. */
  label: string;
  command: readonly string[];
  /** PostgreSQL refuses root. */
  asPostgres?: boolean;
}

/** One machine: a network namespace and the processes in it. */
export class Host {
  readonly address: string;
  readonly namespace: string;
  /** What its boot starts, in this order. */
  private readonly services: (() => Promise<void>)[] = [];

  constructor(
    readonly name: HostName,
    private readonly network: Network,
    private readonly folder: string,
  ) {
    this.address = addressOf(name);
    this.namespace = network.namespaceOf(name);
  }

  /** The words before a command that runs on this host. */
  get entry(): string[] {
    return ['nsenter', `--net=/run/netns/${this.namespace}`, '--'];
  }

  /** Starts it now, and at each later boot. */
  async serve(start: () => Promise<void>): Promise<void> {
    this.services.push(start);
    await start();
  }

  run({ label, command, asPostgres = false }: Program): ChildProcess {
    const [program = '', ...args] = [...this.entry, ...(asPostgres ? AS_POSTGRES : []), ...command];
    // A file: an unread pipe would block the program.
    const log = openSync(this.logFile(label), 'a');
    const child = spawn(program, args, { cwd: this.folder, stdio: ['ignore', log, log] });
    closeSync(log);
    return child;
  }

  /** Waits until the log of a program contains this. */
  async says(label: string, text: string): Promise<void> {
    const isThere = (): boolean => readFileSync(this.logFile(label), 'utf8').includes(text);
    await eventually(isThere, { limitMs: 60_000, what: `${this.name}: ${label} says "${text}"` }).catch(
      (error: unknown) => {
        throw new Error(readFileSync(this.logFile(label), 'utf8').slice(-4_000), { cause: error });
      },
    );
  }

  logFile(label: string): string {
    return join(this.folder, `${this.name}-${label}.log`);
  }

  /** All its processes stand still; their connections stay open. */
  freeze(): void {
    const frozen = new Set<number>();
    for (;;) {
      const others = pidsIn(this.namespace).filter((pid) => !frozen.has(pid));
      if (others.length === 0) return;
      signalAll(others, 'SIGSTOP');
      others.forEach((pid) => frozen.add(pid));
    }
  }

  thaw(): void {
    signalAll(pidsIn(this.namespace), 'SIGCONT');
  }

  /** As when its power fails: nobody is told, and nothing of its processes is left. */
  kill(): void {
    this.network.unplug(this.name);
    endAll(this.namespace);
  }

  /** After `kill`. */
  async boot(): Promise<void> {
    this.network.plugIn(this.name);
    for (const start of this.services) await start();
  }
}
