-- A sync call that its fallback answered is no failed one: it ends as `fallback`, and says who answered and why.
ALTER TABLE deliveries ADD COLUMN answer_source varchar(20);
ALTER TABLE deliveries ADD COLUMN fallback_strategy varchar(100);
ALTER TABLE deliveries ADD COLUMN fallback_reason varchar(30);
ALTER TABLE deliveries DROP CONSTRAINT deliveries_status_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_status_check
  CHECK (status IN ('pending', 'completed', 'failed', 'fallback', 'dead_letter', 'cancelled'));
ALTER TABLE deliveries ADD CONSTRAINT deliveries_answer_source_check CHECK (answer_source IN ('primary', 'fallback'));
