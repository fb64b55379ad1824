import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  databaseFault,
  lendingFault,
  folderFault,
  listenFault,
  postgresFault,
  redisFault,
  redisKindFault,
  sentenceOf,
  spreadingFault,
  type StartFault,
  versionFault,
} from './start-fault.js';
import type { RedisMode } from '../redis/redis-mode.js';
import { shownTarget, type RedisTarget } from '../config/redis-target.js';
import { START_FAULTS } from './start-fault.spec-data.js';

const failure = (code: string, message = code): Error => Object.assign(new Error(message), { code });
const asked = { portSetting: 'METRICS_PORT', port: 9464, hostSetting: 'METRICS_HOST', host: '10.0.0.1' };
const database = 'postgresql://me:very-secret@db.example:5433/orders?password=hidden';
const atDatabase = { setting: 'DATABASE_URL', at: 'db.example:5433' };
const server: RedisTarget = {
  kind: 'server',
  setting: 'REDIS_URL',
  url: 'rediss://:very-secret@red.example',
  tls: {},
};

describe('a port that cannot be used', () => {
  it.each<[string, StartFault | null]>([
    ['EADDRINUSE', { kind: 'port_taken', setting: 'METRICS_PORT', port: 9464 }],
    ['EACCES', { kind: 'port_forbidden', setting: 'METRICS_PORT', port: 9464 }],
    ['EADDRNOTAVAIL', { kind: 'address_unknown', setting: 'METRICS_HOST', host: '10.0.0.1' }],
    ['ENOTFOUND', { kind: 'address_unknown', setting: 'METRICS_HOST', host: '10.0.0.1' }],
    ['EMFILE', null],
  ])('by %s names its own setting', (code, fault) =>
    expect(listenFault(failure(code), asked)).toEqual(fault),
  );
});

describe('a database that cannot be used', () => {
  it.each<[string, Error, StartFault | null]>([
    [
      'does not listen',
      failure('ECONNREFUSED'),
      { kind: 'database_unreachable', ...atDatabase, why: 'connection refused' },
    ],
    [
      'does not listen on any of its addresses',
      new AggregateError([failure('ECONNREFUSED')], ''),
      { kind: 'database_unreachable', ...atDatabase, why: 'connection refused' },
    ],
    [
      'has no name',
      failure('ENOTFOUND'),
      { kind: 'database_unreachable', ...atDatabase, why: 'no such host' },
    ],
    [
      'does not answer',
      new Error('timeout expired'),
      { kind: 'database_unreachable', ...atDatabase, why: 'no answer in time' },
    ],
    [
      'hangs up',
      new Error('Connection terminated unexpectedly'),
      { kind: 'database_unreachable', ...atDatabase, why: 'no answer in time' },
    ],
    ['knows no such login', failure('28P01'), { kind: 'database_login_refused', ...atDatabase, user: 'me' }],
    [
      'accepts no connections from here',
      failure('28000'),
      { kind: 'database_login_refused', ...atDatabase, user: 'me' },
    ],
    ['has another name', failure('3D000'), { kind: 'database_missing', ...atDatabase, database: 'orders' }],
    ['has a full disk', failure('53100'), { kind: 'database_full', ...atDatabase }],
    [
      'has no free connection',
      failure('53300', 'sorry, too many clients already'),
      { kind: 'database_refused', ...atDatabase, why: 'sorry, too many clients already' },
    ],
    [
      'takes no writes',
      failure('25006', 'it is a standby'),
      { kind: 'database_refused', ...atDatabase, why: 'it is a standby' },
    ],
    [
      'is a pooler that takes no startup parameters',
      failure('08P01', 'unsupported startup parameter: options'),
      { kind: 'options_refused', ...atDatabase },
    ],
    ['reports something else', failure('42601', 'syntax error'), null],
  ])('because it %s is reported with its setting and host', (_, error, fault) =>
    expect(databaseFault(error, 'DATABASE_URL', database)).toEqual(fault),
  );

  it('because a pooler lends its sessions has a remedy for each setting', () => {
    const remedy = (setting: string): string => sentenceOf(lendingFault('statement', setting, database));
    expect(remedy('DATABASE_URL')).toMatch(
      /^db\.example:5433 is a pooler .* one statement; set its pool_mode to/,
    );
    expect(remedy('DATABASE_OWNER_URL')).toMatch(/; let DATABASE_OWNER_URL name PostgreSQL itself, or/);
  });

  it('because pgpool sends reads to standbys is reported with its setting and host', () =>
    expect(spreadingFault('DATABASE_URL', database)).toEqual({ kind: 'reads_spread', ...atDatabase }));

  it('of several hosts names each of them', () => {
    const url = 'postgresql://me:secret@db1,db2:5433/orders';
    expect(databaseFault(failure('ECONNREFUSED'), 'DATABASE_URL', url)).toMatchObject({
      kind: 'database_unreachable',
      at: 'db1:5432,db2:5433',
    });
  });

  it('is found in the cause of the error', () => {
    const error = new Error('it failed', { cause: failure('3D000') });
    expect(databaseFault(error, 'DATABASE_URL', database)?.kind).toBe('database_missing');
  });
});

describe('a version of PostgreSQL', () => {
  it.each([
    [90_624, 9],
    [140_012, 14],
    [149_999, 14],
  ])('%i is refused', (number, version) => {
    const fault = { kind: 'database_too_old', ...atDatabase, version };
    expect(versionFault(number, 'DATABASE_URL', database)).toEqual(fault);
  });

  it.each([150_000, 150_018, 160_014, 180_004, 190_000])('%i is not', (number) =>
    expect(versionFault(number, 'DATABASE_URL', database)).toBeNull(),
  );
});

