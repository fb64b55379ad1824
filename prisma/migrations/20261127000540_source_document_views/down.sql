DROP FUNCTION cleanup_old_webhook_logs(integer);
DROP VIEW delivery_attempts;
DROP VIEW webhook_delivery_log;
REVOKE SELECT (id) ON endpoints FROM breakwater_tenant;
DROP INDEX deliveries_unanswered_idx;
DROP FUNCTION text_of(bytea);
