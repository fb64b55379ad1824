export interface CatalogueEntry {
  status: number;
  title: string;
  /** What the reader can do about it. */
  remedy: string;
}

/** Every `code` that an answer may have. docs/reference/errors.md is generated from it, and a test compares both. */
export const ERROR_CATALOGUE: Readonly<Record<string, CatalogueEntry>> = {
  ALERT_NOT_FOUND: {
    status: 404,
    title: 'No such alert',
    remedy: 'List them: `GET /api/v1/admin/alerts`.',
  },
  ALERT_RESOLVED: { status: 409, title: 'The alert is resolved', remedy: 'Nothing to do.' },
  ALERT_RULE_INVALID: {
    status: 400,
    title: 'The alert rule is not valid',
    remedy: 'Correct the fields named in `problems`.',
  },
  ALERT_RULE_NOT_FOUND: {
    status: 404,
    title: 'No such alert rule',
    remedy: 'List them: `GET /api/v1/admin/alert-rules`.',
  },
  API_KEY_INVALID: {
    status: 400,
    title: 'The API key is not valid',
    remedy: 'Correct the fields named in `problems`.',
  },
  API_KEY_NOT_FOUND: {
    status: 404,
    title: 'No such API key',
    remedy: 'List the keys: `GET /api/v1/admin/api-keys`.',
  },
  APP_HAS_PENDING_DELIVERIES: {
    status: 409,
    title: 'The app still has pending deliveries',
    remedy: 'Wait, or delete with `?force=true`, which cancels them.',
  },
  APP_NOT_CHECKED: {
    status: 409,
    title: 'The app has no health checks',
    remedy: 'Enable the app, and give its manifest a health path, or remove `health: false` from it.',
  },
  APP_NOT_FOUND: {
    status: 404,
    title: 'No such app',
    remedy: 'Check the app id, and that your key is for this app.',
  },
  APP_TIMEOUT: {
    status: 504,
    title: 'The app did not answer in time',
    remedy: 'Give the capability a fallback, or a longer timeout.',
  },
  APP_UNAVAILABLE: {
    status: 502,
    title: 'The app could not answer',
    remedy: 'Give the capability a fallback; check its circuit breaker.',
  },
  APP_UPDATE_INVALID: {
    status: 400,
    title: 'The change of the app is not valid',
    remedy: 'Correct the fields named in `problems`.',
  },
  APPROVAL_NOT_FOUND: {
    status: 404,
    title: 'No such approval',
    remedy: 'List them: `GET /api/v1/admin/approvals`.',
  },
  APPROVAL_RESOLVED: { status: 409, title: 'The approval is already decided', remedy: 'Nothing to do.' },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    remedy: 'A body may have 1 MiB after unpacking, a manifest 256 KiB.',
  },
  BREAKER_FORCED: {
    status: 409,
    title: 'The circuit breaker was forced by a person',
    remedy: 'End it: `POST /api/v1/admin/circuit-breaker/{appId}/{capability}/automatic`.',
  },
  BREAKER_NOT_FOUND: {
    status: 404,
    title: 'No such circuit breaker',
    remedy:
      'Each capability that an app’s manifest names has one; those that ever failed: `GET /api/v1/admin/circuit-breaker/status`.',
  },
  BULK_FILTER_INVALID: {
    status: 400,
    title: 'The filter of the bulk operation is not valid',
    remedy: 'Correct the fields named in `problems`.',
  },
  BULK_OPERATION_NOT_FOUND: {
    status: 404,
    title: 'No such bulk operation',
    remedy: 'List them: `GET /api/v1/bulk-operations`.',
  },
  BULK_OPERATION_STATE: {
    status: 409,
    title: 'The state of the bulk operation does not allow this',
    remedy: 'Only a planned operation can be run, and only one that has not ended can be cancelled.',
  },
  CALLER_GONE: { status: 499, title: 'The caller disconnected', remedy: 'Nobody reads this answer.' },
  CAPABILITY_NOT_FOUND: {
    status: 404,
    title: 'No such capability',
    remedy: 'Check the app id and the capability in its manifest.',
  },
  CAPTURE_NOT_FOUND: {
    status: 404,
    title: 'No such captured request',
    remedy: 'List them: `GET /api/v1/apps/:appId/sources/:source/captures`; retention removes old ones.',
  },
  CONFIG_INVALID: {
    status: 500,
    title: 'The configuration is wrong',
    remedy:
      'The process does not start, and lists every problem; `docs/reference/settings.md` describes each setting.',
  },
  CAPTURE_REJECTED: {
    status: 401,
    title: 'The request was not verified',
    remedy:
      'It is kept as rejected and not forwarded. `problems` names the step that failed; compare the secret of the source with the provider’s.',
  },
  CAPTURE_UNAVAILABLE: {
    status: 503,
    title: 'The request cannot be verified now',
    remedy: 'Send it again after `Retry-After` seconds. If it lasts, the log says what is missing.',
  },
  CAPTURES_FULL: {
    status: 503,
    title: 'Too many requests are captured at once',
    remedy: 'Send it again after `Retry-After` seconds. `INBOUND_AT_ONCE` is the limit of a source.',
  },
  CLIENT_CERTIFICATE_INVALID: {
    status: 400,
    title: 'The client certificate cannot be used',
    remedy: 'Correct the fields named in `problems`.',
  },
  CLIENT_CERTIFICATE_NOT_FOUND: {
    status: 404,
    title: 'The app has no client certificate',
    remedy: 'Check the app id, or give the app a certificate.',
  },
  CONFORMANCE_PAYLOAD_TOO_LARGE: {
    status: 413,
    title: 'The payload is too large for conformance checks',
    remedy:
      'Give a sample of at most 512 KiB, 64 levels and 10,000 keys and items: the checks add members to it.',
  },
  CONFORMANCE_RUN_NOT_FOUND: {
    status: 404,
    title: 'No such conformance run',
    remedy: 'List them: `GET /api/v1/apps/:appId/conformance-runs`.',
  },
  CONFORMANCE_RUNNING: {
    status: 409,
    title: 'A conformance run of the app is in progress',
    remedy: 'Try again after `Retry-After`; a run takes a minute at most.',
  },
  CONFORMANCE_TARGET_INVALID: {
    status: 400,
    title: 'The request does not name one endpoint to check',
    remedy: 'Name a capability or a subscription of the app; `detail` lists them.',
  },
  CURSOR_INVALID: {
    status: 400,
    title: 'The cursor is not valid',
    remedy: 'Send `nextCursor` of the previous page, or no cursor.',
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    title: 'The database is unavailable, takes no writes, or is too slow',
    remedy:
      'Try again after `Retry-After`, with the same `Idempotency-Key`: if the delivery was stored after all, the key finds it.',
  },
  DEAD_LETTER_NOT_FOUND: {
    status: 404,
    title: 'No such dead letter',
    remedy: 'List them: `GET /api/v1/admin/dlq?state=all`.',
  },
  DEAD_LETTER_RESOLVED: {
    status: 409,
    title: 'The dead letter is already resolved',
    remedy: 'Its notes are kept; open it to read who resolved it, or send it again.',
  },
  DELIVERY_NOT_CANCELLABLE: {
    status: 409,
    title: 'The delivery cannot be cancelled',
    remedy: 'It is finished, or its call is in progress; look at its status.',
  },
  DELIVERY_NOT_FOUND: {
    status: 404,
    title: 'No such delivery',
    remedy: 'Check the id, and that your key is for its app.',
  },
  DELIVERY_PENDING: {
    status: 409,
    title: 'The delivery is not finished',
    remedy: 'Wait for its end before you send it again.',
  },
  DELIVERY_SYNC: {
    status: 409,
    title: 'A sync call cannot be sent again',
    remedy: 'Call the capability again.',
  },
  ENCRYPTION_KEY_MISSING: {
    status: 500,
    title: 'An encryption key is missing',
    remedy: 'Put the key that the message names back into `ENCRYPTION_KEYS`, after the current one.',
  },
  ENCRYPTION_KEY_WRONG: {
    status: 500,
    title: 'An encryption key is wrong',
    remedy: 'Start with the key that sealed the secrets.',
  },
  ENDPOINT_NOT_FOUND: {
    status: 404,
    title: 'No such endpoint',
    remedy: 'Check the id: it is that of a capability or a subscription of this app.',
  },
  ENDPOINT_UNAVAILABLE: {
    status: 409,
    title: 'The endpoint accepts no deliveries',
    remedy:
      'Enable it: `PATCH /api/v1/admin/apps/:appId` with `{"status": "active"}`, or `POST …/capabilities/:capability/enable`.',
  },
  EVENT_NOT_FOUND: {
    status: 404,
    title: 'No such event',
    remedy: 'Events are kept for `EVENT_RETENTION_DAYS`. List them: `GET /api/v1/events`.',
  },
  EVENT_REFUSED: {
    status: 422,
    title: 'The event does not match the catalogue of event types',
    remedy:
      'Correct every entry of `problems`; nothing was stored. The catalogue: `GET /api/v1/event-types`.',
  },
  EVENT_TYPE_INVALID: {
    status: 400,
    title: 'The event type is not valid',
    remedy: 'Correct every entry of `problems`; nothing was stored.',
  },
  EVENT_TYPE_NOT_FOUND: {
    status: 404,
    title: 'No such event type',
    remedy: 'List them: `GET /api/v1/event-types`.',
  },
  EVENT_TYPE_RESERVED: {
    status: 422,
    title: 'The event type is reserved',
    remedy: 'Take a type that does not start with `inbound.`; nothing was stored.',
  },
  EVENT_TYPES_FULL: {
    status: 409,
    title: 'The catalogue has the maximum number of event types',
    remedy: 'Delete event types that are no longer needed: `DELETE /api/v1/event-types/:type`.',
  },
  FALLBACK_FAILED: {
    status: 502,
    title: 'Neither the app nor its fallback could answer',
    remedy: 'See the log line of this request id.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'The key or portal link is not allowed to do this',
    remedy: 'Use a key with one of the scopes named, or a portal link with the capability named.',
  },
  HEADER_TOO_LARGE: {
    status: 431,
    title: 'The request’s headers are too large',
    remedy: 'Send fewer or shorter headers.',
  },
  HELD_BY_PLATFORM: {
    status: 409,
    title: 'The platform paused or disabled it',
    remedy: "Ask the platform's people: an app's own key can only undo what an app's own key, or a 410, did.",
  },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    title: 'The Idempotency-Key belongs to another request',
    remedy: 'Use a new key for a new request.',
  },
  IDEMPOTENCY_KEY_INVALID: {
    status: 400,
    title: 'The Idempotency-Key is malformed',
    remedy: 'Send 1 to 255 printable ASCII characters.',
  },
  INPUT_INVALID: {
    status: 400,
    title: 'The request is not valid',
    remedy: 'Correct the fields named in `problems`.',
  },
  INTERNAL: {
    status: 500,
    title: 'Something is wrong in Breakwater',
    remedy: 'Report the request id to its operator.',
  },
  JSON_INVALID: {
    status: 400,
    title: 'The body is not valid JSON',
    remedy: 'Send one JSON document in UTF-8 with `content-type: application/json`.',
  },
  MAINTENANCE_RUNNING: {
    status: 409,
    title: 'The maintenance is already running',
    remedy: 'Wait for it: the next run does the rest.',
  },
  MANIFEST_INVALID: {
    status: 400,
    title: 'The manifest is not valid',
    remedy: 'Correct every entry of `problems`; nothing was stored.',
  },
  MANIFEST_VERSION_NOT_FOUND: {
    status: 404,
    title: 'No such manifest version',
    remedy: 'List them: `GET /api/v1/admin/apps/:appId/manifests`.',
  },
  MEDIA_TYPE_UNSUPPORTED: {
    status: 415,
    title: 'The type, charset or encoding of the body is not supported',
    remedy: 'Send `content-type: application/json` in UTF-8, with `content-encoding: gzip` or none.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'The path does not support this method',
    remedy: 'Use one of the methods that the `Allow` header names.',
  },
  MIGRATIONS_PENDING: {
    status: 503,
    title: 'The database is not at this version',
    remedy: 'Run `npm run migrate`; without it a process does not start.',
  },
  NOTIFICATION_NOT_FOUND: {
    status: 404,
    title: 'No such notification',
    remedy: 'List them: `GET /api/v1/admin/notifications`.',
  },
  ORIGIN_REFUSED: {
    status: 403,
    title: 'The request did not come from a page of this installation',
    remedy:
      'Open the dashboard at the address of this installation. Behind a proxy that writes another `Host`, set `PUBLIC_BASE_URL`; programs use an API key.',
  },
  OUTBOUND_SETTINGS_INVALID: {
    status: 500,
    title: 'The outbound settings are wrong',
    remedy: 'The process does not start, and lists every problem.',
  },
  PORTAL_LINK_NOT_FOUND: {
    status: 404,
    title: 'No such portal link',
    remedy: 'List them: `GET /api/v1/admin/apps/:appId/portal-links`.',
  },
  RATE_LIMITED: {
    status: 429,
    title: 'Too many requests',
    remedy: 'Try again after `Retry-After`; the limits are settings of the installation.',
  },
  ROUTE_NOT_FOUND: { status: 404, title: 'No such route', remedy: 'See /docs.' },
  SECRET_DAMAGED: {
    status: 500,
    title: 'A stored secret cannot be opened',
    remedy: 'Restore it, or rotate it; nothing is sent unsigned.',
  },
  SIGNING_SECRETS_FULL: {
    status: 409,
    title: 'The app has the maximum number of valid signing secrets',
    remedy:
      'Rotate after the time in the message, or with `overlapMs` 0, which ends all older secrets at once.',
  },
  SIGN_IN_REFUSED: {
    status: 401,
    title: 'The key is not valid',
    remedy: 'Enter an API key that is neither revoked nor expired; an admin creates keys.',
  },
  SOURCE_EXISTS: {
    status: 409,
    title: 'The app has a source of this name',
    remedy: 'Take another name, or change the existing one by `PATCH`.',
  },
  SOURCE_INVALID: {
    status: 400,
    title: 'The source is not valid',
    remedy: 'Correct every entry of `problems`; nothing was stored. Presets: `GET /api/v1/source-presets`.',
  },
  SOURCE_NOT_FOUND: {
    status: 404,
    title: 'No such source',
    remedy: 'List them: `GET /api/v1/apps/:appId/sources`.',
  },
  SOURCE_ROTATION_FULL: {
    status: 409,
    title: 'The maximum number of keys or secrets of the source is valid',
    remedy: 'Wait until the oldest one expires, or rotate with `overlapMs` 0, which ends all older ones.',
  },
  SOURCES_FULL: {
    status: 409,
    title: 'The app has the maximum number of sources, or the source that of targets',
    remedy: 'Delete one that is no longer needed.',
  },
  SUBSCRIPTION_DECLARED: {
    status: 409,
    title: 'The manifest declares the subscription',
    remedy: 'Change it in the manifest, and register that: `PUT /api/v1/admin/apps/:appId/manifest`.',
  },
  SUBSCRIPTION_EXISTS: {
    status: 409,
    title: 'The app has a subscription of this name',
    remedy: 'Take another name, or change the existing one by `PATCH`.',
  },
  SUBSCRIPTION_INVALID: {
    status: 400,
    title: 'The subscription is not valid',
    remedy: 'Correct every entry of `problems`; nothing was stored.',
  },
  SUBSCRIPTION_NOT_FOUND: {
    status: 404,
    title: 'No such subscription',
    remedy: 'List them: `GET /api/v1/apps/:appId/subscriptions`.',
  },
  SUBSCRIPTION_OF_SOURCE: {
    status: 409,
    title: 'The subscription is a target of a source',
    remedy: 'Change it there: `PUT` or `DELETE /api/v1/apps/:appId/sources/:name/targets/:target`.',
  },
  SUBSCRIPTIONS_FULL: {
    status: 409,
    title: 'The app has the maximum number of subscriptions',
    remedy: 'Delete one that is no longer needed; `*` in `events` and a filter may make one of several.',
  },
  SOURCE_ADDRESS_UNKNOWN: {
    status: 404,
    title: 'No source has this address',
    remedy: 'Copy the URL of the source again: its key may have been rotated, or the source deleted.',
  },
  SSRF_BLOCKED: {
    status: 422,
    title: 'The URL leads to a forbidden address',
    remedy: 'Use a public https URL, or have the operator add it to `OUTBOUND_ALLOW`.',
  },
  START_REFUSED: {
    status: 500,
    title: 'The process cannot start',
    remedy: 'The message says why and what to do; `docs/guides/troubleshooting.md` lists all of them.',
  },
  TARGET_NOT_FOUND: {
    status: 404,
    title: 'No such target',
    remedy: 'See `targets` of the source: `GET /api/v1/apps/:appId/sources/:source`.',
  },
  UNAUTHENTICATED: { status: 401, title: 'No valid API key', remedy: 'Send `Authorization: Bearer bw_…`.' },
  WEBHOOK_RESPONSE: { status: 502, title: 'A webhook failed', remedy: 'See the attempt.' },
  WEBHOOK_TIMEOUT: { status: 504, title: 'A webhook did not answer in time', remedy: 'See the attempt.' },
};
