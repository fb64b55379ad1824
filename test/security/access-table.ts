import type { PortalCapability } from '@breakwater/access';

/**
 * Kinds of keys. `app`, `invoke` and `read` are keys of one app, `other` is the `app` key of another; the last two
 * were admins'.
 */
export const KINDS = [
  ...(['no key', 'app', 'other app', 'invoke-only'] as const),
  ...(['read-only', 'admin', 'revoked', 'expired'] as const),
];
export type Kind = (typeof KINDS)[number];

/** What a kind of key gets from a route: admission, or the code of its refusal. */
export type Expected = 'in' | 'UNAUTHENTICATED' | 'FORBIDDEN' | `${string}_NOT_FOUND`;

type Row = Partial<Record<Kind, Expected>>;

/** Where a row says nothing: no key is admitted. */
const CLOSED: Record<Kind, Expected> = {
  'no key': 'UNAUTHENTICATED',
  revoked: 'UNAUTHENTICATED',
  expired: 'UNAUTHENTICATED',
  app: 'FORBIDDEN',
  'other app': 'FORBIDDEN',
  'invoke-only': 'FORBIDDEN',
  'read-only': 'FORBIDDEN',
  admin: 'FORBIDDEN',
};
const everybody = Object.fromEntries(KINDS.map((kind) => [kind, 'in'])) as Row;
const admins: Row = { admin: 'in' };
const app: Row = { admin: 'in', app: 'in' };
/** Another app's thing is missing for every kind. */
const ofAnother = (code: Expected): Row => ({ 'other app': code });

const API = '/api/v1';
const ADMIN = '/api/v1/admin';
const CAPABILITY = `${API}/apps/{appId}/capabilities/{capability}`;
const SUBSCRIPTION = `${API}/apps/{appId}/subscriptions/{name}`;
const RUNS = `${API}/apps/{appId}/conformance-runs`;
const SOURCE = `${API}/apps/{appId}/sources/{source}`;
const BREAKER = `${ADMIN}/circuit-breaker/{appId}/{capability}`;

/**
 * Every route of docs/openapi.json. A route that is missing here fails the build, and so does one that no longer
 * exists.
 */
