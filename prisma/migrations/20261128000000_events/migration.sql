-- Events: each event is stored once, with a delivery for each matching subscription
-- (docs/adr/0030-events-are-stored-once.md).

-- Subscriptions -------------------------------------------------------------------------------------------------------

-- Subscriptions of apps to events. URL and call settings are in the row in `endpoints`, of the kind `subscription`.
-- When a subscription is deleted, its row in `endpoints` is kept for its deliveries.
CREATE TABLE subscriptions (
  endpoint_id uuid PRIMARY KEY,
  app_id varchar(255) NOT NULL,
  name varchar(100) NOT NULL,
  -- Event types, and patterns such as order.*.
  events text[],
  filter jsonb,
  managed_by varchar(10) NOT NULL,
  description varchar(500),
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT subscriptions_endpoint_id_fkey
    FOREIGN KEY (endpoint_id) REFERENCES endpoints (id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT subscriptions_managed_by_check CHECK (managed_by IN ('manifest', 'rest')),
  CONSTRAINT subscriptions_events_check CHECK (COALESCE(cardinality(events), 0) > 0)
);
CREATE UNIQUE INDEX subscriptions_app_id_name_key ON subscriptions (app_id, name);

-- The number of the last change of the subscriptions of each app, and of all apps (app_id ''). It identifies a state of
-- the subscriptions. It is increased at the end of a transaction, so other transactions do not wait long for the row.
CREATE TABLE directory_versions (
  app_id varchar(255) PRIMARY KEY,
  version bigint NOT NULL
);
INSERT INTO directory_versions (app_id, version) VALUES ('', 0);

-- The state of each subscription from one version of the directory until another. When an event is read, the skipped
-- subscriptions and the reasons are computed from this.
CREATE TABLE subscription_versions (
  endpoint_id uuid NOT NULL,
  from_version bigint NOT NULL,
  -- NULL: this is the current state.
  until_version bigint,
  app_id varchar(255) NOT NULL,
  name varchar(100) NOT NULL,
  events text[],
  filter jsonb,
  timeout_ms integer,
  retry jsonb,
  state varchar(10) NOT NULL,
  ended_at timestamptz(3),
  PRIMARY KEY (endpoint_id, from_version),
  CONSTRAINT subscription_versions_events_check CHECK (COALESCE(cardinality(events), 0) > 0),
  CONSTRAINT subscription_versions_state_check CHECK (state IN ('active', 'paused', 'disabled')),
  CONSTRAINT subscription_versions_until_check CHECK ((until_version IS NULL) = (ended_at IS NULL))
);
CREATE INDEX subscription_versions_app_id_from_version_idx ON subscription_versions (app_id, from_version);
CREATE INDEX subscription_versions_from_version_idx ON subscription_versions (from_version);
CREATE INDEX subscription_versions_until_version_idx ON subscription_versions (until_version) WHERE until_version IS NOT NULL;
CREATE INDEX subscription_versions_ended_at_idx ON subscription_versions (ended_at) WHERE ended_at IS NOT NULL;

-- Stores the state of a subscription if it changed. All changes of one transaction have one version, which is increased
-- once. Other transactions that increase it wait until this one commits.
CREATE FUNCTION note_subscription(of_endpoint uuid, of_app varchar) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  is_now subscription_versions;
  was subscription_versions;
  raised bigint := NULLIF(current_setting('breakwater.directory_version', true), '')::bigint;
BEGIN
  SELECT s.endpoint_id, 0, NULL, s.app_id, s.name, s.events, s.filter, e.timeout_ms, e.retry, COALESCE(e.hold, 'active'), NULL
    INTO is_now
  FROM subscriptions s JOIN endpoints e ON e.id = s.endpoint_id WHERE s.endpoint_id = of_endpoint AND e.status <> 'removed';
  SELECT * INTO was FROM subscription_versions v WHERE v.endpoint_id = of_endpoint AND v.until_version IS NULL;
  IF (was.name, was.events, was.filter, was.timeout_ms, was.retry, was.state)
    IS NOT DISTINCT FROM (is_now.name, is_now.events, is_now.filter, is_now.timeout_ms, is_now.retry, is_now.state) THEN
    RETURN;
  END IF;
  IF raised IS NULL THEN
    UPDATE directory_versions d SET version = d.version + 1 WHERE d.app_id = '' RETURNING d.version INTO raised;
    PERFORM set_config('breakwater.directory_version', raised::text, true);
  END IF;
  INSERT INTO directory_versions AS d (app_id, version) VALUES (of_app, raised)
    ON CONFLICT (app_id) DO UPDATE SET version = EXCLUDED.version WHERE d.version <> EXCLUDED.version;
  DELETE FROM subscription_versions v WHERE v.endpoint_id = of_endpoint AND v.from_version = raised;
  UPDATE subscription_versions v SET until_version = raised, ended_at = now()
    WHERE v.endpoint_id = of_endpoint AND v.until_version IS NULL;
  IF is_now.endpoint_id IS NOT NULL THEN
    is_now.from_version := raised;
    INSERT INTO subscription_versions SELECT is_now.*;
  END IF;
  PERFORM pg_notify('subscriptions', of_app);
END $$;

CREATE FUNCTION subscription_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM note_subscription(OLD.endpoint_id, OLD.app_id);
  ELSE
    PERFORM note_subscription(NEW.endpoint_id, NEW.app_id);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION subscription_endpoint_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_subscription(NEW.id, NEW.app_id);
  RETURN NULL;
END $$;

-- Deferred: they see the state at the end of the transaction.
CREATE CONSTRAINT TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON subscriptions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION subscription_changed();
CREATE CONSTRAINT TRIGGER note AFTER UPDATE OF status, paused_at, timeout_ms, retry ON endpoints
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.kind = 'subscription' AND (OLD.hold IS DISTINCT FROM NEW.hold OR OLD.status <> NEW.status
    OR OLD.timeout_ms IS DISTINCT FROM NEW.timeout_ms OR OLD.retry IS DISTINCT FROM NEW.retry))
  EXECUTE FUNCTION subscription_endpoint_changed();

