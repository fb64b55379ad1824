-- A sync call that its fallback answered is no failed one: it ends as `fallback`, and says which one and why.
-- Columns are narrow on purpose: an empty table is taken for ten pages, and the wider its rows are, the fewer of them
-- PostgreSQL expects, until reading all of them looks cheaper than a look-up by key (plans.spec.ts).
ALTER TABLE deliveries ADD COLUMN fallback_strategy text;
ALTER TABLE deliveries ADD COLUMN fallback_reason varchar(20);
ALTER TABLE deliveries ALTER COLUMN event_type TYPE text;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_event_type_check CHECK (char_length(event_type) <= 255);
ALTER TABLE deliveries DROP CONSTRAINT deliveries_status_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_status_check
  CHECK (status IN ('pending', 'completed', 'failed', 'fallback', 'dead_letter', 'cancelled'));
