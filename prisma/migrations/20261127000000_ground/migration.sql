-- The base schema: roles, tables, functions, triggers, views, policies, rights, and the rows of an empty installation.
-- `npm run schema` dumps the result of all migrations into prisma/schema.sql and prisma/functions.

-- Roles ---------------------------------------------------------------------------------------------------------------

-- Two roles that nobody logs in as. Every process takes on `breakwater_service` when it connects, and
-- `breakwater_tenant` while it serves a request with an app's own key. Neither owns a table.
--
-- Roles belong to the server: another database of it, or an administrator, may have created them already. PostgreSQL
-- refuses CREATE ROLE to a login without CREATEROLE before it checks whether the role exists (docs/adr/0029).
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['breakwater_service', 'breakwater_tenant'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', name);
    EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
    END;
    -- Not 'MEMBER': the creator of a role is a member of it, but without its rights.
    IF NOT pg_has_role(current_user, name, 'USAGE') THEN
      EXECUTE format('GRANT %I TO CURRENT_USER', name);
    END IF;
  END LOOP;
END $$;

-- Fails for a login that does not see all rows: rows that row-level security hides would be left behind, and lost.
CREATE FUNCTION need_all_rows() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT pg_has_role(current_user, 'breakwater_service', 'USAGE') THEN
    RAISE EXCEPTION 'the owner of the tables lacks the rights of breakwater_service: GRANT breakwater_service TO "%" WITH INHERIT TRUE',
      current_user;
  END IF;
END $$;
SELECT need_all_rows();

-- Apps and their endpoints --------------------------------------------------------------------------------------------

CREATE TABLE apps (
  id varchar(255) PRIMARY KEY,
  name varchar(255) NOT NULL,
  owner_email varchar(320) NOT NULL,
  base_url varchar(2048) NOT NULL,
  health_path varchar(2048) NOT NULL DEFAULT '/health',
  status varchar(20) NOT NULL DEFAULT 'active',
  disabled_reason text,
  webhook_timeouts jsonb NOT NULL DEFAULT '{}',
  manifest_version integer NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  -- A manifest may switch off the health checks of its app.
  health boolean NOT NULL DEFAULT true,
  paused_at timestamptz(3),
  paused_by varchar(255),
  paused_reason varchar(500),
  paused_by_platform boolean NOT NULL DEFAULT false,
  CONSTRAINT apps_status_check CHECK (status IN ('active', 'disabled'))
);

CREATE TABLE manifest_versions (
  app_id varchar(255) NOT NULL,
  version integer NOT NULL,
  document jsonb NOT NULL,
  digest char(64) NOT NULL,
  created_by varchar(255) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  -- The text of each static fallback's value, by capability: jsonb would change numbers and the order of keys.
  static_values jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (app_id, version),
  CONSTRAINT manifest_versions_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps (id) ON UPDATE CASCADE ON DELETE CASCADE
);

CREATE TABLE signing_secrets (
  id uuid PRIMARY KEY,
  app_id varchar(255) NOT NULL,
  sealed text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at timestamptz(3),
  CONSTRAINT signing_secrets_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps (id) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX signing_secrets_app_id_idx ON signing_secrets (app_id);

CREATE TABLE endpoints (
  id uuid PRIMARY KEY,
  app_id varchar(255) NOT NULL,
  kind varchar(20) NOT NULL,
  capability varchar(100) NOT NULL,
  url varchar(2048) NOT NULL,
  async boolean NOT NULL,
  timeout_ms integer,
  retry jsonb,
  fallback jsonb,
  breaker jsonb,
  rate_limit_per_second integer,
  concurrency integer NOT NULL DEFAULT 10,
  ordered boolean NOT NULL DEFAULT false,
  headers_sealed text,
  status varchar(20) NOT NULL DEFAULT 'active',
  disabled_reason text,
  width integer NOT NULL DEFAULT 10,
  narrowed_at timestamptz(6),
  next_start_at timestamptz(6),
  updated_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  paused_at timestamptz(3),
  paused_by varchar(255),
  paused_reason varchar(500),
  paused_by_platform boolean NOT NULL DEFAULT false,
  -- Who disabled it; NULL: it answered 410.
  disabled_by varchar(255),
  -- Set by triggers, from the endpoint and its app. Why no call is sent to it: paused or disabled; NULL: it is called.
  hold varchar(20),
  -- Since when its deliveries do not age; NULL: they age.
  age_stopped_at timestamptz(6),
  -- How long they did not age before, ms.
  age_stopped_ms double precision NOT NULL DEFAULT 0,
  CONSTRAINT endpoints_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps (id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT endpoints_kind_check CHECK (kind IN ('capability', 'subscription')),
  CONSTRAINT endpoints_status_check CHECK (status IN ('active', 'disabled', 'removed')),
  CONSTRAINT endpoints_width_check CHECK (width BETWEEN 1 AND concurrency),
  CONSTRAINT endpoints_hold_check CHECK (hold IN ('paused', 'disabled'))
)
-- Its rows change with every call: vacuum them early, and leave space on the page for the next version of a row.
WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
CREATE UNIQUE INDEX endpoints_app_id_capability_key ON endpoints (app_id, capability);
-- Few of many.
CREATE INDEX endpoints_hold_idx ON endpoints (id) WHERE hold IS NOT NULL;

-- Deliveries ----------------------------------------------------------------------------------------------------------

-- Which tables are partitioned, and how. `uuid`: by an id of version 7, which begins with the time of its creation.
-- Rows that come with every call are dropped by partition, not deleted one by one (docs/adr/0016).
CREATE TABLE partition_plans (
  parent varchar(60) PRIMARY KEY,
  key varchar(10) NOT NULL,
  days integer NOT NULL,
  ahead integer NOT NULL,
  storage text NOT NULL DEFAULT '',
  CONSTRAINT partition_plans_check CHECK (key IN ('uuid', 'time') AND days > 0 AND ahead >= 0)
);

-- Not in `public`: only the owner uses a partition itself.
CREATE SCHEMA partitions;

-- Some columns are `text` or narrow on purpose: PostgreSQL assumes that an empty table has ten pages, and the wider
-- its rows are, the fewer of them it expects, until reading all of them looks cheaper than a look-up by key
-- (plans.spec.ts).
CREATE TABLE deliveries (
  id uuid PRIMARY KEY,
  app_id varchar(255) NOT NULL,
  endpoint_id uuid NOT NULL,
  capability varchar(100) NOT NULL,
  kind varchar(20) NOT NULL,
  mode varchar(10) NOT NULL,
  event_type text,
  request_id varchar(255) NOT NULL,
  body bytea NOT NULL,
  content_type varchar(255) NOT NULL,
  timeout_ms integer NOT NULL,
  status varchar(20) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  finished_at timestamptz(3),
  -- By the clock of its endpoint (age_clock).
  expires_at timestamptz(3),
  next_attempt_at timestamptz(6),
  attempts integer NOT NULL DEFAULT 0,
  attempts_counted integer NOT NULL DEFAULT 0,
  claims integer NOT NULL DEFAULT 0,
  redeliveries integer NOT NULL DEFAULT 0,
  claim_token uuid,
  claimed_until timestamptz(6),
  claimed_at timestamptz(6),
  enqueued_at timestamptz(3),
  last_outcome varchar(30),
  last_error_class varchar(30),
  last_error text,
  wait_reason varchar(30),
  -- The span of its acceptance (W3C traceparent), so that attempts in other processes belong to the same trace. NULL
  -- while tracing is off.
  trace_parent varchar(55),
  -- Whether the body is UTF-8 without a NUL, and so can be sent as text, which takes half as many bytes as bytea.
  body_is_text boolean NOT NULL DEFAULT false,
  -- A sync call that its fallback answered did not fail: it ends as `fallback`, with the strategy and the reason.
  fallback_strategy text,
  fallback_reason varchar(20),
  last_attempt_at timestamptz(3),
  max_attempts integer,
  CONSTRAINT deliveries_kind_check CHECK (kind IN ('invocation', 'event')),
  CONSTRAINT deliveries_mode_check CHECK (mode IN ('sync', 'async')),
  CONSTRAINT deliveries_event_type_check CHECK (char_length(event_type) <= 255),
  CONSTRAINT deliveries_status_check
    CHECK (status IN ('pending', 'completed', 'failed', 'fallback', 'dead_letter', 'cancelled')),
  -- A claim is complete or absent, and only a pending delivery has a wait reason.
  CONSTRAINT deliveries_claim_check
    CHECK ((claim_token IS NULL) = (claimed_until IS NULL) AND (claim_token IS NULL) = (claimed_at IS NULL)
      AND (claim_token IS NULL OR status = 'pending')),
  CONSTRAINT deliveries_pending_check
    CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL) AND (status = 'pending') = (finished_at IS NULL)),
  CONSTRAINT deliveries_enqueued_check CHECK (enqueued_at IS NULL OR status = 'pending')
) PARTITION BY RANGE (id);
-- Ids are created in the order of time: lists are ordered by them, and rows since a moment have ids since then.
CREATE INDEX deliveries_app_id_id_idx ON deliveries (app_id, id);
-- The parked backlog of an endpoint, in the order of promotion.
CREATE INDEX deliveries_parked_idx ON deliveries (endpoint_id, next_attempt_at, id)
  WHERE status = 'pending' AND enqueued_at IS NULL;
-- The window of an endpoint: rows with a wake-up job or an attempt. Without the status, so that only this index fits a
-- count of the window: plans are made while tables are empty.
CREATE INDEX deliveries_window_idx ON deliveries (endpoint_id, enqueued_at) WHERE enqueued_at IS NOT NULL;
-- Calls in progress by endpoint, and leases in the order of their expiry.
CREATE INDEX deliveries_claimed_idx ON deliveries (endpoint_id, claimed_until) WHERE claim_token IS NOT NULL;
-- The head of an ordered endpoint.
CREATE INDEX deliveries_pending_idx ON deliveries (endpoint_id, id) WHERE status = 'pending';
-- The latest failures of an app, newest first.
CREATE INDEX deliveries_failed_idx ON deliveries (app_id, finished_at DESC, id) WHERE status IN ('failed', 'dead_letter');
-- The latest calls of an app that a fallback answered, and its latest cancelled ones.
CREATE INDEX deliveries_unanswered_idx ON deliveries (app_id, finished_at DESC, id)
  WHERE status IN ('fallback', 'cancelled');
CREATE INDEX deliveries_request_id_idx ON deliveries (request_id);

CREATE TABLE attempts (
  delivery_id uuid NOT NULL,
  number integer NOT NULL,
  app_id varchar(255) NOT NULL,
  endpoint_id uuid NOT NULL,
  capability varchar(100) NOT NULL,
  started_at timestamptz(3) NOT NULL,
  -- NULL for an attempt of unknown end: the duration of its lease says nothing about the app.
  duration_ms integer,
  outcome varchar(30) NOT NULL,
  error_class varchar(30),
  http_status integer,
  error text,
  next varchar(30) NOT NULL,
  next_at timestamptz(3),
  response_headers jsonb,
  response_body bytea,
  truncated boolean NOT NULL DEFAULT false,
  -- The transaction that wrote the row: a roll-up takes all transactions that are over and none twice, in whatever
  -- order they committed.
  recorded_in bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
  -- Secrets are masked before they are stored here.
  request_headers jsonb,
  PRIMARY KEY (delivery_id, number)
) PARTITION BY RANGE (delivery_id);
CREATE INDEX attempts_recorded_in_idx ON attempts (recorded_in);
-- The calls of an app and a capability within a time.
CREATE INDEX attempts_app_id_capability_started_at_idx ON attempts (app_id, capability, started_at);

CREATE TABLE delivery_notes (
  id bigserial NOT NULL,
  delivery_id uuid NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  kind varchar(30) NOT NULL,
  actor varchar(255),
  detail jsonb,
  -- By delivery first, because that is how they are read.
  PRIMARY KEY (delivery_id, id)
) PARTITION BY RANGE (delivery_id);

CREATE TABLE idempotency_keys (
  app_id varchar(255) NOT NULL,
  key varchar(255) NOT NULL,
  digest char(64) NOT NULL,
  delivery_id uuid NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (app_id, key)
);
CREATE INDEX idempotency_keys_expires_at_idx ON idempotency_keys (expires_at);
-- Without its app: keys are few, and live for a day.
CREATE INDEX idempotency_keys_key_idx ON idempotency_keys (key);

CREATE TABLE webhook_dead_letter_queue (
  id uuid PRIMARY KEY,
  app_id varchar(255) NOT NULL,
  capability varchar(100) NOT NULL,
  payload bytea NOT NULL,
  error text,
  attempts integer NOT NULL,
  failed_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  requeued_at timestamptz(3),
  delivery_id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  event_type varchar(255),
  category varchar(30) NOT NULL,
  reason varchar(30) NOT NULL,
  resolved_at timestamptz(3),
  resolved_by varchar(255),
  notes text,
  CONSTRAINT webhook_dead_letter_queue_reason_check
    CHECK (reason IN ('exhausted', 'non_retryable', 'circuit_open', 'poison', 'endpoint_disabled'))
);
CREATE UNIQUE INDEX webhook_dead_letter_queue_delivery_id_key ON webhook_dead_letter_queue (delivery_id);
CREATE INDEX webhook_dead_letter_queue_failed_at_id_idx ON webhook_dead_letter_queue (failed_at DESC, id);
CREATE INDEX webhook_dead_letter_queue_open_idx ON webhook_dead_letter_queue (failed_at DESC, id)
  WHERE resolved_at IS NULL;

-- Circuit breakers and fallbacks --------------------------------------------------------------------------------------

CREATE TABLE circuit_breaker_state (
  app_id varchar(255) NOT NULL,
  capability varchar(100) NOT NULL,
  state varchar(20) NOT NULL DEFAULT 'closed',
  failure_count integer NOT NULL DEFAULT 0,
  success_count integer NOT NULL DEFAULT 0,
  last_failure_at timestamptz(3),
  generation integer NOT NULL DEFAULT 0,
  version integer NOT NULL DEFAULT 0,
  opened_at timestamptz(3),
  retry_at timestamptz(6),
  probe_token uuid,
  probe_until timestamptz(6),
  failing_since timestamptz(3),
  last_reason text,
  updated_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (app_id, capability),
  CONSTRAINT circuit_breaker_state_check
    CHECK (state IN ('closed', 'open', 'half_open') AND (state <> 'open' OR retry_at IS NOT NULL))
)
-- Space on the page for the next version of a row.
WITH (fillfactor = 50);
CREATE INDEX circuit_breaker_state_updated_at_idx ON circuit_breaker_state (updated_at);

CREATE TABLE circuit_breaker_transitions (
  id bigserial PRIMARY KEY,
  app_id varchar(255) NOT NULL,
  capability varchar(100) NOT NULL,
  generation integer NOT NULL,
  from_state varchar(20) NOT NULL,
  to_state varchar(20) NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  cause varchar(30) NOT NULL,
  actor varchar(255),
  failure_count integer NOT NULL DEFAULT 0,
  failing_since timestamptz(3),
  last_reason text,
  notified_at timestamptz(3)
);
CREATE UNIQUE INDEX circuit_breaker_transitions_app_id_capability_generation_key
  ON circuit_breaker_transitions (app_id, capability, generation);
CREATE INDEX circuit_breaker_transitions_key_idx ON circuit_breaker_transitions (app_id, capability, id DESC);
CREATE INDEX circuit_breaker_transitions_unnotified_idx ON circuit_breaker_transitions (id) WHERE notified_at IS NULL;

-- Until when changes of a breaker are collected for one notice.
CREATE TABLE breaker_notices (
  app_id varchar(255) NOT NULL,
  capability varchar(100) NOT NULL,
  quiet_until timestamptz(3),
  PRIMARY KEY (app_id, capability)
);

CREATE TABLE pending_approvals (
  id uuid PRIMARY KEY,
  app_id varchar(255) NOT NULL,
  capability varchar(100) NOT NULL,
  request_id varchar(255) NOT NULL,
  payload bytea NOT NULL,
  context jsonb,
  reason varchar(30) NOT NULL,
  status varchar(20) NOT NULL DEFAULT 'pending',
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  resolved_at timestamptz(3),
  resolved_by varchar(255),
  notes text,
  -- The context as its sender wrote it, where jsonb would change numbers and the order of keys.
  context_bytes bytea,
  -- When admins were notified of it.
  told_at timestamptz(3),
  CONSTRAINT pending_approvals_status_check CHECK (status IN ('pending', 'approved', 'rejected'))
);
CREATE INDEX pending_approvals_status_created_at_id_idx ON pending_approvals (status, created_at DESC, id);
CREATE INDEX pending_approvals_untold_idx ON pending_approvals (id) WHERE told_at IS NULL AND status = 'pending';
CREATE INDEX pending_approvals_app_id_capability_told_at_idx ON pending_approvals (app_id, capability, told_at);

CREATE TABLE last_answers (
  app_id varchar(255) NOT NULL,
  capability varchar(100) NOT NULL,
  data bytea NOT NULL,
  answered_at timestamptz(3) NOT NULL,
  PRIMARY KEY (app_id, capability)
);

-- Access --------------------------------------------------------------------------------------------------------------

CREATE TABLE api_keys (
  id uuid PRIMARY KEY,
  name varchar(255) NOT NULL,
  prefix varchar(20) NOT NULL,
  hash char(64) NOT NULL,
  scopes text[],
  app_id varchar(255),
  created_by varchar(255) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  last_used_at timestamptz(3)
);
CREATE UNIQUE INDEX api_keys_hash_key ON api_keys (hash);

CREATE TABLE encryption_key_checks (
  key_id varchar(100) PRIMARY KEY,
  "check" varchar(64) NOT NULL
);

-- Who did what to what, and when. Stored before the action and completed after it.
CREATE TABLE audit_log (
  id uuid PRIMARY KEY,
  at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  actor varchar(255) NOT NULL,
  actor_key_id uuid,
  action varchar(60) NOT NULL,
  target varchar(500) NOT NULL,
  app_id varchar(255),
  request_id varchar(255),
  outcome varchar(20) NOT NULL,
  status integer,
  detail jsonb,
  finished_at timestamptz(3),
  CONSTRAINT audit_log_outcome_check CHECK (outcome IN ('started', 'done', 'refused', 'failed'))
);
CREATE INDEX audit_log_at_id_idx ON audit_log (at DESC, id DESC);
CREATE INDEX audit_log_target_at_idx ON audit_log (target, at DESC);

-- How much of their limits API keys and client addresses have used, with the columns that rate-limiter-flexible
-- expects. Not logged: it is only needed for a minute, and its loss in a crash does no harm.
CREATE UNLOGGED TABLE api_rate_limits (
  key varchar(255) PRIMARY KEY,
  points integer NOT NULL DEFAULT 0,
  expire bigint
);

-- Metrics, health and alerts ------------------------------------------------------------------------------------------

-- Each call is an attempt, and attempts are rolled up by the minute and the hour (docs/adr/0015): by capability, and
-- for the whole app under the capability ''.
CREATE TABLE metric_minutes (
  app_id varchar(255) NOT NULL,
  capability varchar(100) NOT NULL,
  at timestamptz(3) NOT NULL,
  calls integer NOT NULL,
  successes integer NOT NULL,
  timeouts integer NOT NULL,
  ended integer NOT NULL,
  ended_attempts integer NOT NULL,
  buckets smallint[],
  counts integer[],
  PRIMARY KEY (app_id, capability, at)
) PARTITION BY RANGE (at);
-- By time alone: the calls of all apps.
CREATE INDEX metric_minutes_at_idx ON metric_minutes (at);

CREATE TABLE metric_hours (
  app_id varchar(255) NOT NULL,
  capability varchar(100) NOT NULL,
  at timestamptz(3) NOT NULL,
  calls integer NOT NULL,
  successes integer NOT NULL,
  timeouts integer NOT NULL,
  ended integer NOT NULL,
  ended_attempts integer NOT NULL,
  buckets smallint[],
  counts integer[],
  PRIMARY KEY (app_id, capability, at)
) PARTITION BY RANGE (at);
CREATE INDEX metric_hours_at_idx ON metric_hours (at);

-- One row: all attempts recorded in an earlier transaction than this are rolled up.
CREATE TABLE metric_rollup_state (
  id integer PRIMARY KEY DEFAULT 1,
  cursor bigint NOT NULL,
  CONSTRAINT metric_rollup_state_check CHECK (id = 1)
);

-- The last answer of each active app's health URL.
CREATE TABLE app_health_status (
  app_id varchar(255) PRIMARY KEY,
  status varchar(20) NOT NULL DEFAULT 'unknown',
  last_check timestamptz(3),
  response_time_ms integer,
  consecutive_failures integer NOT NULL DEFAULT 0,
  failing_since timestamptz(3),
  details jsonb NOT NULL DEFAULT '{}',
  next_check_at timestamptz(3) NOT NULL,
  -- When the health URL of an app with an open breaker may be called again: by one process, once per interval.
  breaker_check_at timestamptz(3),
  CONSTRAINT app_health_status_check CHECK (status IN ('healthy', 'degraded', 'unhealthy', 'unknown'))
);
-- Due checks, in their order.
CREATE INDEX app_health_status_next_check_at_app_id_idx ON app_health_status (next_check_at, app_id);

-- Conditions that people want to be notified of.
CREATE TABLE alert_rules (
  id uuid PRIMARY KEY,
  name varchar(200) NOT NULL,
  type varchar(30) NOT NULL,
  app_id varchar(255),
  capability varchar(100),
  threshold double precision NOT NULL,
  window_ms integer NOT NULL DEFAULT 3600000,
  min_samples integer NOT NULL DEFAULT 20,
  cooldown_seconds integer NOT NULL DEFAULT 3600,
  channels text[] DEFAULT ARRAY[]::text[],
  enabled boolean NOT NULL DEFAULT true,
  created_by varchar(255) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT alert_rules_check CHECK (channels IS NOT NULL AND type IN ('success_rate', 'response_time', 'avg_attempts',
    'dlq_size', 'queue_depth', 'circuit_open', 'app_health'))
);

-- One case of a rule that fired for a subject, until it was over. Kept when its rule is deleted.
CREATE TABLE alerts (
  id uuid PRIMARY KEY,
  rule_id uuid NOT NULL,
  rule_name varchar(200) NOT NULL,
  type varchar(30) NOT NULL,
  app_id varchar(255),
  capability varchar(100),
  status varchar(20) NOT NULL DEFAULT 'firing',
  threshold double precision NOT NULL,
  window_ms integer NOT NULL,
  value_at_firing double precision NOT NULL,
  worst_value double precision NOT NULL,
  last_value double precision,
  samples integer,
  fired_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  evaluated_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  notified_at timestamptz(3),
  resolved_at timestamptz(3),
  resolved_reason varchar(30),
  CONSTRAINT alerts_check CHECK (status IN ('firing', 'resolved') AND (status = 'resolved') = (resolved_at IS NOT NULL))
);
CREATE INDEX alerts_fired_at_id_idx ON alerts (fired_at DESC, id DESC);
-- A rule and subject have at most one open case.
CREATE UNIQUE INDEX alerts_firing_idx ON alerts (rule_id, COALESCE(app_id, ''), COALESCE(capability, ''))
  WHERE status = 'firing';
-- When people were last notified: for the cooldown.
CREATE INDEX alerts_notified_idx ON alerts (rule_id, notified_at) WHERE notified_at IS NOT NULL;

-- Notifications and periodic work -------------------------------------------------------------------------------------

CREATE TABLE notifications (
  id uuid PRIMARY KEY,
  channel varchar(20) NOT NULL,
  kind varchar(50) NOT NULL,
  recipient varchar(320) NOT NULL,
  app_id varchar(255),
  capability varchar(100),
  room_id varchar(255),
  subject text NOT NULL,
  text text NOT NULL,
  html text,
  data jsonb NOT NULL DEFAULT '{}',
  dedupe_key varchar(500) NOT NULL,
  status varchar(20) NOT NULL DEFAULT 'pending',
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  locked_until timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  sent_at timestamptz(3),
  last_error text,
  -- For a chat or a callback: the body of the request, as it is sent.
  body text,
  CONSTRAINT notifications_status_check CHECK (status IN ('pending', 'sent', 'failed'))
);
CREATE UNIQUE INDEX notifications_dedupe_key_key ON notifications (dedupe_key);
CREATE INDEX notifications_created_at_id_idx ON notifications (created_at DESC, id);
CREATE INDEX notifications_due_idx ON notifications (next_attempt_at) WHERE status = 'pending';

-- Up to which dead letters of a capability people were notified, and the earliest time of the next notice.
CREATE TABLE failure_notices (
  app_id varchar(255) NOT NULL,
  capability varchar(100) NOT NULL,
  told_until timestamptz(3) NOT NULL,
  next_at timestamptz(3) NOT NULL,
  PRIMARY KEY (app_id, capability)
);

-- Work that one process does for all from time to time: when it is due again, and when it last ran.
CREATE TABLE periodic_runs (
  name varchar(60) PRIMARY KEY,
  due_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  started_at timestamptz(3),
  finished_at timestamptz(3)
);

-- Functions of the claim ----------------------------------------------------------------------------------------------

-- Wake-up jobs that an endpoint may have in the queue at a time.
CREATE FUNCTION endpoint_window(ordered boolean, width integer) RETURNS integer
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN ordered THEN 1 ELSE 2 * width END $$;

-- Starts at once under a limit of n per second. With bursts of k and a rate of n - k + 1 no second has more than n.
CREATE FUNCTION rate_burst(n integer) RETURNS integer
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT GREATEST(1, n / 20) $$;

-- The time on an endpoint's own clock, which stops while it is paused. deliveries.expires_at is a time on this clock,
-- so a resume updates no delivery, however many wait.
CREATE FUNCTION age_clock(stopped_ms double precision, stopped_at timestamptz) RETURNS timestamptz
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT COALESCE(stopped_at, clock_timestamp()) - make_interval(secs => stopped_ms / 1000) $$;

-- Claims the deliveries of `wanted` that are due and fit their endpoint (libs/delivery/src/attempt/claim.store.ts). It
-- also claims parked ones: for each time that an endpoint is listed in `next_of`, its next due delivery, if one more
-- call fits. It returns everything that a call needs: reading a delivery a second time would cost as much as the claim
-- itself.
--
-- `rooms` is how much of the claiming process each endpoint in `held` may take, `room_of_others` is for each other
-- endpoint; `app_rooms` is the same for the apps in `app_ids`, over all their endpoints, `room_of_other_apps` for each
-- other app. NULL is no limit. An endpoint without a rate limit that rests after trouble has to wait for next_start_at
-- (docs/adr/0019).
--
-- Endpoint rows are locked first, ordered by id: two claims of one endpoint run one after the other, and the statement
-- after the lock sees the result of the other (a function takes a new snapshot for each statement). All wanted
-- deliveries are locked: one that is not due yet may be when the second statement runs.
CREATE FUNCTION claim_deliveries(wanted uuid[], next_of uuid[], margin_ms integer, held uuid[], rooms integer[],
  room_of_others integer, app_ids varchar[] DEFAULT '{}', app_rooms integer[] DEFAULT '{}',
  room_of_other_apps integer DEFAULT NULL,
  OUT delivery_id uuid, OUT decision text, OUT delay_ms float8, OUT token uuid, OUT app_id varchar,
  OUT endpoint_id uuid, OUT capability varchar, OUT kind varchar, OUT request_id varchar, OUT body bytea,
  OUT body_text text, OUT content_type varchar, OUT trace_parent varchar, OUT timeout_ms integer, OUT attempts integer,
  OUT attempts_counted integer, OUT claims integer, OUT started_at timestamptz, OUT accepted_at timestamptz,
  OUT expired boolean, OUT width integer, OUT concurrency integer, OUT paced boolean)
RETURNS SETOF record LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE started timestamptz;
BEGIN
  PERFORM 1 FROM endpoints e
    WHERE e.id IN (SELECT d.endpoint_id FROM deliveries d WHERE d.id = ANY (wanted) UNION SELECT unnest(next_of))
    ORDER BY e.id FOR NO KEY UPDATE;
  started := clock_timestamp();
  RETURN QUERY
  WITH awake AS (
    SELECT d.id, d.endpoint_id, d.next_attempt_at
    FROM deliveries d JOIN unnest(wanted) AS w(id) ON w.id = d.id
    -- Only a pending delivery has a time. A condition on the status would lead to a scan of the index of all pending
    -- ones.
    WHERE d.claim_token IS NULL AND d.next_attempt_at <= started
    FOR UPDATE OF d SKIP LOCKED
  ), asked AS (
    SELECT n.id, count(*) AS times FROM unnest(next_of) AS n(id) GROUP BY n.id
  ), endpoint AS (
    SELECT e.id, e.app_id, e.ordered, e.rate_limit_per_second AS rate, e.width, e.concurrency,
      COALESCE(a.times, 0) AS times, e.hold, age_clock(e.age_stopped_ms, e.age_stopped_at) AS age_at,
      GREATEST(e.next_start_at, started) AS next_start_at,
      LEAST(
        CASE WHEN e.hold IS NOT NULL THEN 0
             WHEN e.rate_limit_per_second IS NULL AND e.next_start_at > started THEN 0 -- It rests.
             WHEN e.ordered THEN 1 ELSE e.width END
          - (SELECT count(*) FROM deliveries b WHERE b.endpoint_id = e.id AND b.claim_token IS NOT NULL),
        COALESCE((SELECT h.room FROM unnest(held, rooms) AS h(id, room) WHERE h.id = e.id), room_of_others)) AS slots,
      CASE WHEN e.rate_limit_per_second IS NULL THEN NULL
           WHEN e.next_start_at > started THEN 0
           ELSE rate_burst(e.rate_limit_per_second) END AS burst,
      CASE WHEN e.ordered THEN
        (SELECT h.id FROM deliveries h WHERE h.endpoint_id = e.id AND h.status = 'pending' ORDER BY h.id LIMIT 1)
      END AS head
    FROM endpoints e LEFT JOIN asked a ON a.id = e.id
    WHERE e.id IN (SELECT endpoint_id FROM awake UNION SELECT id FROM asked)
  ), due AS (
    SELECT id, endpoint_id, next_attempt_at, true AS is_awake FROM awake
    UNION ALL
    -- Index: deliveries_parked_idx. For an endpoint with a rate or an order, the next delivery is promoted instead.
    SELECT p.id, ep.id, p.next_attempt_at, false
    FROM endpoint ep CROSS JOIN LATERAL (
      SELECT d.id, d.next_attempt_at FROM deliveries d
      WHERE d.endpoint_id = ep.id AND d.status = 'pending' AND d.enqueued_at IS NULL AND d.next_attempt_at <= started
        AND d.id <> ALL (wanted)
      ORDER BY d.next_attempt_at, d.id LIMIT LEAST(ep.times, GREATEST(ep.slots, 0)) FOR UPDATE SKIP LOCKED) p
    WHERE ep.times > 0 AND NOT ep.ordered AND ep.rate IS NULL
  ), ranked AS (
    SELECT due.*, row_number() OVER (
      PARTITION BY due.endpoint_id ORDER BY COALESCE(ep.head <> due.id, false), due.next_attempt_at, due.id) AS place
    FROM due JOIN endpoint ep ON ep.id = due.endpoint_id
  ), fitting AS (
    SELECT r.id, r.endpoint_id, r.is_awake, r.place, r.next_attempt_at, ep.app_id, ep.width, ep.concurrency,
      ep.ordered OR ep.rate IS NOT NULL AS paced, ep.hold,
      ep.age_at,
      CASE
        WHEN ep.hold IS NOT NULL THEN 'on_hold'
        WHEN ep.ordered AND ep.head <> r.id THEN 'behind_head'
        WHEN r.place > ep.slots THEN 'slots_full'
        WHEN r.place > ep.burst THEN 'rate_limited'
        ELSE 'claimed'
      END AS decision,
      CASE WHEN r.place > ep.burst THEN
        ep.next_start_at + make_interval(secs => (r.place - 1)::float8 / (ep.rate - rate_burst(ep.rate) + 1))
      END AS until
    FROM ranked r JOIN endpoint ep ON ep.id = r.endpoint_id
  ), judged AS (
    -- Of what fits its endpoint, as many of each app as fit in the process: one of each endpoint first, then more.
    SELECT f.id, f.endpoint_id, f.is_awake, f.width, f.concurrency, f.paced, f.hold, f.age_at, f.until,
      CASE WHEN f.decision = 'claimed' AND row_number() OVER (
          PARTITION BY f.app_id, f.decision ORDER BY f.place, f.next_attempt_at, f.id)
          > COALESCE((SELECT a.room FROM unnest(app_ids, app_rooms) AS a(id, room) WHERE a.id = f.app_id), room_of_other_apps)
        THEN 'app_full' ELSE f.decision END AS decision
    FROM fitting f
  ), started_now AS (
    UPDATE endpoints e
    SET next_start_at = started
      + make_interval(secs => n.starts::float8 / (e.rate_limit_per_second - rate_burst(e.rate_limit_per_second) + 1))
    FROM (SELECT j.endpoint_id, count(*) AS starts FROM judged j WHERE j.decision = 'claimed' GROUP BY 1) n
    WHERE e.id = n.endpoint_id AND e.rate_limit_per_second IS NOT NULL
  ), changed AS (
    UPDATE deliveries d SET
      claim_token = CASE WHEN j.decision = 'claimed' THEN gen_random_uuid() END,
      claimed_at = CASE WHEN j.decision = 'claimed' THEN started END,
      claimed_until = CASE WHEN j.decision = 'claimed'
        THEN started + make_interval(secs => (d.timeout_ms + margin_ms) / 1000.0) END,
      claims = d.claims + (j.decision = 'claimed')::integer,
      -- On hold: parked until its endpoint is resumed or enabled. Full: parked until a finish promotes it, or for an
      -- app's share until a call of that app ends. Rate-limited: stays in the window, so that no other takes its turn.
      enqueued_at = CASE WHEN j.decision IN ('claimed', 'rate_limited') THEN COALESCE(d.enqueued_at, started) END,
      next_attempt_at = CASE WHEN j.decision = 'rate_limited' THEN j.until ELSE d.next_attempt_at END,
      wait_reason = CASE j.decision WHEN 'claimed' THEN d.wait_reason WHEN 'rate_limited' THEN 'rate_limit'
        WHEN 'on_hold' THEN j.hold WHEN 'app_full' THEN 'app_share' ELSE 'endpoint_slot' END
    FROM judged j WHERE d.id = j.id AND (j.is_awake OR j.decision = 'claimed')
    RETURNING d.id, j.decision, extract(epoch FROM j.until - clock_timestamp())::float8 * 1000, d.claim_token, d.app_id,
      d.endpoint_id, d.capability, d.kind, d.request_id,
      CASE WHEN j.decision = 'claimed' AND NOT d.body_is_text THEN d.body END,
      CASE WHEN j.decision = 'claimed' AND d.body_is_text THEN convert_from(d.body, 'UTF8') END, d.content_type,
      d.trace_parent, d.timeout_ms, d.attempts, d.attempts_counted, d.claims, started, d.created_at,
      d.expires_at <= j.age_at, j.width, j.concurrency, j.paced
  )
  SELECT * FROM changed
  UNION ALL
  -- A late promotion may have locked a row until its statement ends: its wake-up is repeated.
  SELECT d.id, 'locked', NULL, NULL, d.app_id, d.endpoint_id, d.capability, d.kind, d.request_id, NULL, NULL, d.content_type,
    d.trace_parent, d.timeout_ms, d.attempts, d.attempts_counted, d.claims, started, d.created_at, false, 0, 0, false
  FROM deliveries d JOIN unnest(wanted) AS w(id) ON w.id = d.id
  WHERE d.claim_token IS NULL AND d.next_attempt_at <= started AND NOT EXISTS (SELECT 1 FROM awake a WHERE a.id = d.id);
END $$;

-- Functions of partitions ---------------------------------------------------------------------------------------------

-- The smallest id of version 7 that can be created at this time.
CREATE FUNCTION uuid_floor(at timestamptz) RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid $$;

-- Start of the partition that contains this time: partitions have whole days of UTC since 1970.
CREATE FUNCTION partition_start(at timestamptz, days integer) RETURNS timestamptz
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT to_timestamp(floor(extract(epoch FROM at) / (days * 86400)) * days * 86400) $$;

-- What both kinds of partition have. Their policies are for the engine: apps' people use the parent only.
CREATE FUNCTION partition_guard(child text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE partitions.%I ENABLE ROW LEVEL SECURITY', child);
  EXECUTE format('ALTER TABLE partitions.%I FORCE ROW LEVEL SECURITY', child);
  EXECUTE format('CREATE POLICY service ON partitions.%I TO breakwater_service USING (true) WITH CHECK (true)', child);
END $$;

-- Creates the missing partitions, from `since` until as far ahead as planned, and returns their names. Rows that came
-- before their partition existed are in the default one and are moved. Runs as the owner of the tables, and gives up
-- instead of blocking others: the next run is soon, and partitions are created long before they are needed.
CREATE FUNCTION make_partitions(since timestamptz DEFAULT now()) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  plan record;
  lower_at timestamptz;
  bounds text;
  key_column text;
  child text;
  inside text;
BEGIN
  PERFORM pg_advisory_xact_lock(740212);
  PERFORM need_all_rows();
  FOR plan IN SELECT * FROM partition_plans ORDER BY parent LOOP
    child := plan.parent || '_default';
    IF to_regclass(format('partitions.%I', child)) IS NULL THEN
      EXECUTE format('CREATE TABLE partitions.%I PARTITION OF public.%I DEFAULT %s', child, plan.parent,
        CASE WHEN plan.storage <> '' THEN 'WITH (' || plan.storage || ')' END);
      PERFORM partition_guard(child);
    END IF;
    SELECT a.attname INTO key_column FROM pg_partitioned_table t
      JOIN pg_attribute a ON a.attrelid = t.partrelid AND a.attnum = t.partattrs[0]
      WHERE t.partrelid = format('public.%I', plan.parent)::regclass;
    lower_at := partition_start(least(since, now()), plan.days);
    WHILE lower_at <= partition_start(now(), plan.days) + make_interval(days => plan.days * plan.ahead) LOOP
      child := plan.parent || to_char(lower_at AT TIME ZONE 'UTC', '_YYYYMMDD');
      IF to_regclass(format('partitions.%I', child)) IS NULL THEN
        IF plan.key = 'uuid' THEN
          bounds := format('FROM (%L) TO (%L)', uuid_floor(lower_at), uuid_floor(lower_at + make_interval(days => plan.days)));
          inside := format('%1$I >= %2$L AND %1$I < %3$L', key_column, uuid_floor(lower_at),
            uuid_floor(lower_at + make_interval(days => plan.days)));
        ELSE
          bounds := format('FROM (%L) TO (%L)', lower_at, lower_at + make_interval(days => plan.days));
          inside := format('%1$I >= %2$L AND %1$I < %3$L', key_column, lower_at, lower_at + make_interval(days => plan.days));
        END IF;
        EXECUTE format('CREATE TABLE partitions.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS) %s', child,
          plan.parent, CASE WHEN plan.storage <> '' THEN 'WITH (' || plan.storage || ')' END);
        EXECUTE format('LOCK TABLE partitions.%I IN ACCESS EXCLUSIVE MODE', plan.parent || '_default');
        EXECUTE format('WITH moved AS (DELETE FROM partitions.%I WHERE %s RETURNING *) INSERT INTO partitions.%I SELECT * FROM moved',
          plan.parent || '_default', inside, child);
        EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION partitions.%I FOR VALUES %s', plan.parent, child, bounds);
        PERFORM partition_guard(child);
        RETURN NEXT child;
      END IF;
      lower_at := lower_at + make_interval(days => plan.days);
    END LOOP;
  END LOOP;
END $$;

-- Drops the partitions of a table that ended before `before`. Rows for which `keep` holds (SQL over the row, called
-- `r`; used only by the functions below) are moved to the default partition.
CREATE FUNCTION drop_old_partitions(of_parent text, before timestamptz, keep text)
RETURNS TABLE (name text, about_rows bigint, kept bigint) LANGUAGE plpgsql AS $$
DECLARE
  plan partition_plans;
  old record;
BEGIN
  PERFORM need_all_rows();
  SELECT * INTO STRICT plan FROM partition_plans p WHERE p.parent = of_parent;
  FOR old IN
    SELECT c.relname::text AS relname, greatest(c.reltuples, 0)::bigint AS about_rows
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = format('public.%I', of_parent)::regclass AND c.relname ~ '_\d{8}$'
      AND (to_date(right(c.relname, 8), 'YYYYMMDD') + plan.days)::timestamp AT TIME ZONE 'UTC' <= before
    ORDER BY c.relname
  LOOP
    EXECUTE format('ALTER TABLE public.%I DETACH PARTITION partitions.%I', of_parent, old.relname);
    EXECUTE format('INSERT INTO public.%I SELECT r.* FROM partitions.%I r WHERE %s', of_parent, old.relname, keep);
    GET DIAGNOSTICS kept = ROW_COUNT;
    EXECUTE format('DROP TABLE partitions.%I', old.relname);
    name := old.relname;
    about_rows := old.about_rows;
    RETURN NEXT;
  END LOOP;
END $$;

-- Partitions of a table whose rows are not needed any more: all rows are dropped.
CREATE FUNCTION drop_partitions(of_parent text, before timestamptz) RETURNS TABLE (name text, about_rows bigint, kept bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(740212);
  IF of_parent IN ('deliveries', 'attempts', 'delivery_notes') THEN
    RAISE EXCEPTION 'drop_finished_deliveries drops those, together';
  END IF;
  RETURN QUERY SELECT * FROM drop_old_partitions(of_parent, before, 'false');
END $$;

-- Deliveries that were accepted before `before`, with their attempts and notes. Unfinished ones are kept, and those
-- with a dead letter: a person may still want to send them again.
CREATE FUNCTION drop_finished_deliveries(before timestamptz) RETURNS TABLE (name text, about_rows bigint, kept bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(740212);
  RETURN QUERY SELECT * FROM drop_old_partitions('deliveries', before, format(
    $keep$r.finished_at IS NULL OR r.finished_at >= %L
      OR EXISTS (SELECT 1 FROM public.webhook_dead_letter_queue q WHERE q.delivery_id = r.id)$keep$, before));
  RETURN QUERY SELECT * FROM drop_old_partitions('attempts', before,
    'EXISTS (SELECT 1 FROM public.deliveries d WHERE d.id = r.delivery_id)');
  RETURN QUERY SELECT * FROM drop_old_partitions('delivery_notes', before,
    'EXISTS (SELECT 1 FROM public.deliveries d WHERE d.id = r.delivery_id)');
END $$;

-- Creates partitions in advance, and drops those of older finished deliveries; unfinished ones are kept, and those
-- with a dead letter. The maintenance of the worker does the same each day, with DELIVERY_RETENTION_DAYS.
CREATE FUNCTION cleanup_old_webhook_logs(older_than_days integer DEFAULT 30) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE dropped bigint;
BEGIN
  IF older_than_days IS NULL OR older_than_days < 1 THEN
    RAISE EXCEPTION 'older_than_days must be 1 or more, not %', COALESCE(older_than_days::text, 'NULL')
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM make_partitions();
  SELECT COALESCE(sum(d.about_rows - d.kept) FILTER (WHERE d.name LIKE 'deliveries%'), 0)::bigint INTO dropped
  FROM drop_finished_deliveries(now() - make_interval(days => older_than_days)) d;
  RETURN dropped;
END $$;

-- Functions for views, policies and reports ---------------------------------------------------------------------------

-- The app whose rows are shown. After SET LOCAL a setting is '' for the rest of the session: that means no app, like
-- NULL.
CREATE FUNCTION current_tenant() RETURNS text
  LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT NULLIF(current_setting('app.tenant', true), '') $$;

-- What an app's people need to know of an endpoint to send a delivery again: otherwise they see only its name.
CREATE FUNCTION endpoint_gate(endpoint uuid, OUT takes_deliveries boolean, OUT age_at timestamptz)
  RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT e.status <> 'removed' AND e.hold IS DISTINCT FROM 'disabled', age_clock(e.age_stopped_ms, e.age_stopped_at)
  FROM public.endpoints e WHERE e.id = endpoint $$;

-- The endpoints to which no calls are sent; for an app's people their own.
CREATE FUNCTION held_endpoints() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT e.id FROM public.endpoints e
  WHERE e.hold IS NOT NULL AND (public.current_tenant() IS NULL OR e.app_id = public.current_tenant()) $$;

-- A duration's bucket in a histogram: whole milliseconds below 200, then steps of 1 %. See
-- libs/metrics/src/webhook-metrics.
CREATE FUNCTION duration_bucket(duration_ms integer) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN duration_ms < 200 THEN greatest(duration_ms, 0)
    ELSE 200 + floor(ln(duration_ms / 200.0::float8) / ln(1.01::float8)) END::smallint $$;

-- Bytes as jsonb; NULL where they are not JSON, or JSON that jsonb cannot hold (\u0000, numbers beyond its range).
CREATE FUNCTION json_of(bytes bytea) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  RETURN convert_from(bytes, 'UTF8')::jsonb;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
  RETURN NULL;
END $$;

-- Bytes as text; bytes that are not UTF-8 are escaped.
CREATE FUNCTION text_of(bytes bytea) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  RETURN convert_from(bytes, 'UTF8');
EXCEPTION WHEN data_exception THEN
  RETURN encode(bytes, 'escape');
END $$;

-- Triggers ------------------------------------------------------------------------------------------------------------

-- Breakers are deleted with their app, and every process is notified.
CREATE FUNCTION forget_breakers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('breaker', app_id || ' ' || capability) FROM circuit_breaker_state WHERE app_id = OLD.id;
  DELETE FROM circuit_breaker_state WHERE app_id = OLD.id;
  DELETE FROM circuit_breaker_transitions WHERE app_id = OLD.id;
  DELETE FROM breaker_notices WHERE app_id = OLD.id;
  RETURN OLD;
END $$;
CREATE TRIGGER forget_breakers AFTER DELETE ON apps FOR EACH ROW EXECUTE FUNCTION forget_breakers();

-- Deliveries for an endpoint that is paused or disabled stay parked: no claim takes them, nothing promotes them, and
-- no wake-up is sent for them.
CREATE FUNCTION hold_endpoint() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  app_is_active boolean;
  app_is_paused boolean;
  stops boolean;
BEGIN
  SELECT a.status = 'active', a.paused_at IS NOT NULL INTO app_is_active, app_is_paused FROM apps a WHERE a.id = NEW.app_id;
  IF NEW.status = 'removed' THEN
    -- An endpoint that its manifest no longer names could not be resumed by anybody.
    NEW.paused_at := NULL;
    NEW.paused_by := NULL;
    NEW.paused_reason := NULL;
    NEW.paused_by_platform := false;
    NEW.disabled_by := NULL;
  END IF;
  stops := app_is_paused OR NEW.paused_at IS NOT NULL;
  NEW.hold := CASE WHEN NEW.status = 'disabled' OR NOT app_is_active THEN 'disabled' WHEN stops THEN 'paused' END;
  IF stops AND NEW.age_stopped_at IS NULL THEN
    NEW.age_stopped_at := clock_timestamp();
  ELSIF NOT stops AND NEW.age_stopped_at IS NOT NULL THEN
    NEW.age_stopped_ms := NEW.age_stopped_ms + extract(epoch FROM clock_timestamp() - NEW.age_stopped_at) * 1000;
    NEW.age_stopped_at := NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER hold BEFORE INSERT OR UPDATE OF status, paused_at ON endpoints
  FOR EACH ROW EXECUTE FUNCTION hold_endpoint();

-- In the order of ids, as a claim locks these rows.
CREATE FUNCTION hold_endpoints_of_app() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM endpoints e WHERE e.app_id = NEW.id ORDER BY e.id FOR NO KEY UPDATE;
  UPDATE endpoints e SET status = e.status WHERE e.app_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER hold AFTER UPDATE OF status, paused_at ON apps
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status OR OLD.paused_at IS DISTINCT FROM NEW.paused_at)
  EXECUTE FUNCTION hold_endpoints_of_app();

-- Views ---------------------------------------------------------------------------------------------------------------

-- Calls, dead letters, deliveries and attempts under names that existing SQL may already use
-- (docs/reference/metrics.md, "With SQL").

-- Each call.
CREATE VIEW webhook_metrics WITH (security_invoker = true) AS
SELECT md5(delivery_id::text || '-' || number)::uuid AS id, app_id, capability, duration_ms,
  outcome = 'delivered' AS success, outcome = 'timeout' AS timeout,
  CASE WHEN outcome <> 'delivered' THEN COALESCE(http_status::text, outcome) END AS error_code,
  started_at AS "timestamp", delivery_id, number AS attempt
FROM attempts;

-- The dead letters with their payload as jsonb, where possible; `payload_bytes` is what was sent.
CREATE VIEW webhook_dead_letters WITH (security_invoker = true) AS
SELECT id, app_id, capability, json_of(payload) AS payload, payload AS payload_bytes, error, attempts, failed_at,
  requeued_at, delivery_id, endpoint_id, COALESCE(event_type, capability) AS event_type, category, reason, resolved_at,
  resolved_by, notes
FROM webhook_dead_letter_queue;

-- One part for each status: a query with a status reads only that part, by its index. A query for an app and
-- - pending: deliveries_pending_idx, by the app's endpoints (a delivery whose app was deleted is not there, until the
--   sweeper makes it a dead letter)
-- - processing: deliveries_claimed_idx
-- - completed: deliveries_app_id_id_idx
-- - failed: deliveries_failed_idx, deliveries_unanswered_idx
-- - dead_letter: deliveries_failed_idx
CREATE VIEW webhook_delivery_log WITH (security_invoker = true) AS
SELECT d.id, e.app_id AS org_id, d.id::text AS job_id, COALESCE(d.event_type, d.capability) AS event_type,
  json_of(d.body) AS event_data, 'pending' AS status, d.attempts, d.max_attempts, d.created_at, d.last_attempt_at,
  d.finished_at AS completed_at, d.last_error AS error_message
FROM endpoints e JOIN deliveries d ON d.endpoint_id = e.id AND d.app_id = e.app_id
WHERE d.status = 'pending' AND d.claim_token IS NULL
UNION ALL
SELECT d.id, d.app_id, d.id::text, COALESCE(d.event_type, d.capability), json_of(d.body), 'processing', d.attempts,
  d.max_attempts, d.created_at, d.last_attempt_at, d.finished_at, d.last_error
FROM deliveries d WHERE d.claim_token IS NOT NULL
UNION ALL
SELECT d.id, d.app_id, d.id::text, COALESCE(d.event_type, d.capability), json_of(d.body), 'completed', d.attempts,
  d.max_attempts, d.created_at, d.last_attempt_at, d.finished_at, d.last_error
FROM deliveries d WHERE d.status = 'completed'
UNION ALL
SELECT d.id, d.app_id, d.id::text, COALESCE(d.event_type, d.capability), json_of(d.body), 'failed', d.attempts,
  d.max_attempts, d.created_at, d.last_attempt_at, d.finished_at, d.last_error
FROM deliveries d WHERE d.status = 'failed'
UNION ALL
SELECT d.id, d.app_id, d.id::text, COALESCE(d.event_type, d.capability), json_of(d.body), 'failed', d.attempts,
  d.max_attempts, d.created_at, d.last_attempt_at, d.finished_at, COALESCE(d.last_error, d.status)
FROM deliveries d WHERE d.status IN ('fallback', 'cancelled')
UNION ALL
SELECT d.id, d.app_id, d.id::text, COALESCE(d.event_type, d.capability), json_of(d.body), 'dead_letter', d.attempts,
  d.max_attempts, d.created_at, d.last_attempt_at, d.finished_at, d.last_error
FROM deliveries d WHERE d.status = 'dead_letter';

-- Indexes: attempts_pkey for a delivery, attempts_app_id_capability_started_at_idx for an app.
CREATE VIEW delivery_attempts WITH (security_invoker = true) AS
SELECT md5(delivery_id::text || '-' || number)::uuid AS id, delivery_id, app_id AS org_id, endpoint_id, capability,
  number AS attempt_number, http_status AS http_status_code, text_of(response_body) AS response_body,
  error AS error_message, duration_ms, outcome = 'delivered' AS success, next IN ('retry', 'again') AS should_retry,
  started_at AS created_at
FROM attempts;

-- Policies ------------------------------------------------------------------------------------------------------------

-- FORCE: policies apply to owners as well. A login in neither role sees nothing.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['apps', 'manifest_versions', 'signing_secrets', 'endpoints', 'deliveries', 'attempts',
    'delivery_notes', 'idempotency_keys', 'circuit_breaker_state', 'circuit_breaker_transitions', 'breaker_notices',
    'webhook_dead_letter_queue', 'api_keys', 'pending_approvals', 'last_answers', 'notifications', 'failure_notices',
    'metric_minutes', 'metric_hours', 'metric_rollup_state', 'app_health_status', 'alert_rules', 'alerts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY service ON %I TO breakwater_service USING (true) WITH CHECK (true)', name);
  END LOOP;
  -- Tables of which an app's people see their own rows, and change some.
  FOREACH name IN ARRAY ARRAY['deliveries', 'attempts', 'circuit_breaker_transitions', 'webhook_dead_letter_queue'] LOOP
    EXECUTE format('CREATE POLICY tenant ON %I TO breakwater_tenant USING (app_id = (SELECT current_tenant()))
      WITH CHECK (app_id = (SELECT current_tenant()))', name);
  END LOOP;
  -- Tables of which they only see their own rows.
  FOREACH name IN ARRAY ARRAY['endpoints', 'circuit_breaker_state', 'metric_minutes', 'metric_hours'] LOOP
    EXECUTE format('CREATE POLICY tenant ON %I TO breakwater_tenant USING (app_id = (SELECT current_tenant()))', name);
  END LOOP;
END $$;
CREATE POLICY tenant ON apps TO breakwater_tenant USING (id = (SELECT current_tenant()));
-- A note belongs to the owner of its delivery: the inner query has the same policies.
CREATE POLICY tenant ON delivery_notes TO breakwater_tenant
  USING (EXISTS (SELECT 1 FROM deliveries d WHERE d.id = delivery_id))
  WITH CHECK (EXISTS (SELECT 1 FROM deliveries d WHERE d.id = delivery_id));
-- An app's people find a delivery by the key they sent.
CREATE POLICY tenant ON idempotency_keys FOR SELECT TO breakwater_tenant USING (app_id = (SELECT current_tenant()));
CREATE POLICY tenant ON metric_rollup_state TO breakwater_tenant USING (current_tenant() IS NOT NULL);

-- Processes add rows, complete those that are `started`, and delete rows older than 30 days. Nothing else, and an
-- app's people have no access.
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_log FORCE ROW LEVEL SECURITY;
CREATE POLICY service_reads ON audit_log FOR SELECT TO breakwater_service USING (true);
CREATE POLICY service_adds ON audit_log FOR INSERT TO breakwater_service WITH CHECK (true);
CREATE POLICY service_completes ON audit_log FOR UPDATE TO breakwater_service
  USING (outcome = 'started') WITH CHECK (outcome <> 'started');
CREATE POLICY service_forgets ON audit_log FOR DELETE TO breakwater_service
  USING (at < now() - interval '30 days');

-- Rights --------------------------------------------------------------------------------------------------------------

-- The engine reads and writes all rows, and changes no table. This also applies to tables of later migrations.
GRANT USAGE ON SCHEMA public TO breakwater_service, breakwater_tenant;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO breakwater_service;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO breakwater_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO breakwater_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO breakwater_service;
REVOKE INSERT, UPDATE, DELETE ON partition_plans, webhook_metrics, webhook_dead_letters, webhook_delivery_log,
  delivery_attempts FROM breakwater_service;
REVOKE UPDATE ON audit_log FROM breakwater_service;
GRANT UPDATE (outcome, status, app_id, detail, finished_at) ON audit_log TO breakwater_service;
DO $$ BEGIN
  IF to_regclass('public._prisma_migrations') IS NOT NULL THEN
    REVOKE INSERT, UPDATE, DELETE ON public._prisma_migrations FROM breakwater_service;
  END IF;
END $$;

-- An app's people see the results of their deliveries, their breakers and their metrics; they may send deliveries
-- again, cancel them, and resolve dead letters. Of an endpoint they see its capability and what waits for it, nothing
-- else.
GRANT SELECT ON apps, deliveries, attempts, delivery_notes, idempotency_keys, webhook_dead_letter_queue,
  circuit_breaker_state, circuit_breaker_transitions, metric_minutes, metric_hours, metric_rollup_state,
  webhook_metrics, webhook_dead_letters, webhook_delivery_log, delivery_attempts TO breakwater_tenant;
GRANT SELECT (id, app_id, capability, kind, status) ON endpoints TO breakwater_tenant;
GRANT UPDATE (status, finished_at, next_attempt_at, enqueued_at, attempts_counted, claims, redeliveries, wait_reason,
  expires_at) ON deliveries TO breakwater_tenant;
GRANT UPDATE (requeued_at, resolved_at, resolved_by, notes) ON webhook_dead_letter_queue TO breakwater_tenant;
GRANT INSERT ON delivery_notes TO breakwater_tenant;
GRANT USAGE ON SEQUENCE delivery_notes_id_seq TO breakwater_tenant;

REVOKE ALL ON FUNCTION need_all_rows(), partition_guard(text), make_partitions(timestamptz),
  drop_old_partitions(text, timestamptz, text), drop_partitions(text, timestamptz), drop_finished_deliveries(timestamptz),
  cleanup_old_webhook_logs(integer), endpoint_gate(uuid), held_endpoints() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_partitions(timestamptz), drop_partitions(text, timestamptz),
  drop_finished_deliveries(timestamptz), cleanup_old_webhook_logs(integer) TO breakwater_service;
GRANT EXECUTE ON FUNCTION endpoint_gate(uuid), held_endpoints() TO breakwater_service, breakwater_tenant;

-- Rows ----------------------------------------------------------------------------------------------------------------

-- Deliveries are short-lived: their partitions are vacuumed early, and have space on the page for the next version of
-- a row. Minutes are kept as long as hours: by the week, so that their partitions stay few.
INSERT INTO partition_plans (parent, key, days, ahead, storage) VALUES
  ('deliveries', 'uuid', 7, 1, 'fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0'),
  ('attempts', 'uuid', 7, 1, ''),
  ('delivery_notes', 'uuid', 7, 1, ''),
  ('metric_minutes', 'time', 7, 1, 'fillfactor = 70'),
  ('metric_hours', 'time', 7, 1, 'fillfactor = 70');
SELECT make_partitions();

INSERT INTO metric_rollup_state (cursor) VALUES (0);

-- docs/guides/alerting.md explains them. The breakers and the health checks notify of the last two themselves: their
-- cases are only for the list.
INSERT INTO alert_rules (id, name, type, threshold, channels, created_by) VALUES
  (gen_random_uuid(), 'Success rate of an app', 'success_rate', 95, '{}', 'system'),
  (gen_random_uuid(), 'Response time of an app (p95)', 'response_time', 5000, '{}', 'system'),
  (gen_random_uuid(), 'Attempts per delivery of an app', 'avg_attempts', 2, '{}', 'system'),
  (gen_random_uuid(), 'Dead letters waiting', 'dlq_size', 10, '{}', 'system'),
  (gen_random_uuid(), 'Deliveries waiting', 'queue_depth', 100, '{}', 'system'),
  (gen_random_uuid(), 'Circuit breaker open', 'circuit_open', 1, '{in_app}', 'system'),
  (gen_random_uuid(), 'App unhealthy', 'app_health', 3, '{in_app}', 'system');