-- Secrets of one subscription; NULL: secrets of the app, for all endpoints without their own.
ALTER TABLE signing_secrets ADD COLUMN endpoint_id uuid,
  ADD CONSTRAINT signing_secrets_endpoint_id_fkey
    FOREIGN KEY (endpoint_id) REFERENCES endpoints (id) ON UPDATE CASCADE ON DELETE CASCADE;

-- Events --------------------------------------------------------------------------------------------------------------

CREATE TABLE event_types (
  name varchar(255) PRIMARY KEY,
  description text,
  example jsonb,
  schema jsonb,
  mode varchar(10) NOT NULL DEFAULT 'warn',
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT event_types_mode_check CHECK (mode IN ('enforce', 'warn'))
);

CREATE TABLE events (
  id uuid PRIMARY KEY,
  -- NULL: an event of the platform, for all apps.
  app_id varchar(255),
  type text NOT NULL,
  body bytea NOT NULL,
  content_type varchar(255) NOT NULL,
  headers jsonb,
  metadata jsonb,
  request_id varchar(255) NOT NULL,
  trace_parent varchar(55),
  published_by varchar(255),
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  deliver_at timestamptz(3),
  -- When a worker starts or continues the fan-out; NULL: all deliveries are created.
  fan_out_at timestamptz(6),
  -- The last endpoint with a delivery, in the order of ids; NULL: none yet.
  fan_out_cursor uuid,
  -- Version of the subscriptions it was matched with (subscription_versions); NULL: not matched yet.
  directory_version bigint,
  -- Number of deliveries created so far.
  deliveries integer NOT NULL DEFAULT 0,
  -- Violations of the schema of its type, if the mode is `warn`.
  warnings jsonb,
  CONSTRAINT events_type_check CHECK (char_length(type) <= 255),
  CONSTRAINT events_fan_out_check CHECK (fan_out_at IS NOT NULL OR directory_version IS NOT NULL)
) PARTITION BY RANGE (id);
CREATE INDEX events_app_id_id_idx ON events (app_id, id);
CREATE INDEX events_type_id_idx ON events (type, id);
CREATE INDEX events_fan_out_at_idx ON events (fan_out_at) WHERE fan_out_at IS NOT NULL;

CREATE TABLE event_keys (
  -- The app, or '' for the platform.
  scope varchar(255) NOT NULL,
  key varchar(255) NOT NULL,
  digest char(64) NOT NULL,
  event_id uuid NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (scope, key)
);
CREATE INDEX event_keys_expires_at_idx ON event_keys (expires_at);

-- A delivery with an event_id has the body of that event.
ALTER TABLE deliveries ADD COLUMN event_id uuid;
CREATE INDEX deliveries_event_id_endpoint_id_idx ON deliveries (event_id, endpoint_id) WHERE event_id IS NOT NULL;
ALTER TABLE webhook_dead_letter_queue ADD COLUMN event_id uuid;

