UPDATE deliveries SET status = 'failed' WHERE status = 'fallback';
ALTER TABLE deliveries DROP CONSTRAINT deliveries_answer_source_check;
ALTER TABLE deliveries DROP CONSTRAINT deliveries_status_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_status_check
  CHECK (status IN ('pending', 'completed', 'failed', 'dead_letter', 'cancelled'));
ALTER TABLE deliveries DROP COLUMN fallback_reason;
ALTER TABLE deliveries DROP COLUMN fallback_strategy;
ALTER TABLE deliveries DROP COLUMN answer_source;
