-- An attempt whose end nobody saw has no duration: how long its lease lasted says nothing of the app.
ALTER TABLE attempts ALTER COLUMN duration_ms DROP NOT NULL;
DO $$ BEGIN
  -- It sees the rows of all apps; the setting ends with the migration.
  PERFORM set_config('role', 'breakwater_service', true);
  UPDATE attempts SET duration_ms = NULL WHERE outcome = 'unknown';
  PERFORM set_config('role', 'none', true);
END $$;

-- The calls of an app and a capability within a time.
CREATE INDEX attempts_app_id_capability_started_at_idx ON attempts (app_id, capability, started_at);

DROP VIEW webhook_metrics;
CREATE VIEW webhook_metrics WITH (security_invoker = true) AS
SELECT md5(delivery_id::text || '-' || number)::uuid AS id, app_id, capability, duration_ms,
  outcome = 'delivered' AS success, outcome = 'timeout' AS timeout,
  CASE WHEN outcome <> 'delivered' THEN COALESCE(http_status::text, outcome) END AS error_code,
  started_at AS "timestamp", delivery_id, number AS attempt
FROM attempts;
GRANT SELECT ON webhook_metrics TO breakwater_tenant;
REVOKE INSERT, UPDATE, DELETE ON webhook_metrics FROM breakwater_service;
