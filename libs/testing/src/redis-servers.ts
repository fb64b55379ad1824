import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis, type RedisOptions } from 'ioredis';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

const run = promisify(execFile);

/** One process of redis-server with its own folder: a server, a replica, a sentinel or a node of a cluster. */
export class RedisProcess {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly flags: readonly string[],
    private readonly program: string,
  ) {}

  /**
   * @param settings lines of its configuration file, in addition to its address
   * @param program another one of the same command line, such as valkey-server
   */
  static async start(
    settings: readonly string[],
    flags: readonly string[] = [],
    program = 'redis-server',
  ): Promise<RedisProcess> {
    const port = await freePort();
    const folder = await mkdtemp(join(tmpdir(), 'breakwater-redis-'));
    const lines = [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, ...settings];
    await writeFile(join(folder, 'redis.conf'), `${lines.join('\n')}\n`);
    const started = new RedisProcess(port, folder, flags, program);
    await started.startAgain();
    return started;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async startAgain(): Promise<void> {
    const args = [join(this.folder, 'redis.conf'), ...this.flags];
    this.child = spawn(this.program, args, { stdio: 'ignore' });
    await eventually(() => answers(this.port), { what: `${this.program} on port ${this.port} listens` });
  }

  /** The answer to one command. */
  async ask(login: RedisOptions, name: string, ...args: (string | number)[]): Promise<unknown> {
    const client = new Redis({
      ...login,
      host: '127.0.0.1',
      port: this.port,
      lazyConnect: true,
      enableReadyCheck: false,
      disableClientInfo: true,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
      commandTimeout: 5_000,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  }

  /** For example `SIGSTOP` and `SIGCONT`. */
  signal(name: NodeJS.Signals): void {
    this.child?.kill(name);
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end('PING\r\n'));
    // Whatever it says, also that a password is missing.
    socket.once('data', () => resolve(true)).once('error', () => resolve(false));
  });
}

const MEMORY_ONLY = ['save ""', 'appendonly no', 'repl-diskless-sync-delay 0'];
/** A server counts as down after this time without an answer, ms. */
const DOWN_AFTER_MS = 2_000;

/** A primary with a replica, watched by three sentinels that call it `wakeups`. */
export class RedisSentinels {
  static readonly primaryName = 'wakeups';
  static readonly user = 'breakwater';
  static readonly password = 'of the servers';
  static readonly sentinelPassword = 'of the sentinels';

  private constructor(
    readonly servers: readonly RedisProcess[],
    readonly sentinels: readonly RedisProcess[],
  ) {}

  /** Servers and sentinels ask for passwords; at the servers there is also the user `breakwater` with all rights. */
  static async start(): Promise<RedisSentinels> {
    const { password, sentinelPassword, primaryName, user } = RedisSentinels;
    const settings = [
      ...MEMORY_ONLY,
      `requirepass "${password}"`,
      `masterauth "${password}"`,
      `user ${user} on >${user} ~* &* +@all`,
    ];
    const primary = await RedisProcess.start(settings);
    const replica = await RedisProcess.start([...settings, `replicaof 127.0.0.1 ${primary.port}`]);
    const watching = [
      `requirepass "${sentinelPassword}"`,
      `sentinel sentinel-pass "${sentinelPassword}"`,
      `sentinel monitor ${primaryName} 127.0.0.1 ${primary.port} 2`,
      `sentinel auth-pass ${primaryName} "${password}"`,
      `sentinel down-after-milliseconds ${primaryName} ${DOWN_AFTER_MS}`,
      `sentinel failover-timeout ${primaryName} 6000`,
    ];
    const sentinels = await Promise.all([1, 2, 3].map(() => RedisProcess.start(watching, ['--sentinel'])));
    const started = new RedisSentinels([primary, replica], sentinels);
    await eventually(() => started.areComplete(), { what: 'the sentinels know each other and the replica' });
    return started;
  }

  /** For REDIS_SENTINELS. */
  get addresses(): string {
    return this.sentinels.map(({ address }) => address).join(',');
  }

  /** The server that the first sentinel names. */
  async primary(): Promise<RedisProcess> {
    const { primaryName } = RedisSentinels;
    const answer = await this.askSentinel(this.sentinels[0]!, 'get-master-addr-by-name', primaryName);
    return this.servers.find(({ port }) => String(port) === (answer as string[])[1])!;
  }

  async remove(): Promise<void> {
    await Promise.all([...this.sentinels, ...this.servers].map((each) => each.remove()));
  }

  private async areComplete(): Promise<boolean> {
    const states = await Promise.all(
      this.sentinels.map(async (sentinel) => {
        const answer = await this.askSentinel(sentinel, 'master', RedisSentinels.primaryName);
        const pairs = answer as string[];
        const of = (name: string): string | undefined => pairs[pairs.indexOf(name) + 1];
        return of('num-slaves') === '1' && of('num-other-sentinels') === '2';
      }),
    );
    return states.every(Boolean);
  }

  private async askSentinel(sentinel: RedisProcess, ...args: string[]): Promise<unknown> {
    return sentinel.ask({ password: RedisSentinels.sentinelPassword }, 'SENTINEL', ...args);
  }
}

/** Three primaries with a replica each, each with a third of the slots. */
export class RedisCluster {
  private constructor(readonly nodes: readonly RedisProcess[]) {}

  /** @param settings more lines for the configuration of each node */
  static async start(settings: readonly string[] = []): Promise<RedisCluster> {
    const nodes = await Promise.all(
      Array.from({ length: 6 }, async () =>
        RedisProcess.start([
          ...MEMORY_ONLY,
          'cluster-enabled yes',
          // By default the port of the clients and 10,000, which may be more than there are.
          `cluster-port ${await freePort()}`,
          `cluster-node-timeout ${DOWN_AFTER_MS}`,
          ...settings,
        ]),
      ),
    );
    const cluster = new RedisCluster(nodes);
    const addresses = nodes.map(({ address }) => address);
    const options = ['--cluster-replicas', '1', '--cluster-yes'];
    await run('redis-cli', ['--cluster', 'create', ...addresses, ...options]);
    await eventually(async () => (await Promise.all(nodes.map(isWell))).every(Boolean), {
      what: 'all nodes know the cluster',
    });
    return cluster;
  }

  /** For REDIS_CLUSTER: not all of them. */
  get addresses(): string {
    return this.nodes
      .slice(0, 4)
      .map(({ address }) => address)
      .join(',');
  }

  /** Nodes that hold a slot, with their keys. */
  async keys(pattern: string): Promise<Map<RedisProcess, string[]>> {
    const found = new Map<RedisProcess, string[]>();
    for (const node of this.nodes) {
      const role = await node.ask({}, 'ROLE').catch(() => null);
      if (Array.isArray(role) && role[0] === 'master')
        found.set(node, (await node.ask({}, 'KEYS', pattern)) as string[]);
    }
    return found;
  }

  async remove(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.remove()));
  }
}

/** Its view is complete: no slot is without a primary, and each primary has its replica. */
async function isWell(node: RedisProcess): Promise<boolean> {
  const [info, nodes] = await Promise.all([
    node.ask({}, 'CLUSTER', 'INFO'),
    node.ask({}, 'CLUSTER', 'NODES'),
  ]);
  return /cluster_state:ok/.test(String(info)) && String(nodes).match(/ (myself,)?slave /g)?.length === 3;
}