-- The same function, which now also returns the event of a delivery. A new result type requires recreating it.
DROP FUNCTION claim_deliveries(uuid[], uuid[], integer, uuid[], integer[], integer, varchar[], integer[], integer);
CREATE FUNCTION claim_deliveries(wanted uuid[], next_of uuid[], margin_ms integer, held uuid[], rooms integer[],
  room_of_others integer, app_ids varchar[] DEFAULT '{}', app_rooms integer[] DEFAULT '{}',
  room_of_other_apps integer DEFAULT NULL,
  OUT delivery_id uuid, OUT decision text, OUT delay_ms float8, OUT token uuid, OUT app_id varchar,
  OUT endpoint_id uuid, OUT capability varchar, OUT kind varchar, OUT event_id uuid,
  OUT event_type text, OUT request_id varchar, OUT body bytea,
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
      d.endpoint_id, d.capability, d.kind, d.event_id, d.event_type, d.request_id,
      CASE WHEN j.decision = 'claimed' AND NOT d.body_is_text THEN d.body END,
      CASE WHEN j.decision = 'claimed' AND d.body_is_text THEN convert_from(d.body, 'UTF8') END, d.content_type,
      d.trace_parent, d.timeout_ms, d.attempts, d.attempts_counted, d.claims, started, d.created_at,
      d.expires_at <= j.age_at, j.width, j.concurrency, j.paced
  )
  SELECT * FROM changed
  UNION ALL
  -- A late promotion may have locked a row until its statement ends: its wake-up is repeated.
  SELECT d.id, 'locked', NULL, NULL, d.app_id, d.endpoint_id, d.capability, d.kind, d.event_id, d.event_type,
    d.request_id, NULL, NULL, d.content_type,
    d.trace_parent, d.timeout_ms, d.attempts, d.attempts_counted, d.claims, started, d.created_at, false, 0, 0, false
  FROM deliveries d JOIN unnest(wanted) AS w(id) ON w.id = d.id
  WHERE d.claim_token IS NULL AND d.next_attempt_at <= started AND NOT EXISTS (SELECT 1 FROM awake a WHERE a.id = d.id);
END $$;

-- The payload is in the dead letter itself, or in its event.
CREATE OR REPLACE VIEW webhook_dead_letters WITH (security_invoker = true) AS
SELECT id, app_id, capability, json_of(COALESCE((SELECT v.body FROM events v WHERE v.id = event_id), payload)) AS payload,
  COALESCE((SELECT v.body FROM events v WHERE v.id = event_id), payload) AS payload_bytes, error, attempts, failed_at,
  requeued_at, delivery_id, endpoint_id, COALESCE(event_type, capability) AS event_type, category, reason, resolved_at,
  resolved_by, notes
FROM webhook_dead_letter_queue;

