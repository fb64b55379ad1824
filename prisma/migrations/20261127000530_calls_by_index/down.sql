DROP VIEW webhook_metrics;
DROP INDEX attempts_app_id_capability_started_at_idx;
DO $$ BEGIN
  -- It sees the rows of all apps; the setting ends with the migration.
  PERFORM set_config('role', 'breakwater_service', true);
  UPDATE attempts SET duration_ms = 0 WHERE duration_ms IS NULL;
  PERFORM set_config('role', 'none', true);
END $$;
ALTER TABLE attempts ALTER COLUMN duration_ms SET NOT NULL;
CREATE VIEW webhook_metrics WITH (security_invoker = true) AS
SELECT delivery_id::text || '-' || number AS id, app_id, capability, duration_ms, outcome = 'delivered' AS success,
  outcome = 'timeout' AS timeout, CASE WHEN outcome <> 'delivered' THEN COALESCE(http_status::text, outcome) END AS error_code,
  started_at AS "timestamp"
FROM attempts;
GRANT SELECT ON webhook_metrics TO breakwater_tenant;