export const ACCESS: Record<string, Row> = {
  'GET /healthz': everybody,
  'GET /readyz': everybody,
  [`GET ${API}/manifest.schema.json`]: everybody,

  [`POST ${CAPABILITY}/invoke`]: { ...app, 'invoke-only': 'in', ...ofAnother('APP_NOT_FOUND') },
  // A list shows each app its own.
  [`GET ${API}/deliveries`]: { ...app, 'read-only': 'in', 'other app': 'in' },
  [`GET ${API}/deliveries/{id}`]: { ...app, 'read-only': 'in', ...ofAnother('DELIVERY_NOT_FOUND') },
  [`POST ${API}/deliveries/{id}/redeliver`]: { ...app, ...ofAnother('DELIVERY_NOT_FOUND') },
  [`POST ${API}/deliveries/{id}/cancel`]: { ...app, ...ofAnother('DELIVERY_NOT_FOUND') },
  [`GET ${ADMIN}/apps/{appId}`]: { ...app, ...ofAnother('APP_NOT_FOUND') },

  [`POST ${API}/events`]: { ...app, 'other app': 'in' },
  [`POST ${API}/events/batch`]: { ...app, 'other app': 'in' },
  [`GET ${API}/events`]: { ...app, 'read-only': 'in', 'other app': 'in' },
  [`GET ${API}/events/{id}`]: { ...app, 'read-only': 'in', ...ofAnother('EVENT_NOT_FOUND') },
  [`POST ${API}/events/{id}/replay`]: { ...app, ...ofAnother('EVENT_NOT_FOUND') },
  [`POST ${API}/bulk-operations`]: { ...app, 'other app': 'in' },
  [`GET ${API}/bulk-operations`]: { ...app, 'read-only': 'in', 'other app': 'in' },
  [`GET ${API}/bulk-operations/{id}`]: {
    ...app,
    'read-only': 'in',
    ...ofAnother('BULK_OPERATION_NOT_FOUND'),
  },
  [`GET ${API}/bulk-operations/{id}/items`]: {
    ...app,
    'read-only': 'in',
    ...ofAnother('BULK_OPERATION_NOT_FOUND'),
  },
  [`POST ${API}/bulk-operations/{id}/run`]: { ...app, ...ofAnother('BULK_OPERATION_NOT_FOUND') },
  [`POST ${API}/bulk-operations/{id}/cancel`]: { ...app, ...ofAnother('BULK_OPERATION_NOT_FOUND') },
  [`GET ${API}/apps/{appId}/subscriptions`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`POST ${API}/apps/{appId}/subscriptions`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`GET ${SUBSCRIPTION}`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`PATCH ${SUBSCRIPTION}`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`DELETE ${SUBSCRIPTION}`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`POST ${SUBSCRIPTION}/pause`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`POST ${SUBSCRIPTION}/resume`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`POST ${SUBSCRIPTION}/enable`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`POST ${SUBSCRIPTION}/disable`]: admins,
  [`POST ${SUBSCRIPTION}/ping`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`POST ${SUBSCRIPTION}/filter/test`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`POST ${RUNS}`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`GET ${RUNS}`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`GET ${RUNS}/{id}`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`GET ${API}/event-types`]: { ...app, 'read-only': 'in', 'other app': 'in' },
  [`GET ${API}/event-types/{type}`]: { ...app, 'read-only': 'in', 'other app': 'in' },
  [`PUT ${API}/event-types/{type}`]: admins,
  [`DELETE ${API}/event-types/{type}`]: admins,
  [`GET ${API}/apps/{appId}/sources`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`POST ${API}/apps/{appId}/sources`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`GET ${SOURCE}`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`PATCH ${SOURCE}`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`DELETE ${SOURCE}`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`POST ${SOURCE}/rotate-key`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`POST ${SOURCE}/secrets`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`POST ${SOURCE}/pause`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`POST ${SOURCE}/resume`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`PUT ${SOURCE}/targets/{target}`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`DELETE ${SOURCE}/targets/{target}`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`GET ${SOURCE}/captures`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`GET ${SOURCE}/captures/{id}`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`GET ${API}/source-presets`]: { ...app, 'read-only': 'in', 'other app': 'in' },
  [`GET ${API}/webhooks/failed`]: { ...app, 'read-only': 'in', 'other app': 'in' },
  [`POST ${API}/webhooks/{id}/retry`]: { ...app, ...ofAnother('DELIVERY_NOT_FOUND') },
  [`POST ${SUBSCRIPTION}/signing-secret/rotate`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`POST ${API}/deliveries/cancel`]: { ...app, 'other app': 'in' },
  [`POST ${ADMIN}/apps/{appId}/pause`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`POST ${ADMIN}/apps/{appId}/resume`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`GET ${ADMIN}/apps/{appId}/capabilities`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`POST ${ADMIN}/apps/{appId}/capabilities/{capability}/pause`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`POST ${ADMIN}/apps/{appId}/capabilities/{capability}/resume`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`POST ${ADMIN}/apps/{appId}/capabilities/{capability}/enable`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`POST ${ADMIN}/apps/{appId}/capabilities/{capability}/disable`]: admins,
  [`GET ${ADMIN}/approvals/{id}`]: admins,

  [`GET ${ADMIN}/webhook-metrics/{appId}`]: { ...app, 'read-only': 'in', ...ofAnother('APP_NOT_FOUND') },
  [`GET ${ADMIN}/webhook-metrics/{appId}/{capability}`]: {
    ...app,
    'read-only': 'in',
    ...ofAnother('APP_NOT_FOUND'),
  },
  [`GET ${API}/webhook-metrics/queue-health`]: { ...app, 'read-only': 'in', 'other app': 'in' },
  [`GET ${API}/webhook-metrics/delivery-stats`]: { ...app, 'read-only': 'in', 'other app': 'in' },
  [`GET ${API}/webhook-metrics/recent-failures`]: { ...app, 'read-only': 'in', 'other app': 'in' },
  [`GET ${API}/webhook-metrics/dead-letter-queue`]: { ...app, 'read-only': 'in', 'other app': 'in' },
  [`POST ${API}/webhook-metrics/retry-failed/{id}`]: { ...app, ...ofAnother('DELIVERY_NOT_FOUND') },
  [`POST ${ADMIN}/maintenance`]: admins,
  [`POST ${ADMIN}/doctor`]: admins,
  [`GET ${ADMIN}/demo`]: admins,
  [`DELETE ${ADMIN}/demo`]: admins,
  [`GET ${ADMIN}/queue/statistics`]: admins,
  [`POST ${ADMIN}/manifests/validate`]: admins,
  [`GET ${ADMIN}/apps`]: admins,
  [`PUT ${ADMIN}/apps/{appId}/manifest`]: admins,
  [`PATCH ${ADMIN}/apps/{appId}`]: admins,
  [`DELETE ${ADMIN}/apps/{appId}`]: admins,
  [`GET ${ADMIN}/apps/{appId}/manifests`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`GET ${ADMIN}/apps/{appId}/manifests/{version}`]: { ...app, ...ofAnother('APP_NOT_FOUND') },
  [`POST ${ADMIN}/apps/{appId}/manifests/{version}/rollback`]: admins,
  [`POST ${ADMIN}/apps/{appId}/signing-secret/rotate`]: admins,
  'GET /.well-known/webhook-keys': everybody,
  [`POST ${ADMIN}/webhook-keys/rotate`]: admins,
  [`PUT ${ADMIN}/apps/{appId}/client-certificate`]: admins,
  [`GET ${ADMIN}/apps/{appId}/client-certificate`]: admins,
  [`DELETE ${ADMIN}/apps/{appId}/client-certificate`]: admins,
  [`POST ${ADMIN}/api-keys`]: admins,
  [`GET ${ADMIN}/api-keys`]: admins,
  [`DELETE ${ADMIN}/api-keys/{id}`]: admins,
  [`POST ${API}/session`]: everybody,
  [`GET ${API}/session`]: { ...app, 'invoke-only': 'in', 'read-only': 'in', 'other app': 'in' },
  [`DELETE ${API}/session`]: everybody,
  [`POST ${ADMIN}/apps/{appId}/portal-links`]: admins,
  [`GET ${ADMIN}/apps/{appId}/portal-links`]: admins,
  [`DELETE ${ADMIN}/apps/{appId}/portal-links/{id}`]: admins,
  [`GET ${ADMIN}/circuit-breaker/status`]: { ...app, 'read-only': 'in', 'other app': 'in' },
  [`GET ${BREAKER}`]: { ...app, 'read-only': 'in', ...ofAnother('APP_NOT_FOUND') },
  [`POST ${BREAKER}/reset`]: admins,
  [`POST ${BREAKER}/force`]: admins,
  [`POST ${BREAKER}/automatic`]: admins,
  [`GET ${ADMIN}/dlq`]: { ...app, 'other app': 'in' },
  [`GET ${ADMIN}/dlq/stats`]: { ...app, 'other app': 'in' },
  [`GET ${ADMIN}/dlq/groups`]: { ...app, 'read-only': 'in', 'other app': 'in' },
  [`GET ${ADMIN}/dlq/{id}`]: { ...app, ...ofAnother('DEAD_LETTER_NOT_FOUND') },
  [`DELETE ${ADMIN}/dlq/{id}`]: admins,
  [`POST ${ADMIN}/dlq/retry`]: admins,
  [`POST ${ADMIN}/dlq/resolve`]: admins,
  [`POST ${ADMIN}/dlq/{id}/retry`]: { ...app, ...ofAnother('DEAD_LETTER_NOT_FOUND') },
  [`PUT ${ADMIN}/dlq/{id}/note`]: { ...app, ...ofAnother('DEAD_LETTER_NOT_FOUND') },
  [`POST ${ADMIN}/dlq/{id}/resolve`]: { ...app, ...ofAnother('DEAD_LETTER_NOT_FOUND') },
  [`GET ${ADMIN}/approvals`]: admins,
  [`POST ${ADMIN}/approvals/{id}/resolve`]: admins,
  [`GET ${ADMIN}/notifications`]: admins,
  [`GET ${ADMIN}/notifications/{id}`]: admins,
  [`GET ${ADMIN}/health/apps`]: admins,
  [`GET ${ADMIN}/health/apps/{appId}`]: { ...app, 'read-only': 'in', ...ofAnother('APP_NOT_FOUND') },
  [`GET ${ADMIN}/health/apps/{appId}/uptime`]: { ...app, 'read-only': 'in', ...ofAnother('APP_NOT_FOUND') },
  [`POST ${ADMIN}/health/apps/{appId}/check`]: admins,
  [`GET ${ADMIN}/overview`]: { ...app, 'read-only': 'in', 'other app': 'in' },
  [`GET ${ADMIN}/app-summaries`]: { ...app, 'read-only': 'in', 'other app': 'in' },
  [`GET ${ADMIN}/apps/{appId}/series`]: { ...app, 'read-only': 'in', ...ofAnother('APP_NOT_FOUND') },
  [`GET ${API}/search`]: { ...app, 'read-only': 'in', 'other app': 'in' },
  [`GET ${API}/listeners`]: { ...app, 'read-only': 'in', 'other app': 'in' },
  [`GET ${ADMIN}/system`]: admins,
  [`GET ${ADMIN}/workers`]: admins,
  [`GET ${ADMIN}/webhook-health`]: admins,
  [`GET ${ADMIN}/alert-rules`]: admins,
  [`POST ${ADMIN}/alert-rules`]: admins,
  [`GET ${ADMIN}/alert-rules/{id}`]: admins,
  [`PATCH ${ADMIN}/alert-rules/{id}`]: admins,
  [`DELETE ${ADMIN}/alert-rules/{id}`]: admins,
  [`POST ${ADMIN}/alert-rules/{id}/test`]: admins,
  [`GET ${ADMIN}/alerts`]: admins,
  [`GET ${ADMIN}/alerts/{id}`]: admins,
  [`POST ${ADMIN}/alerts/{id}/acknowledge`]: admins,
  [`POST ${ADMIN}/alert-rules/rehearse`]: admins,
  [`GET ${ADMIN}/alert-rules/{id}/history`]: admins,
  [`GET ${ADMIN}/encryption-keys`]: admins,
  [`GET ${ADMIN}/audit-log`]: admins,
};

