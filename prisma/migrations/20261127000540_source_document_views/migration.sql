-- Deliveries and attempts under the names that people's SQL may already use (docs/metrics.md, "With SQL").

-- Bytes as text; what is no UTF-8 with its bytes escaped.
CREATE FUNCTION text_of(bytes bytea) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  RETURN convert_from(bytes, 'UTF8');
EXCEPTION WHEN data_exception THEN
  RETURN encode(bytes, 'escape');
END $$;

-- Of calls that a fallback answered, and of cancelled ones: the last of an app.
CREATE INDEX deliveries_unanswered_idx ON deliveries (app_id, finished_at DESC, id)
  WHERE status IN ('fallback', 'cancelled');

-- An app's endpoints lead to what waits for them, by an index that is there anyway.
GRANT SELECT (id) ON endpoints TO breakwater_tenant;

-- One part for each status: a query that names one reads only that part, by its index. Who asks for an app and
-- - pending: deliveries_pending_idx, by the app's endpoints (a delivery whose app was deleted is in none, until the
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

GRANT SELECT ON webhook_delivery_log, delivery_attempts TO breakwater_tenant;
REVOKE INSERT, UPDATE, DELETE ON webhook_delivery_log, delivery_attempts FROM breakwater_service;

-- Makes partitions ahead, and drops those of finished deliveries that are older; what is not over stays, and what has a
-- dead letter. The maintenance of the worker does the same each day, by DELIVERY_RETENTION_DAYS.
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
REVOKE ALL ON FUNCTION cleanup_old_webhook_logs(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cleanup_old_webhook_logs(integer) TO breakwater_service;