describe('a Redis that cannot be used', () => {
  const at = { setting: 'REDIS_URL', at: 'red.example:6379' };
  it.each<[string, Error, StartFault]>([
    [
      'does not listen',
      failure('ECONNREFUSED'),
      { kind: 'redis_unreachable', ...at, why: 'connection refused' },
    ],
    [
      'does not answer',
      new Error('connect ETIMEDOUT timed out'),
      { kind: 'redis_unreachable', ...at, why: 'no answer in time' },
    ],
    [
      'requires a password',
      new Error('NOAUTH Authentication required.'),
      { kind: 'redis_login_refused', ...at },
    ],
    [
      'requires another password',
      new Error('WRONGPASS invalid username-password pair'),
      { kind: 'redis_login_refused', ...at },
    ],
    [
      'is something else',
      new Error('Protocol error'),
      { kind: 'redis_unreachable', ...at, why: 'Protocol error' },
    ],
  ])('because it %s is reported with its setting and host', (_, error, fault) =>
    expect(redisFault(error, at)).toEqual(fault),
  );
});

describe('a Redis that cannot hold the queue', () => {
  it.each<[RedisMode | null, StartFault['kind'] | undefined]>([
    ['standalone', undefined],
    ['sentinel', 'redis_is_sentinel'],
    ['cluster', 'redis_is_cluster'],
    [null, undefined],
  ])('because its mode is %s is %s', (mode, kind) => expect(redisKindFault(server, mode)?.kind).toBe(kind));
});

describe('a cluster of Redis', () => {
  const cluster: RedisTarget = {
    kind: 'cluster',
    setting: 'REDIS_CLUSTER',
    nodes: [{ host: 'a', port: 1 }],
    login: {},
    tls: null,
  };
  it.each<[RedisMode | null, StartFault['kind'] | undefined]>([
    ['standalone', 'redis_is_no_cluster'],
    ['sentinel', 'redis_is_sentinel'],
    ['cluster', undefined],
    [null, undefined],
  ])('whose mode is %s is %s', (mode, kind) => expect(redisKindFault(cluster, mode)?.kind).toBe(kind));
});

describe('a data folder that cannot be used', () => {
  it.each<[string, StartFault['kind'] | undefined]>([
    ['ENOSPC', 'disk_full'],
    ['EDQUOT', 'disk_full'],
    ['ENOTDIR', 'folder_is_file'],
    ['EEXIST', 'folder_is_file'],
    ['EACCES', 'folder_not_writable'],
    ['EPERM', 'folder_not_writable'],
    ['EROFS', 'folder_read_only'],
    ['EMFILE', undefined],
  ])('by %s is %s', (code, kind) => expect(folderFault(failure(code), '/data')?.kind).toBe(kind));
});

describe('a PostgreSQL that ended at its start', () => {
  it.each<[string, StartFault]>([
    [
      'FATAL:  lock file "postmaster.pid" already exists\nHINT:  Is another postmaster (PID 7) running?',
      { kind: 'folder_in_use', folder: '/data' },
    ],
    [
      'initdb: error: could not write file "x": No space left on device',
      { kind: 'disk_full', folder: '/data' },
    ],
    ['FATAL:  could not open file: Read-only file system', { kind: 'folder_read_only', folder: '/data' }],
    ['spawn /root/bw/initdb EACCES', { kind: 'folder_not_writable', folder: '/data' }],
    [
      'DETAIL:  The data directory was initialized by PostgreSQL version 17, which is not compatible',
      { kind: 'folder_of_other_version', folder: '/data', version: '17' },
    ],
    ['mkdir ENOTDIR: not a directory', { kind: 'folder_is_file', folder: '/data' }],
    [
      'LOG:  starting\nFATAL:  could not create any TCP/IP sockets\nLOG:  database system is shut down\n',
      { kind: 'postgres_failed', folder: '/data', why: 'FATAL:  could not create any TCP/IP sockets' },
    ],
    ['one\ntwo\n', { kind: 'postgres_failed', folder: '/data', why: 'two' }],
    ['', { kind: 'postgres_failed', folder: '/data', why: 'it printed nothing' }],
  ])('%j', (said, fault) => expect(postgresFault(said, '/data')).toEqual(fault));
});

describe('the sentence of a refused start', () => {
  const page = readFileSync(new URL('../../../../docs/guides/troubleshooting.md', import.meta.url), 'utf8');

  it.each(START_FAULTS.map((fault) => [fault.kind, fault] as const))(
    'for %s is one line with a remedy, and is listed in docs/guides/troubleshooting.md',
    (_, fault) => {
      const sentence = sentenceOf(fault);
      expect(sentence).not.toContain('\n');
      expect(sentence).toMatch(/[;(]/);
      expect(page).toContain(`\`breakwater cannot start: ${sentence}\``);
    },
  );

  it('shows neither password nor parameters of a URL', () => {
    const faults = [
      databaseFault(failure('28P01', 'very-secret'), 'DATABASE_URL', database)!,
      redisFault(failure('ECONNREFUSED'), { setting: 'REDIS_URL', at: shownTarget(server) }),
    ];
    expect(faults.map(sentenceOf).join()).not.toMatch(/very-secret|hidden/);
  });
});
