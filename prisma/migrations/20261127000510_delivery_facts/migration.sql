-- What a person asks of a delivery: when it was last tried, how many attempts it gets in all, and with which headers.
ALTER TABLE deliveries ADD COLUMN last_attempt_at timestamptz(3);
ALTER TABLE deliveries ADD COLUMN max_attempts integer;
-- Secrets are masked before they come here.
ALTER TABLE attempts ADD COLUMN request_headers jsonb;

CREATE INDEX deliveries_request_id_idx ON deliveries (request_id);

-- An app's people find a delivery by the key they sent.
GRANT SELECT ON idempotency_keys TO breakwater_tenant;
CREATE POLICY tenant ON idempotency_keys FOR SELECT TO breakwater_tenant USING (app_id = (SELECT current_tenant()));
-- Without its app: keys are few, and live a day.
CREATE INDEX idempotency_keys_key_idx ON idempotency_keys (key);
