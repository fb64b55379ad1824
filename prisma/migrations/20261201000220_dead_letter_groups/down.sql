DROP VIEW webhook_dead_letters;
CREATE VIEW webhook_dead_letters WITH (security_invoker = true) AS
SELECT id, app_id, capability, json_of(COALESCE((SELECT v.body FROM events v WHERE v.id = event_id), payload)) AS payload,
  COALESCE((SELECT v.body FROM events v WHERE v.id = event_id), payload) AS payload_bytes, error, attempts, failed_at,
  requeued_at, delivery_id, endpoint_id, COALESCE(event_type, capability) AS event_type, category, reason, resolved_at,
  resolved_by, notes
FROM webhook_dead_letter_queue;
REVOKE INSERT, UPDATE, DELETE ON webhook_dead_letters FROM breakwater_service;
GRANT SELECT ON webhook_dead_letters TO breakwater_tenant;
DROP INDEX webhook_dead_letter_queue_groups_idx;
ALTER TABLE webhook_dead_letter_queue DROP COLUMN error_class;
