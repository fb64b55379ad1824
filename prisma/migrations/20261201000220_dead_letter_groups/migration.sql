-- Dead letters are shown in groups of one app, capability and error class. The class of the last failure; NULL: no call
-- failed, or its delivery is gone.
ALTER TABLE webhook_dead_letter_queue ADD COLUMN error_class varchar(30);
UPDATE webhook_dead_letter_queue q SET error_class = d.last_error_class
FROM deliveries d WHERE d.id = q.delivery_id AND d.last_error_class IS NOT NULL;

-- The groups in their order, without the rows.
CREATE INDEX webhook_dead_letter_queue_groups_idx
  ON webhook_dead_letter_queue (app_id, capability, error_class, endpoint_id, failed_at)
  INCLUDE (category, reason, event_type, requeued_at) WHERE resolved_at IS NULL;

CREATE OR REPLACE VIEW webhook_dead_letters WITH (security_invoker = true) AS
SELECT id, app_id, capability, json_of(COALESCE((SELECT v.body FROM events v WHERE v.id = event_id), payload)) AS payload,
  COALESCE((SELECT v.body FROM events v WHERE v.id = event_id), payload) AS payload_bytes, error, attempts, failed_at,
  requeued_at, delivery_id, endpoint_id, COALESCE(event_type, capability) AS event_type, category, reason, resolved_at,
  resolved_by, notes, error_class
FROM webhook_dead_letter_queue;
