import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, SUBNET } from './network.js';
import type { Host } from './host.js';

export const PASSWORDS = { postgres: 'super', replicator: 'replicates', breakwater: 'service' };
export const SENTINEL_NAME = 'breakwater';
export const PORTS = { postgres: 5432, patroni: 8008, etcd: 2379, redis: 6379, sentinel: 26379 };

export async function startEtcd(host: Host, members: readonly Host[], folder: string): Promise<void> {
  const client = `http://${host.address}:${PORTS.etcd}`;
  const peerOf = ({ address }: Host): string => `http://${address}:2380`;
  const flags = {
    name: host.name,
    'data-dir': join(folder, `${host.name}-etcd`),
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peerOf(host),
    'initial-advertise-peer-urls': peerOf(host),
    'initial-cluster': members.map((member) => `${member.name}=${peerOf(member)}`).join(),
    // A busy machine is slow, and no reason for an election.
    'heartbeat-interval': '300',
    'election-timeout': '3000',
  };
  const command = ['etcd', ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])];
  host.run({ label: 'etcd', command });
}

/** Operators find the same in docs/operations/patroni.md, with `fsync` on. */
export function patroniConfig(host: Host, members: readonly Host[], folder: string): string {
  const dataFolder = join(folder, `${host.name}-data`);
  return `scope: breakwater
name: ${host.name}
restapi:
  listen: ${host.address}:${PORTS.patroni}
  connect_address: ${host.address}:${PORTS.patroni}
etcd3:
  hosts: [${members.map(({ address }) => `'${address}:${PORTS.etcd}'`).join(', ')}]
bootstrap:
  dcs:
    ttl: 10
    loop_wait: 1
    retry_timeout: 3
    synchronous_mode: true
    postgresql:
      use_pg_rewind: true
      parameters:
        max_connections: 100
        fsync: 'off'
        shared_buffers: 32MB
  initdb:
    - encoding: UTF8
    - locale: C
  pg_hba:
    - host replication replicator ${SUBNET} scram-sha-256
    - host all all ${SUBNET} scram-sha-256
    - local all all trust
postgresql:
  listen: ${host.address}:${PORTS.postgres}
  connect_address: ${host.address}:${PORTS.postgres}
  data_dir: ${dataFolder}
  bin_dir: ${postgresPrograms()}
  pgpass: ${join(folder, `${host.name}-socket`, 'pgpass')}
  use_unix_socket: true
  remove_data_directory_on_rewind_failure: true
  remove_data_directory_on_diverged_timelines: true
  basebackup:
    - checkpoint: fast
    - no-sync
  parameters:
    unix_socket_directories: ${join(folder, `${host.name}-socket`)}
    password_encryption: scram-sha-256
  authentication:
    superuser: {username: postgres, password: ${PASSWORDS.postgres}}
    replication: {username: replicator, password: ${PASSWORDS.replicator}}
watchdog:
  mode: 'off'
`;
}

export async function startPatroni(host: Host, members: readonly Host[], folder: string): Promise<void> {
  const config = join(folder, `${host.name}-patroni.yml`);
  writeFileSync(config, patroniConfig(host, members, folder));
  for (const name of ['data', 'socket']) {
    const path = join(folder, `${host.name}-${name}`);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    run('chown', ['postgres:postgres', path]);
    chmodSync(path, 0o700);
  }
  host.run({ label: 'patroni', asPostgres: true, command: ['/usr/bin/patroni', config] });
}

/** Sentinel writes into the file who follows whom; a second start takes it from there. */
export async function startRedis(host: Host, primary: Host | null, folder: string): Promise<void> {
  const settings = [
    `bind ${host.address}`,
    `port ${PORTS.redis}`,
    'protected-mode no',
    'save ""',
    'maxmemory-policy noeviction',
    'repl-diskless-sync-delay 0',
    ...(primary ? [`replicaof ${primary.address} ${PORTS.redis}`] : []),
  ];
  const file = settingsFile(host, 'redis', folder, settings);
  host.run({ label: 'redis', command: ['redis-server', file] });
}

export async function startSentinel(host: Host, primary: Host, folder: string): Promise<void> {
  const settings = [
    `bind ${host.address}`,
    `port ${PORTS.sentinel}`,
    'protected-mode no',
    `sentinel monitor ${SENTINEL_NAME} ${primary.address} ${PORTS.redis} 2`,
    `sentinel down-after-milliseconds ${SENTINEL_NAME} 3000`,
    `sentinel failover-timeout ${SENTINEL_NAME} 10000`,
  ];
  const file = settingsFile(host, 'sentinel', folder, settings);
  host.run({ label: 'sentinel', command: ['redis-server', file, '--sentinel'] });
}

/** Written once: the program changes it. */
function settingsFile(host: Host, name: string, folder: string, settings: readonly string[]): string {
  const own = join(folder, `${host.name}-${name}`);
  mkdirSync(own, { recursive: true });
  const file = join(own, `${name}.conf`);
  if (!existsSync(file)) writeFileSync(file, `${[...settings, `dir ${own}`].join('\n')}\n`);
  return file;
}

/** The programs of the newest PostgreSQL of Debian. */
function postgresPrograms(): string {
  const home = '/usr/lib/postgresql';
  const versions = readdirSync(home).filter((version) => existsSync(join(home, version, 'bin', 'postgres')));
  return join(home, versions.sort((a, b) => Number(b) - Number(a))[0] ?? '', 'bin');
}
