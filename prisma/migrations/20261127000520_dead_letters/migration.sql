-- An app's people resolve their own dead letters.
GRANT UPDATE (resolved_at, resolved_by, notes) ON webhook_dead_letter_queue TO breakwater_tenant;

-- Bytes as jsonb; NULL where they are no JSON, or JSON that jsonb cannot hold (\u0000, numbers beyond its range).
CREATE FUNCTION json_of(bytes bytea) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  RETURN convert_from(bytes, 'UTF8')::jsonb;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
  RETURN NULL;
END $$;

-- The dead letters with their payload as jsonb, where it can be; `payload_bytes` is what was sent.
CREATE VIEW webhook_dead_letters WITH (security_invoker = true) AS
SELECT id, app_id, capability, json_of(payload) AS payload, payload AS payload_bytes, error, attempts, failed_at,
  requeued_at, delivery_id, endpoint_id, COALESCE(event_type, capability) AS event_type, category, reason, resolved_at,
  resolved_by, notes
FROM webhook_dead_letter_queue;
GRANT SELECT ON webhook_dead_letters TO breakwater_tenant;
REVOKE INSERT, UPDATE, DELETE ON webhook_dead_letters FROM breakwater_service;
