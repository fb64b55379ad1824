ALTER TABLE pending_approvals DROP COLUMN "context_bytes";
ALTER TABLE manifest_versions DROP COLUMN "static_values";
