// The lib that writes each table. Read by scripts/house-rules.mjs; test/lint-rules.spec.ts compares it with
// prisma/schema.prisma.

/** Table → the lib that writes it, and its model in the Prisma client. */
export const TABLES = {
  alert_rules: { lib: 'alerts', model: 'alertRule' },
  alerts: { lib: 'alerts', model: 'alert' },
  api_keys: { lib: 'access', model: 'apiKey' },
  api_rate_limits: { lib: 'access', model: 'apiRateLimit' },
  app_health_status: { lib: 'alerts', model: 'appHealthStatus' },
  apps: { lib: 'manifest', model: 'app' },
  attempts: { lib: 'delivery', model: 'attempt' },
  audit_log: { lib: 'access', model: 'auditEntry' },
  breaker_notices: { lib: 'notifications', model: 'breakerNotice' },
  bulk_items: { lib: 'bulk', model: 'bulkItem' },
  bulk_operations: { lib: 'bulk', model: 'bulkOperation' },
  captures: { lib: 'delivery', model: 'capture' },
  circuit_breaker_state: { lib: 'circuit-breaker', model: 'circuitBreakerState' },
  circuit_breaker_transitions: { lib: 'circuit-breaker', model: 'circuitBreakerTransition' },
  client_certificates: { lib: 'manifest', model: 'clientCertificate' },
  deliveries: { lib: 'delivery', model: 'delivery' },
  delivery_notes: { lib: 'delivery', model: 'deliveryNote' },
  directory_versions: { lib: 'manifest', model: 'directoryVersion' },
  encryption_key_checks: { lib: 'platform', model: 'encryptionKeyCheck' },
  endpoints: { lib: 'manifest', model: 'endpoint' },
  event_keys: { lib: 'delivery', model: 'eventKey' },
  event_types: { lib: 'events', model: 'eventType' },
  events: { lib: 'delivery', model: 'event' },
  failure_notices: { lib: 'notifications', model: 'failureNotice' },
  idempotency_keys: { lib: 'delivery', model: 'idempotencyKey' },
  last_answers: { lib: 'delegation', model: 'lastAnswer' },
  manifest_versions: { lib: 'manifest', model: 'manifestVersion' },
  metric_hours: { lib: 'metrics', model: 'metricHour' },
  metric_minutes: { lib: 'metrics', model: 'metricMinute' },
  metric_rollup_state: { lib: 'metrics', model: 'metricRollupState' },
  notifications: { lib: 'notifications', model: 'notification' },
  partition_plans: { lib: 'upkeep', model: 'partitionPlan' },
  pending_approvals: { lib: 'delegation', model: 'pendingApproval' },
  periodic_runs: { lib: 'platform', model: 'periodicRun' },
  platform_keys: { lib: 'manifest', model: 'platformKey' },
  signing_secrets: { lib: 'manifest', model: 'signingSecret' },
  source_keys: { lib: 'inbound', model: 'sourceKey' },
  source_secrets: { lib: 'inbound', model: 'sourceSecret' },
  sources: { lib: 'inbound', model: 'source' },
  subscription_versions: { lib: 'manifest', model: 'subscriptionVersion' },
  subscriptions: { lib: 'manifest', model: 'subscription' },
  webhook_dead_letter_queue: { lib: 'delivery', model: 'webhookDeadLetter' },
};

/** Files that write a table of another lib. */
export const EXCEPTIONS = {
  // An app is deleted with its keys, its pending deliveries and its last answers in one transaction, or not at all.
  'libs/manifest/src/registry/app.store.ts': ['api_keys', 'deliveries', 'last_answers'],
  // It seals every record again, and only the code that counts them knows that a key seals nothing any more.
  'libs/manifest/src/reseal/reseal.store.ts': ['encryption_key_checks', 'source_keys', 'source_secrets'],
  // An endpoint's width and its rate limit change with each call, and are read with the endpoint in one claim.
  'libs/delivery/src/attempt/window.store.ts': ['endpoints'],
  // In a database restored elsewhere, transaction numbers differ: its rows get new ones.
  'libs/metrics/src/roll-up/roll-up.store.ts': [
    'attempts',
    'captures',
    'deliveries',
    'events',
    'webhook_dead_letter_queue',
  ],
  // The row itself is marked as reported, in the transaction that stores the notice.
  'libs/notifications/src/approval-notices/approval-notices.store.ts': ['pending_approvals'],
  'libs/notifications/src/breaker-notices/breaker-notices.store.ts': ['circuit_breaker_transitions'],
  // Retention deletes by age from every table: the order of its steps matters.
  'libs/upkeep/src/retention/retention.store.ts': [
    'alerts',
    'attempts',
    'audit_log',
    'bulk_items',
    'bulk_operations',
    'circuit_breaker_transitions',
    'deliveries',
    'delivery_notes',
    'event_keys',
    'events',
    'idempotency_keys',
    'notifications',
    'pending_approvals',
    'sources',
    'subscription_versions',
    'webhook_dead_letter_queue',
  ],
};
