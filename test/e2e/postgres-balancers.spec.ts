import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkDatabases, migrate } from '@breakwater/platform';
import { eventually } from '@breakwater/testing/eventually.js';
import { DebianPostgres, hasDebianPostgres } from '../support/debian-postgres.js';
import { Platform } from '../support/platform.js';
import { hasProgram, Pooler } from '../support/poolers.js';

const HAPROXY = '/usr/sbin/haproxy';
const PGPOOL = '/usr/sbin/pgpool';
const CALLS = 20;
const STATEMENT_TIMEOUT_MS = 2_000;
/** Many times what it takes: a machine that runs all tests is slow. */
const PATIENCE_MS = 60_000;

const isComplete = hasDebianPostgres && hasProgram(HAPROXY) && hasProgram(PGPOOL);

describe.skipIf(!isComplete)('a primary and a standby', { timeout: 180_000 }, () => {
  let primary: DebianPostgres;
  let standby: DebianPostgres;
  let platform: Platform;
  const started: Pooler[] = [];

  beforeAll(async () => {
    primary = await DebianPostgres.start();
    await primary.query('CREATE DATABASE breakwater');
    await migrate(primary.url('breakwater'));
    standby = await DebianPostgres.follow(primary, 'one');
    platform = await Platform.start({ databaseUrl: primary.url('breakwater') });
  }, 120_000);
  afterAll(async () => {
    await platform?.stop();
    for (const pooler of started) await pooler.remove();
    await standby?.remove();
    await primary?.remove();
  });

  const urlOf = ({ port }: Pooler): string => `postgresql://breakwater@127.0.0.1:${port}/breakwater`;

  const pgpool = async (loadBalanceMode: 'on' | 'off'): Promise<string> => {
    const backends = [primary, standby].map(({ port }) => port);
    const pooler = await Pooler.start(PGPOOL, {
      files: (port, folder) => ({
        'pgpool.conf': pgpoolConfiguration({ port, folder, backends, loadBalanceMode }),
        'pcp.conf': '',
        hba: '',
      }),
      args: (folder) => {
        const file = (name: string): string => join(folder, name);
        return ['-n', '-f', file('pgpool.conf'), '-F', file('pcp.conf'), '-a', file('hba')];
      },
    });
    started.push(pooler);
    return urlOf(await pooler.answers(urlOf(pooler)));
  };

  const haproxy = async (): Promise<string> => {
    const pooler = await Pooler.start(HAPROXY, {
      files: (port) => ({ 'haproxy.cfg': haproxyConfiguration(port, primary.port, standby.port) }),
      args: (folder) => ['-f', join(folder, 'haproxy.cfg')],
    });
    started.push(pooler);
    return urlOf(await pooler.answers(urlOf(pooler)));
  };

  interface Work {
    /** Makes an async call. @throws Error when it is not accepted */
    call: () => Promise<string>;
    delivered: (id: string) => Promise<void>;
  }

  const start = async (env: Record<string, string>): Promise<Work> => {
    const [api] = await Promise.all([platform.api(env), platform.worker(env)]);
    const appId = await platform.register(api, { report: { async: true } });
    const client = platform.client(api);
    return {
      call: async () => {
        const { status, json } = await client.invoke(appId, 'report');
        if (status !== 202) throw new Error(`answered ${status}`);
        return json.deliveryId as string;
      },
      delivered: async (id) => {
        const isOver = async (): Promise<boolean> =>
          (await client.get(`/api/v1/deliveries/${id}`)).json.status === 'completed';
        await eventually(isOver, { limitMs: PATIENCE_MS, what: `the end of delivery ${id}` });
      },
    };
  };

  /** @returns how many were delivered */
  const deliverMany = async ({ call, delivered }: Work): Promise<number> => {
    const ids = await Promise.all(Array.from({ length: CALLS }, call));
    await Promise.all(ids.map(delivered));
    return ids.length;
  };

  it('behind pgpool that spreads reads are refused', async () => {
    await expect(checkDatabases({ url: await pgpool('on') })).rejects.toThrow(
      /is pgpool that sends reads to standbys, where they lag and have no settings; set its load_balance_mode to off$/,
    );
  });

  it('behind pgpool that does not spread reads, with the queue in PostgreSQL, all is delivered', async () => {
    const work = await start({ DATABASE_URL: await pgpool('off') });
    expect(await deliverMany(work)).toBe(CALLS);
    await Promise.all(platform.roles.map((role) => role.stop()));
  });

  it('behind HAProxy that keeps the sessions of a frozen primary, work goes on after the promotion', async () => {
    const env = {
      DATABASE_URL: await haproxy(),
      DATABASE_STATEMENT_TIMEOUT: String(STATEMENT_TIMEOUT_MS),
    };
    const work = await start(env);
    await deliverMany(work);
    primary.signalAll('SIGSTOP');
    await standby.query('SELECT pg_promote()');
    const id = await eventually(() => work.call(), { limitMs: PATIENCE_MS, what: 'an accepted call' });
    await work.delivered(id);
    const rows = await standby.query(`SELECT status FROM deliveries WHERE id = '${id}'`, 'breakwater');
    expect(rows).toEqual([{ status: 'completed' }]);
  });
});

function haproxyConfiguration(port: number, primary: number, standby: number): string {
  return `defaults
  mode tcp
  timeout connect 1s
  timeout client 10m
  timeout server 10m
  timeout check 500ms
listen postgresql
  bind 127.0.0.1:${port}
  option pgsql-check user breakwater
  default-server inter 500ms fall 2 rise 1
  server one 127.0.0.1:${primary} check
  server two 127.0.0.1:${standby} check backup
`;
}

function pgpoolConfiguration({
  port,
  folder,
  backends,
  loadBalanceMode,
}: {
  port: number;
  folder: string;
  backends: readonly number[];
  loadBalanceMode: string;
}): string {
  const servers = backends.flatMap((backend, place) => [
    `backend_hostname${place} = '127.0.0.1'`,
    `backend_port${place} = ${backend}`,
  ]);
  return `backend_clustering_mode = 'streaming_replication'
listen_addresses = '127.0.0.1'
port = ${port}
socket_dir = '${folder}'
pcp_listen_addresses = ''
pcp_socket_dir = '${folder}'
${servers.join('\n')}
sr_check_user = 'breakwater'
load_balance_mode = ${loadBalanceMode}
pool_passwd = ''
pid_file_name = '${folder}/pid'
work_dir = '${folder}'
logdir = '${folder}'
`;
}
