ALTER TABLE deliveries DROP COLUMN body_is_text;
DROP INDEX deliveries_app_id_id_idx;
CREATE INDEX deliveries_app_id_created_at_id_idx ON deliveries (app_id, created_at DESC, id);
CREATE INDEX deliveries_created_at_id_idx ON deliveries (created_at DESC, id);

DROP FUNCTION claim_deliveries(uuid[], uuid[], integer, uuid[], integer[], integer);

CREATE FUNCTION claim_deliveries(wanted uuid[], tokens uuid[], margin_ms integer, held uuid[], rooms integer[],
  room_of_others integer)
RETURNS TABLE (delivery_id uuid, decision text, until timestamptz, attempts_made integer, attempts_that_count integer,
  claims_taken integer, started_at timestamptz)
LANGUAGE plpgsql AS $$
DECLARE started timestamptz;
BEGIN
  PERFORM 1 FROM endpoints e
    WHERE e.id IN (SELECT d.endpoint_id FROM deliveries d WHERE d.id = ANY (wanted))
    ORDER BY e.id FOR NO KEY UPDATE;
  started := clock_timestamp();
  RETURN QUERY
  WITH due AS (
    SELECT d.id, d.endpoint_id, d.next_attempt_at, w.token
    FROM deliveries d JOIN unnest(wanted, tokens) AS w(id, token) ON w.id = d.id
    -- Only a pending delivery has a time. Saying so would invite a scan of the index of all pending ones.
    WHERE d.claim_token IS NULL AND d.next_attempt_at <= started
    FOR UPDATE OF d SKIP LOCKED
  ), endpoint AS (
    SELECT e.id, e.ordered, e.rate_limit_per_second AS rate,
      GREATEST(e.next_start_at, started) AS next_start_at,
      LEAST(
        CASE WHEN e.rate_limit_per_second IS NULL AND e.next_start_at > started THEN 0 -- it rests
             WHEN e.ordered THEN 1 ELSE e.width END
          - (SELECT count(*) FROM deliveries b WHERE b.endpoint_id = e.id AND b.claim_token IS NOT NULL),
        COALESCE((SELECT h.room FROM unnest(held, rooms) AS h(id, room) WHERE h.id = e.id), room_of_others)) AS slots,
      CASE WHEN e.rate_limit_per_second IS NULL THEN NULL
           WHEN e.next_start_at > started THEN 0
           ELSE rate_burst(e.rate_limit_per_second) END AS burst,
      CASE WHEN e.ordered THEN
        (SELECT h.id FROM deliveries h WHERE h.endpoint_id = e.id AND h.status = 'pending' ORDER BY h.id LIMIT 1)
      END AS head
    FROM endpoints e WHERE e.id IN (SELECT endpoint_id FROM due)
  ), ranked AS (
    SELECT due.*, row_number() OVER (
      PARTITION BY due.endpoint_id ORDER BY COALESCE(ep.head <> due.id, false), due.next_attempt_at, due.id) AS place
    FROM due JOIN endpoint ep ON ep.id = due.endpoint_id
  ), judged AS (
    SELECT r.id, r.endpoint_id, r.token,
      CASE
        WHEN ep.ordered AND ep.head <> r.id THEN 'behind_head'
        WHEN r.place > ep.slots THEN 'slots_full'
        WHEN r.place > ep.burst THEN 'rate_limited'
        ELSE 'claimed'
      END AS decision,
      CASE WHEN r.place > ep.burst THEN
        ep.next_start_at + make_interval(secs => (r.place - 1)::float8 / (ep.rate - rate_burst(ep.rate) + 1))
      END AS until
    FROM ranked r JOIN endpoint ep ON ep.id = r.endpoint_id
  ), started_now AS (
    UPDATE endpoints e
    SET next_start_at = started
      + make_interval(secs => n.starts::float8 / (e.rate_limit_per_second - rate_burst(e.rate_limit_per_second) + 1))
    FROM (SELECT j.endpoint_id, count(*) AS starts FROM judged j WHERE j.decision = 'claimed' GROUP BY 1) n
    WHERE e.id = n.endpoint_id AND e.rate_limit_per_second IS NOT NULL
  ), changed AS (
    UPDATE deliveries d SET
      claim_token = CASE WHEN j.decision = 'claimed' THEN j.token END,
      claimed_at = CASE WHEN j.decision = 'claimed' THEN started END,
      claimed_until = CASE WHEN j.decision = 'claimed'
        THEN started + make_interval(secs => (d.timeout_ms + margin_ms) / 1000.0) END,
      claims = d.claims + (j.decision = 'claimed')::integer,
      -- Full: parked until a finish promotes it. Rate-limited: stays in the window, so that nobody takes its turn.
      enqueued_at = CASE WHEN j.decision IN ('claimed', 'rate_limited') THEN COALESCE(d.enqueued_at, started) END,
      next_attempt_at = CASE WHEN j.decision = 'rate_limited' THEN j.until ELSE d.next_attempt_at END,
      wait_reason = CASE j.decision WHEN 'claimed' THEN d.wait_reason WHEN 'rate_limited' THEN 'rate_limit'
        ELSE 'endpoint_slot' END
    FROM judged j WHERE d.id = j.id
    RETURNING d.id, j.decision, j.until, d.attempts, d.attempts_counted, d.claims
  )
  SELECT c.id, c.decision, c.until, c.attempts, c.attempts_counted, c.claims, started FROM changed c;
END $$;

CREATE FUNCTION claim_deliveries(wanted uuid[], tokens uuid[], margin_ms integer)
RETURNS TABLE (delivery_id uuid, decision text, until timestamptz, attempts_made integer, attempts_that_count integer,
  claims_taken integer, started_at timestamptz)
LANGUAGE sql AS $$ SELECT * FROM claim_deliveries(wanted, tokens, margin_ms, '{}', '{}', NULL) $$;