/** The capabilities of which a portal link needs one, by route. Every other route refuses all links. */
export const PORTAL: Record<string, readonly PortalCapability[]> = {
  [`GET ${API}/session`]: ['view'],
  [`GET ${API}/deliveries`]: ['view'],
  [`GET ${API}/deliveries/{id}`]: ['view'],
  [`POST ${API}/deliveries/{id}/redeliver`]: ['redeliver'],
  [`POST ${API}/deliveries/{id}/cancel`]: ['redeliver'],
  [`POST ${API}/deliveries/cancel`]: ['redeliver'],
  [`GET ${API}/webhooks/failed`]: ['view'],
  [`POST ${API}/webhooks/{id}/retry`]: ['redeliver'],
  [`GET ${API}/events`]: ['view'],
  [`GET ${API}/events/{id}`]: ['view'],
  [`GET ${API}/event-types`]: ['view'],
  [`GET ${API}/event-types/{type}`]: ['view'],
  [`GET ${API}/bulk-operations`]: ['view'],
  [`GET ${API}/bulk-operations/{id}`]: ['view'],
  [`GET ${API}/bulk-operations/{id}/items`]: ['view'],
  // Of these, `portal-kinds.ts` decides by the kind of the operation.
  [`POST ${API}/bulk-operations`]: ['redeliver', 'resolve'],
  [`POST ${API}/bulk-operations/{id}/run`]: ['redeliver', 'resolve'],
  [`POST ${API}/bulk-operations/{id}/cancel`]: ['redeliver', 'resolve'],
  [`GET ${API}/apps/{appId}/subscriptions`]: ['view'],
  [`GET ${SUBSCRIPTION}`]: ['view'],
  [`POST ${API}/apps/{appId}/subscriptions`]: ['manageSubscriptions'],
  [`PATCH ${SUBSCRIPTION}`]: ['manageSubscriptions'],
  [`DELETE ${SUBSCRIPTION}`]: ['manageSubscriptions'],
  [`POST ${SUBSCRIPTION}/pause`]: ['manageSubscriptions'],
  [`POST ${SUBSCRIPTION}/resume`]: ['manageSubscriptions'],
  [`POST ${SUBSCRIPTION}/enable`]: ['manageSubscriptions'],
  [`POST ${SUBSCRIPTION}/ping`]: ['test'],
  [`POST ${RUNS}`]: ['test'],
  [`GET ${RUNS}`]: ['view'],
  [`GET ${RUNS}/{id}`]: ['view'],
  [`POST ${SUBSCRIPTION}/filter/test`]: ['test'],
  [`POST ${SUBSCRIPTION}/signing-secret/rotate`]: ['rotateSecrets'],
  [`POST ${ADMIN}/apps/{appId}/signing-secret/rotate`]: ['rotateSecrets'],
  [`GET ${ADMIN}/apps/{appId}`]: ['view'],
  [`GET ${ADMIN}/apps/{appId}/capabilities`]: ['view'],
  [`GET ${ADMIN}/apps/{appId}/manifests`]: ['view'],
  [`GET ${ADMIN}/apps/{appId}/manifests/{version}`]: ['view'],
  [`GET ${ADMIN}/health/apps/{appId}`]: ['view'],
  [`GET ${ADMIN}/webhook-metrics/{appId}`]: ['view'],
  [`GET ${ADMIN}/webhook-metrics/{appId}/{capability}`]: ['view'],
  [`GET ${API}/webhook-metrics/queue-health`]: ['view'],
  [`GET ${API}/webhook-metrics/delivery-stats`]: ['view'],
  [`GET ${API}/webhook-metrics/recent-failures`]: ['view'],
  [`GET ${API}/webhook-metrics/dead-letter-queue`]: ['view'],
  [`POST ${API}/webhook-metrics/retry-failed/{id}`]: ['redeliver'],
  [`GET ${ADMIN}/circuit-breaker/status`]: ['view'],
  [`GET ${BREAKER}`]: ['view'],
  [`GET ${ADMIN}/dlq`]: ['view'],
  [`GET ${ADMIN}/dlq/stats`]: ['view'],
  [`GET ${ADMIN}/dlq/groups`]: ['view'],
  [`GET ${ADMIN}/overview`]: ['view'],
  [`GET ${ADMIN}/app-summaries`]: ['view'],
  [`GET ${ADMIN}/apps/{appId}/series`]: ['view'],
  [`GET ${ADMIN}/health/apps/{appId}/uptime`]: ['view'],
  [`GET ${API}/search`]: ['view'],
  [`GET ${ADMIN}/dlq/{id}`]: ['view'],
  [`POST ${ADMIN}/dlq/{id}/retry`]: ['redeliver'],
  [`POST ${ADMIN}/dlq/{id}/resolve`]: ['resolve'],
};

export const isPublic = (route: string): boolean => ACCESS[route] === everybody;

export function expectedOf(route: string, kind: Kind): Expected {
  return ACCESS[route]?.[kind] ?? CLOSED[kind];
}
