import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { eventually } from '@breakwater/testing/eventually.js';
import { freePort } from '@breakwater/testing/free-port.js';
import { postgresZone } from '@breakwater/testing/private-servers.js';
import { signalFamily } from '@breakwater/testing/signals.js';

const NEEDED = ['initdb', 'postgres', 'psql', 'pg_dump', 'pg_restore', 'pg_basebackup'];

/** The programs of the newest PostgreSQL from Debian's packages; null where there is none. */
function findPrograms(): string | null {
  const home = '/usr/lib/postgresql';
  if (!existsSync(home)) return null;
  const versions = readdirSync(home).sort((a, b) => Number(b) - Number(a));
  const folders = versions.map((version) => join(home, version, 'bin'));
  return folders.find((folder) => NEEDED.every((name) => existsSync(join(folder, name)))) ?? null;
}

const programs = findPrograms();
if (programs === null && process.env['CI'])
  throw new Error('Debian’s postgresql is missing: in CI nothing is skipped for want of it');

export const hasDebianPostgres = programs !== null;

/** Where they are. */
export const debianPrograms = programs ?? '';

export interface PostgresPrograms {
  /** As `postgres --version` prints it, for example `16.14`. */
  version: string;
  /** The folder with `initdb` and `postgres`. */
  folder: string;
}

/** Debian's PostgreSQL of each version, and those in the folders that `TEST_POSTGRES_HOMES` lists (`npm run nightly`). */
export function postgresVersions(): PostgresPrograms[] {
  const others = (process.env['TEST_POSTGRES_HOMES'] ?? '').split(':').filter(Boolean);
  return [...(programs === null ? [] : [programs]), ...others].map((folder) => {
    const { stdout } = spawnSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' });
    const version = /\d+\.\d+/.exec(stdout)?.[0];
    if (version === undefined) throw new Error(`${folder} has no postgres that runs`);
    return { version, folder };
  });
}

/** The user that PostgreSQL runs as: it refuses root. */
function postgresUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(spawnSync('id', [flag, 'postgres']).stdout.toString());
  return { uid: id('-u'), gid: id('-g') };
}

/**
 * Runs one of PostgreSQL's programs to its end.
 * @returns its standard output
 * @throws Error with its standard error, when its exit code is not 0
 */
export function runProgram(
  name: string,
  args: readonly string[],
  env: Record<string, string> = {},
  folder = programs ?? '',
): string {
  const { status, stdout, stderr } = spawnSync(join(folder, name), args, {
    ...postgresUser(),
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', ...env },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
  return stdout;
}

/** A new folder that PostgreSQL's user may write to. */
export function postgresFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-debian-'));
  const user = postgresUser();
  if (user) chownSync(folder, user.uid, user.gid);
  return folder;
}

const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Debian's own PostgreSQL on a port of its own, to be dumped, restored, frozen or followed by a standby. */
export class DebianPostgres {
  private process: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly programsFolder: string,
  ) {}

  /**
   * A new cluster with the superuser `breakwater` and the databases that `initdb` creates.
   * @param folder of the programs; by default those of Debian's newest
   */
  static async start(folder = programs ?? ''): Promise<DebianPostgres> {
    const server = new DebianPostgres(postgresFolder(), await freePort(), folder);
    const options = ['--username=breakwater', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
    runProgram('initdb', [...options, '-D', server.dataFolder], {}, folder);
    await server.startAgain();
    return server;
  }

  /** A hot standby that follows `primary`. @param name its name in `synchronous_standby_names` */
  static async follow(primary: DebianPostgres, name: string): Promise<DebianPostgres> {
    const server = new DebianPostgres(postgresFolder(), await freePort(), primary.programsFolder);
    mkdirSync(server.dataFolder);
    const user = postgresUser();
    if (user) chownSync(server.dataFolder, user.uid, user.gid);
    chmodSync(server.dataFolder, 0o700);
    const from = `host=127.0.0.1 port=${primary.port} user=breakwater application_name=${name}`;
    const options = ['--write-recovery-conf', '--wal-method=stream', '--checkpoint=fast', '--no-sync'];
    runProgram('pg_basebackup', ['-d', from, '-D', server.dataFolder, ...options]);
    await server.startAgain();
    return server;
  }

  private get dataFolder(): string {
    return join(this.folder, 'data');
  }

  /** @param login a user, with or without a password: every login is trusted */
  url(database: string, login = 'breakwater'): string {
    return `postgresql://${login}@127.0.0.1:${this.port}/${database}`;
  }

  async startAgain(): Promise<void> {
    const settings = [
      'unix_socket_directories=',
      'listen_addresses=127.0.0.1',
      'max_connections=200',
      'fsync=off',
    ];
    const flags = [...settings.flatMap((setting) => ['-c', setting]), ...postgresZone()];
    // A file: an unread pipe would block the server.
    const logFile = join(this.folder, 'log');
    const log = openSync(logFile, 'a');
    const child = spawn(
      join(this.programsFolder, 'postgres'),
      ['-D', this.dataFolder, '-p', String(this.port), ...flags],
      { ...postgresUser(), cwd: tmpdir(), stdio: ['ignore', 'ignore', log] },
    );
    closeSync(log);
    this.process = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    const answers = async (): Promise<boolean> => {
      if (child.exitCode !== null)
        throw new Error(
          `PostgreSQL ended with ${child.exitCode}: ${readFileSync(logFile, 'utf8').slice(-4_000)}`,
        );
      await this.query('SELECT 1');
      return true;
    };
    await eventually(answers, { limitMs: 60_000, what: 'an answer of PostgreSQL' });
  }

  /** The rows of one statement as the superuser. */
  async query<Row extends pg.QueryResultRow>(sql: string, database = 'postgres'): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.url(database), connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** Sends a signal to all processes of the server: each is in a process group of its own. */
  signalAll(signal: NodeJS.Signals): void {
    const pid = this.process?.pid;
    if (pid === undefined) return;
    signalFamily(pid, signal);
  }

  /** Ends at once, like a crash: the log is replayed at the next start. */
  async stop(): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    this.signalAll('SIGCONT');
    child.kill('SIGQUIT');
    await gone;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
