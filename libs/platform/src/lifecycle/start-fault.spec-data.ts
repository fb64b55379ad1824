import type { StartFault } from './start-fault.js';

const database = { setting: 'DATABASE_URL', at: 'db.example:5432' };
const redis = { setting: 'REDIS_URL', at: 'redis.example:6379' };
const sentinels = { setting: 'REDIS_SENTINELS', at: 'one.example:26379, two.example:26379' };
const folder = '/srv/breakwater';

/** One of each kind, as docs/guides/troubleshooting.md shows them. */
const ONE_OF_EACH: { [Kind in StartFault['kind']]: Extract<StartFault, { kind: Kind }> } = {
  port_taken: { kind: 'port_taken', setting: 'API_PORT', port: 3000 },
  port_forbidden: { kind: 'port_forbidden', setting: 'API_PORT', port: 80 },
  address_unknown: { kind: 'address_unknown', setting: 'API_HOST', host: '10.1.2.3' },
  database_unreachable: { kind: 'database_unreachable', ...database, why: 'connection refused' },
  database_login_refused: { kind: 'database_login_refused', ...database, user: 'breakwater' },
  database_missing: { kind: 'database_missing', ...database, database: 'breakwater' },
  database_full: { kind: 'database_full', ...database },
  database_refused: { kind: 'database_refused', ...database, why: 'sorry, too many clients already' },
  sessions_lent: { kind: 'sessions_lent', ...database, lending: 'transaction' },
  options_refused: { kind: 'options_refused', ...database },
  reads_spread: { kind: 'reads_spread', ...database },
  databases_differ: { kind: 'databases_differ', setting: 'DATABASE_SESSION_URL' },
  database_too_old: { kind: 'database_too_old', ...database, version: 14 },
  roles_missing: {
    kind: 'roles_missing',
    database: 'breakwater',
    roles: ['breakwater_service', 'breakwater_tenant'],
  },
  policies_missing: {
    kind: 'policies_missing',
    database: 'breakwater',
    count: 61,
    first: 'policy of alert_rules for breakwater_service',
  },
  role_not_granted: { kind: 'role_not_granted', user: 'breakwater', role: 'breakwater_service' },
  role_not_made: { kind: 'role_not_made', user: 'breakwater_owner', role: 'breakwater_service' },
  migration_failed: {
    kind: 'migration_failed',
    name: '20261127000000_ground',
    why: 'permission denied for database breakwater',
  },
  database_unreleased: {
    kind: 'database_unreleased',
    database: 'breakwater',
    first: '20261122000000_ground',
  },
  redis_unreachable: { kind: 'redis_unreachable', ...redis, why: 'connection refused' },
  redis_login_refused: { kind: 'redis_login_refused', ...redis },
  redis_is_sentinel: { kind: 'redis_is_sentinel', setting: 'REDIS_URL', at: 'sentinel.example:26379' },
  redis_is_cluster: { kind: 'redis_is_cluster', ...redis },
  redis_is_no_cluster: { kind: 'redis_is_no_cluster', setting: 'REDIS_CLUSTER', at: 'redis.example:6379' },
  not_sentinels: { kind: 'not_sentinels', ...sentinels },
  primary_unknown: { kind: 'primary_unknown', ...sentinels, name: 'mymaster' },
  authority_unreadable: {
    kind: 'authority_unreadable',
    setting: 'REDIS_TLS_CA_FILE',
    file: '/etc/ssl/redis-ca.pem',
    why: 'ENOENT',
  },
  disk_full: { kind: 'disk_full', folder },
  folder_is_file: { kind: 'folder_is_file', folder },
  folder_not_writable: { kind: 'folder_not_writable', folder },
  folder_read_only: { kind: 'folder_read_only', folder },
  folder_closed: { kind: 'folder_closed', folder: '/root/data', closed: '/root' },
  checkout_closed: { kind: 'checkout_closed', folder: '/root/breakwater', closed: '/root' },
  folder_in_use: { kind: 'folder_in_use', folder },
  folder_of_other_version: { kind: 'folder_of_other_version', folder, version: '17' },
  kept_password_wrong: { kind: 'kept_password_wrong', folder },
  postgres_failed: { kind: 'postgres_failed', folder, why: 'FATAL:  out of memory' },
};

export const START_FAULTS: readonly StartFault[] = Object.values(ONE_OF_EACH);
