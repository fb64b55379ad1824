/** The roles that the policies name; nobody logs in as one of them. */
export const ROLES = ['breakwater_service', 'breakwater_tenant'] as const;

/** Tables of which an app's people see their own rows: both roles have a policy. */
export const TENANT_TABLES = [
  'apps',
  'attempts',
  'bulk_items',
  'bulk_operations',
  'captures',
  'circuit_breaker_state',
  'circuit_breaker_transitions',
  'deliveries',
  'delivery_notes',
  'endpoints',
  'events',
  'idempotency_keys',
  'metric_hours',
  'metric_minutes',
  'metric_rollup_state',
  'sources',
  'subscription_versions',
  'subscriptions',
  'webhook_dead_letter_queue',
] as const;

/** Tables that only the engine sees: its role has a policy. */
export const SERVICE_TABLES = [
  'alert_rules',
  'alerts',
  'api_keys',
  'app_health_days',
  'app_health_status',
  'audit_log',
  'breaker_notices',
  'client_certificates',
  'conformance_runs',
  'directory_versions',
  'event_keys',
  'event_types',
  'failure_notices',
  'heartbeats',
  'last_answers',
  'listener_calls',
  'listeners',
  'manifest_versions',
  'notifications',
  'pending_approvals',
  'platform_keys',
  'portal_links',
  'signing_secrets',
  'source_keys',
  'source_secrets',
] as const;

/** What one table of the schemas `public` and `partitions` has. */
export interface TableRights {
  name: string;
  schema: string;
  /** Row-level security is on. */
  secured: boolean;
  /** It applies to the owner, too. */
  forced: boolean;
  servicePolicy: boolean;
  tenantPolicy: boolean;
  serviceReads: boolean;
  tenantReads: boolean;
}

/**
 * What a database lacks of its policies and rights, in words; empty when it lacks nothing.
 * @param newest false while migrations are pending: then only what every version has is checked
 */
export function missingRights(tables: readonly TableRights[], { newest }: { newest: boolean }): string[] {
  const byName = new Map(
    tables.filter(({ schema }) => schema === 'public').map((table) => [table.name, table]),
  );
  const missing = tables
    .filter(({ secured, forced }) => secured || forced)
    .flatMap((table) => lacks(table, { tenants: false }));
  if (newest) {
    for (const name of SERVICE_TABLES)
      missing.push(...lacksByName(name, byName.get(name), { tenants: false }));
    for (const name of TENANT_TABLES) missing.push(...lacksByName(name, byName.get(name), { tenants: true }));
  }
  return [...new Set(missing)];
}

function lacksByName(name: string, table: TableRights | undefined, who: { tenants: boolean }): string[] {
  return table === undefined ? [`table ${name}`] : lacks(table, who);
}

function lacks(table: TableRights, { tenants }: { tenants: boolean }): string[] {
  const { name } = table;
  const wanted: [has: boolean, what: string][] = [
    [table.secured && table.forced, `row-level security of ${name}`],
    [table.servicePolicy, `policy of ${name} for breakwater_service`],
    [table.serviceReads || table.schema !== 'public', `SELECT on ${name} for breakwater_service`],
    [table.tenantPolicy || !tenants, `policy of ${name} for breakwater_tenant`],
    [table.tenantReads || !tenants, `SELECT on ${name} for breakwater_tenant`],
  ];
  return wanted.filter(([has]) => !has).map(([, what]) => what);
}
