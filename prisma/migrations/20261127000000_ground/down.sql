-- Reverts the first migration: the database is empty again, its data is gone. The two roles stay: other databases of
-- the server may use them.
DROP VIEW delivery_attempts, webhook_delivery_log, webhook_dead_letters, webhook_metrics;
DROP TABLE periodic_runs, failure_notices, notifications, alerts, alert_rules, app_health_status, metric_rollup_state,
  metric_hours, metric_minutes, api_rate_limits, audit_log, encryption_key_checks, api_keys, last_answers,
  pending_approvals, breaker_notices, circuit_breaker_transitions, circuit_breaker_state, webhook_dead_letter_queue,
  idempotency_keys, delivery_notes, attempts, deliveries, endpoints, signing_secrets, manifest_versions, apps;
DROP FUNCTION hold_endpoints_of_app, hold_endpoint, forget_breakers, text_of, json_of, duration_bucket, held_endpoints,
  endpoint_gate, current_tenant, cleanup_old_webhook_logs, drop_finished_deliveries, drop_partitions,
  drop_old_partitions, make_partitions, partition_guard, partition_start, uuid_floor, claim_deliveries, age_clock,
  rate_burst, endpoint_window, need_all_rows;
DROP TABLE partition_plans;
DROP SCHEMA partitions;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM breakwater_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM breakwater_service;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM breakwater_service, breakwater_tenant;
REVOKE ALL ON SCHEMA public FROM breakwater_service, breakwater_tenant;
