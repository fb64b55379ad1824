-- Replayed deliveries stay, without their mark. Deliveries to another URL that wait are cancelled: the earlier version
-- would send them to the subscription.
UPDATE deliveries SET status = 'cancelled', finished_at = now(), next_attempt_at = NULL, enqueued_at = NULL,
  wait_reason = NULL, claim_token = NULL, claimed_until = NULL, claimed_at = NULL
WHERE target_url IS NOT NULL AND status = 'pending';
DROP TABLE bulk_items;
DROP TABLE bulk_operations;
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
ALTER TABLE deliveries DROP COLUMN operation_id, DROP COLUMN replay_of, DROP COLUMN target_url;
