DROP VIEW webhook_dead_letters;
DROP FUNCTION json_of(bytea);
REVOKE UPDATE (resolved_at, resolved_by, notes) ON webhook_dead_letter_queue FROM breakwater_tenant;