-- Drops events that were stored before `before`. It keeps events that are not fanned out completely, and events with a
-- pending delivery or an open dead letter.
CREATE FUNCTION drop_old_events(before timestamptz) RETURNS TABLE (name text, about_rows bigint, kept bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(740212);
  RETURN QUERY SELECT * FROM drop_old_partitions('events', before,
    $keep$r.fan_out_at IS NOT NULL OR EXISTS (
      SELECT 1 FROM public.deliveries d LEFT JOIN public.webhook_dead_letter_queue q
        ON q.delivery_id = d.id AND q.resolved_at IS NULL
      WHERE d.event_id = r.id AND (d.status = 'pending' OR q.id IS NOT NULL))$keep$);
END $$;

CREATE OR REPLACE FUNCTION drop_partitions(of_parent text, before timestamptz)
RETURNS TABLE (name text, about_rows bigint, kept bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(740212);
  IF of_parent IN ('deliveries', 'attempts', 'delivery_notes') THEN
    RAISE EXCEPTION 'drop_finished_deliveries drops those, together';
  END IF;
  IF of_parent = 'events' THEN
    RAISE EXCEPTION 'drop_old_events drops those';
  END IF;
  RETURN QUERY SELECT * FROM drop_old_partitions(of_parent, before, 'false');
END $$;

-- Publishing inside the caller's transaction --------------------------------------------------------------------------

-- A UUID of version 7 with microseconds, so ids of one session sort by creation time.
CREATE FUNCTION new_event_id(at timestamptz) RETURNS uuid LANGUAGE sql VOLATILE AS $$
  SELECT encode(
    set_byte(set_byte(overlay(uuid_send(gen_random_uuid())
      PLACING substring(int8send(floor(extract(epoch FROM at) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
      6, 112 + (sub / 256)), 7, sub % 256), 'hex')::uuid
  FROM (SELECT floor((extract(epoch FROM at) * 1000 - floor(extract(epoch FROM at) * 1000)) * 4096)::integer AS sub) s $$;

CREATE SCHEMA breakwater;

-- Publishes an event in the caller's transaction. After the commit, a worker fans it out at once. `app_id` NULL: an
-- event of the platform. The payload is sent unchanged, because the type json keeps the text.
CREATE FUNCTION breakwater.publish(type text, payload json, app_id text DEFAULT NULL, metadata jsonb DEFAULT NULL,
  idempotency_key text DEFAULT NULL, deliver_at timestamptz DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  event uuid := public.new_event_id(clock_timestamp());
  bytes bytea := convert_to(publish.payload::text, 'UTF8');
  sum text := encode(sha256(convert_to(publish.type, 'UTF8') || '\x00'::bytea || convert_to(publish.payload::text, 'UTF8')), 'hex');
  earlier record;
BEGIN
  IF publish.type IS NULL OR publish.type !~ '^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$' OR char_length(publish.type) > 128 THEN
    RAISE EXCEPTION 'an event type is segments of letters, digits, _ and -, with dots between them, 128 characters at most'
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF publish.payload IS NULL OR octet_length(bytes) > 1048576 THEN
    RAISE EXCEPTION 'a payload is JSON of 1 MiB at most' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF publish.app_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM public.apps a WHERE a.id = publish.app_id) THEN
    RAISE EXCEPTION 'there is no app "%"', publish.app_id USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF publish.deliver_at > now() + interval '30 days' THEN
    RAISE EXCEPTION 'deliver_at lies more than 30 days ahead' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF jsonb_typeof(publish.metadata) <> 'object' THEN
    RAISE EXCEPTION 'metadata is a JSON object' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF publish.idempotency_key IS NOT NULL THEN
    IF publish.idempotency_key !~ '^[\x20-\x7e]{1,255}$' THEN
      RAISE EXCEPTION 'an idempotency key is 1 to 255 printable ASCII characters' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO public.event_keys AS k (scope, key, digest, event_id, expires_at)
    VALUES (COALESCE(publish.app_id, ''), publish.idempotency_key, sum, event, now() + interval '24 hours')
    ON CONFLICT (scope, key) DO UPDATE
      SET digest = EXCLUDED.digest, event_id = EXCLUDED.event_id, expires_at = EXCLUDED.expires_at
      WHERE k.expires_at <= now();
    IF NOT FOUND THEN
      SELECT k.event_id, k.digest INTO earlier FROM public.event_keys k
        WHERE k.scope = COALESCE(publish.app_id, '') AND k.key = publish.idempotency_key;
      IF earlier.digest <> sum THEN
        RAISE EXCEPTION 'idempotency key "%" was used for another event within 24 hours', publish.idempotency_key
          USING ERRCODE = 'unique_violation';
      END IF;
      RETURN earlier.event_id;
    END IF;
  END IF;
  INSERT INTO public.events (id, app_id, type, body, content_type, metadata, request_id, published_by, deliver_at, fan_out_at)
  VALUES (event, publish.app_id, publish.type, bytes, 'application/json', publish.metadata, event::text,
    left('sql ' || session_user, 255), publish.deliver_at, COALESCE(publish.deliver_at, now()));
  PERFORM pg_notify('fan_out', '');
  RETURN event;
END $$;

-- Policies and rights -------------------------------------------------------------------------------------------------

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['subscriptions', 'directory_versions', 'subscription_versions', 'event_types', 'events',
    'event_keys'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY service ON %I TO breakwater_service USING (true) WITH CHECK (true)', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['subscriptions', 'subscription_versions'] LOOP
    EXECUTE format('CREATE POLICY tenant ON %I FOR SELECT TO breakwater_tenant USING (app_id = (SELECT current_tenant()))', name);
  END LOOP;
END $$;
-- The app's own events, and events of the platform that were sent to it. The subquery obeys the policies of deliveries.
CREATE POLICY tenant ON events FOR SELECT TO breakwater_tenant
  USING (app_id = (SELECT current_tenant())
    OR (app_id IS NULL AND EXISTS (SELECT 1 FROM deliveries d WHERE d.event_id = events.id)));
GRANT SELECT ON subscriptions, subscription_versions, events TO breakwater_tenant;

-- Publishers may only call the function. If this login may not create roles, prisma/roles.sql creates the role.
DO $$
BEGIN
  BEGIN
    CREATE ROLE breakwater_publisher NOLOGIN;
  EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
  END;
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'breakwater_publisher') THEN
    GRANT USAGE ON SCHEMA breakwater TO breakwater_publisher;
  END IF;
END $$;
REVOKE ALL ON FUNCTION breakwater.publish(text, json, text, jsonb, text, timestamptz), new_event_id(timestamptz),
  drop_old_events(timestamptz) FROM PUBLIC;
GRANT USAGE ON SCHEMA breakwater TO breakwater_service;
GRANT EXECUTE ON FUNCTION drop_old_events(timestamptz) TO breakwater_service;
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'breakwater_publisher') THEN
    GRANT EXECUTE ON FUNCTION breakwater.publish(text, json, text, jsonb, text, timestamptz) TO breakwater_publisher;
  END IF;
END $$;

INSERT INTO partition_plans (parent, key, days, ahead, storage) VALUES ('events', 'uuid', 7, 1, '');
SELECT make_partitions();
