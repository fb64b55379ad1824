DROP INDEX idempotency_keys_key_idx;
DROP POLICY tenant ON idempotency_keys;
REVOKE SELECT ON idempotency_keys FROM breakwater_tenant;
DROP INDEX deliveries_request_id_idx;
ALTER TABLE attempts DROP COLUMN request_headers;
ALTER TABLE deliveries DROP COLUMN max_attempts;
ALTER TABLE deliveries DROP COLUMN last_attempt_at;
