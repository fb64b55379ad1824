-- JSON as its sender wrote it, where jsonb would change numbers and the order of keys.
-- The text of each static fallback's value, by capability.
ALTER TABLE manifest_versions ADD COLUMN "static_values" JSONB NOT NULL DEFAULT '{}';
-- The context of a call that waits for a person. Null in rows of before.
ALTER TABLE pending_approvals ADD COLUMN "context_bytes" BYTEA;
