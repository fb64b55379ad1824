import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { eventually } from '@breakwater/testing/eventually.js';
import { freePort } from '@breakwater/testing/free-port.js';

const NOBODY = 65_534;

/** Whether a program of Debian's package is here; in CI it must be. */
export function hasProgram(path: string): boolean {
  if (existsSync(path)) return true;
  if (process.env['CI']) throw new Error(`${path} is missing: in CI nothing is skipped for want of it`);
  return false;
}

const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** One program in front of PostgreSQL, with a folder and a port of its own, as a user without rights. */
export class Pooler {
  /** All it printed. */
  output = '';

  private constructor(
    readonly port: number,
    readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  /**
   * @param files text of each file by its name, made for a port and a folder
   * @param args of the program, made likewise
   */
  static async start(
    program: string,
    {
      files,
      args,
    }: {
      files: (port: number, folder: string) => Record<string, string>;
      args: (folder: string) => string[];
    },
  ): Promise<Pooler> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'breakwater-pooler-'));
    const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;
    if (user) chownSync(folder, user.uid, user.gid);
    for (const [name, text] of Object.entries(files(port, folder))) writeFileSync(join(folder, name), text);
    const child = spawn(program, args(folder), { ...user, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    const pooler = new Pooler(port, folder, child);
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (pooler.output += text));
    child.once('exit', () => running.delete(child));
    return pooler;
  }

  /** Waits until a database behind it answers. */
  async answers(url: string): Promise<this> {
    await eventually(
      async () => {
        if (this.child.exitCode !== null) throw new Error(`it ended: ${this.output.slice(-3_000)}`);
        const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
        client.on('error', () => undefined);
        try {
          await client.connect();
          await client.query('SELECT 1');
          return true;
        } finally {
          await client.end();
        }
      },
      { limitMs: 30_000, what: `an answer through the pooler` },
    );
    return this;
  }

  /** Writes a file again and lets the program read it. */
  reload(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
    this.child.kill('SIGHUP');
  }

  async remove(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill('SIGKILL');
      await gone;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

export type PoolMode = 'session' | 'transaction' | 'statement';

/**
 * PgBouncer with its defaults in front of one database, under one name for each way to lend its sessions. `changing` is
 * the name whose way the spec changes.
 */
export class PgBouncer {
  private constructor(
    private readonly pooler: Pooler,
    private readonly target: URL,
  ) {}

  static async to(url: string): Promise<PgBouncer> {
    const target = new URL(url);
    const pooler = await Pooler.start('/usr/sbin/pgbouncer', {
      files: (port, folder) => ({
        'pgbouncer.ini': configuration({ target, port, folder, changing: 'session' }),
        // Every password is accepted from clients; the server gets this one.
        users: `"${target.username}" "${target.password}"\n`,
      }),
      args: (folder) => [join(folder, 'pgbouncer.ini')],
    });
    const bouncer = new PgBouncer(pooler, target);
    await pooler.answers(bouncer.url('session'));
    return bouncer;
  }

  url(name: PoolMode | 'changing' | 'other'): string {
    const url = new URL(this.target);
    url.port = String(this.pooler.port);
    url.pathname = `/${name}`;
    return url.href;
  }

  change(mode: PoolMode): void {
    const { pooler, target } = this;
    const { folder } = pooler;
    pooler.reload('pgbouncer.ini', configuration({ target, port: pooler.port, folder, changing: mode }));
  }

  async remove(): Promise<void> {
    await this.pooler.remove();
  }
}

function configuration({
  target,
  port,
  folder,
  changing,
}: {
  target: URL;
  port: number;
  folder: string;
  changing: PoolMode;
}): string {
  const database = `host=${target.hostname} port=${target.port} dbname=${target.pathname.slice(1)}`;
  return `[databases]
session = ${database} pool_mode=session
transaction = ${database} pool_mode=transaction
statement = ${database} pool_mode=statement
changing = ${database} pool_mode=${changing}
other = host=${target.hostname} port=${target.port} dbname=postgres pool_mode=session
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${join(folder, 'users')}
`;
}
