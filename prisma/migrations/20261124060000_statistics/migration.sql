-- The last failures of an app, newest first.
CREATE INDEX deliveries_failed_idx ON deliveries (app_id, finished_at DESC, id) WHERE status IN ('failed', 'dead_letter');
