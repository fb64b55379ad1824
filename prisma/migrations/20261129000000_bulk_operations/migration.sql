-- Bulk operations and replay (docs/adr/0031-bulk-operations-are-planned-as-rows.md).

CREATE TABLE bulk_operations (
  id uuid PRIMARY KEY,
  -- The app whose key created it, which sees and changes only its own; NULL: the platform.
  app_id varchar(255),
  kind varchar(10) NOT NULL,
  status varchar(10) NOT NULL DEFAULT 'planning',
  filter jsonb NOT NULL,
  -- Replay to another URL; NULL: to the URLs of the subscriptions.
  url varchar(2048),
  -- Of the resolved dead letters.
  notes text,
  per_second integer NOT NULL,
  -- Whether it runs as soon as it is planned.
  at_once boolean NOT NULL DEFAULT false,
  -- How far planning has read its source; NULL: not begun.
  cursor varchar(100),
  planned integer NOT NULL DEFAULT 0,
  -- Items before and including this number have a result.
  done integer NOT NULL DEFAULT 0,
  succeeded integer NOT NULL DEFAULT 0,
  skipped integer NOT NULL DEFAULT 0,
  failed integer NOT NULL DEFAULT 0,
  -- Why it cannot be run.
  error text,
  created_by varchar(255) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  -- Who started it and when.
  started_by varchar(255),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  -- When the next step is due.
  next_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  -- The process that makes a step, until when.
  lease_token uuid,
  leased_until timestamptz(3),
  idempotency_key varchar(255),
  CONSTRAINT bulk_operations_kind_check CHECK (kind IN ('replay', 'redeliver', 'resolve', 'cancel')),
  CONSTRAINT bulk_operations_status_check
    CHECK (status IN ('planning', 'planned', 'running', 'completed', 'cancelled', 'refused')),
  CONSTRAINT bulk_operations_per_second_check CHECK (per_second > 0),
  CONSTRAINT bulk_operations_url_check CHECK (url IS NULL OR kind = 'replay'),
  CONSTRAINT bulk_operations_lease_check CHECK ((lease_token IS NULL) = (leased_until IS NULL)),
  CONSTRAINT bulk_operations_done_check CHECK (done <= planned AND done = succeeded + skipped + failed),
  CONSTRAINT bulk_operations_finished_check
    CHECK ((status IN ('completed', 'cancelled', 'refused')) = (finished_at IS NOT NULL))
);
CREATE INDEX bulk_operations_app_id_id_idx ON bulk_operations (app_id, id);
CREATE INDEX bulk_operations_due_idx ON bulk_operations (next_at) WHERE status IN ('planning', 'running');
CREATE INDEX bulk_operations_finished_at_idx ON bulk_operations (finished_at) WHERE finished_at IS NOT NULL;
CREATE UNIQUE INDEX bulk_operations_idempotency_key
  ON bulk_operations (COALESCE(app_id, ''), idempotency_key) WHERE idempotency_key IS NOT NULL;

-- What an operation is to change, in the order of its numbers.
CREATE TABLE bulk_items (
  operation_id uuid NOT NULL,
  number integer NOT NULL,
  app_id varchar(255) NOT NULL,
  endpoint_id uuid NOT NULL,
  -- The event of a replay, the delivery to redeliver or cancel, the dead letter to resolve.
  subject_id uuid NOT NULL,
  -- NULL: not done yet.
  result varchar(10),
  reason text,
  -- The delivery that was created or changed.
  delivery_id uuid,
  done_at timestamptz(3),
  PRIMARY KEY (operation_id, number),
  CONSTRAINT bulk_items_operation_id_fkey
    FOREIGN KEY (operation_id) REFERENCES bulk_operations (id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT bulk_items_result_check CHECK (result IN ('succeeded', 'skipped', 'failed')),
  CONSTRAINT bulk_items_done_check CHECK ((result IS NULL) = (done_at IS NULL))
);
-- No operation does anything twice.
CREATE UNIQUE INDEX bulk_items_subject_key ON bulk_items (operation_id, subject_id, endpoint_id);
CREATE INDEX bulk_items_result_idx ON bulk_items (operation_id, result, number);

ALTER TABLE deliveries
  -- The bulk operation that created it as a replay.
  ADD COLUMN operation_id uuid,
  -- The first delivery of the same event to the same endpoint.
  ADD COLUMN replay_of uuid,
  -- The URL to call; NULL: that of its endpoint.
  ADD COLUMN target_url varchar(2048);

-- The claim returns the URL, too.
DROP FUNCTION claim_deliveries(uuid[], uuid[], integer, uuid[], integer[], integer, varchar[], integer[], integer);
CREATE FUNCTION claim_deliveries(wanted uuid[], next_of uuid[], margin_ms integer, held uuid[], rooms integer[],
  room_of_others integer, app_ids varchar[] DEFAULT '{}', app_rooms integer[] DEFAULT '{}',
  room_of_other_apps integer DEFAULT NULL,
  OUT delivery_id uuid, OUT decision text, OUT delay_ms float8, OUT token uuid, OUT app_id varchar,
  OUT endpoint_id uuid, OUT capability varchar, OUT kind varchar, OUT event_id uuid,
  OUT event_type text, OUT request_id varchar, OUT body bytea,
  OUT body_text text, OUT content_type varchar, OUT trace_parent varchar, OUT timeout_ms integer, OUT attempts integer,
  OUT attempts_counted integer, OUT claims integer, OUT started_at timestamptz, OUT accepted_at timestamptz,
  OUT expired boolean, OUT width integer, OUT concurrency integer, OUT paced boolean,
  OUT target_url varchar)
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
      d.expires_at <= j.age_at, j.width, j.concurrency, j.paced, d.target_url
  )
  SELECT * FROM changed
  UNION ALL
  -- A late promotion may have locked a row until its statement ends: its wake-up is repeated.
  SELECT d.id, 'locked', NULL, NULL, d.app_id, d.endpoint_id, d.capability, d.kind, d.event_id, d.event_type,
    d.request_id, NULL, NULL, d.content_type,
    d.trace_parent, d.timeout_ms, d.attempts, d.attempts_counted, d.claims, started, d.created_at, false, 0, 0, false,
    d.target_url
  FROM deliveries d JOIN unnest(wanted) AS w(id) ON w.id = d.id
  WHERE d.claim_token IS NULL AND d.next_attempt_at <= started AND NOT EXISTS (SELECT 1 FROM awake a WHERE a.id = d.id);
END $$;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['bulk_operations', 'bulk_items'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY service ON %I TO breakwater_service USING (true) WITH CHECK (true)', name);
  END LOOP;
END $$;
CREATE POLICY tenant ON bulk_operations FOR SELECT TO breakwater_tenant USING (app_id = (SELECT current_tenant()));
-- The items of its own operations only. The subquery obeys the policies of bulk_operations.
CREATE POLICY tenant ON bulk_items FOR SELECT TO breakwater_tenant
  USING (app_id = (SELECT current_tenant()) AND operation_id IN (SELECT o.id FROM bulk_operations o));
GRANT SELECT ON bulk_operations, bulk_items TO breakwater_tenant;
