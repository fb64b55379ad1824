-- The live feed reads by the number of the transaction that wrote a row (docs/adr/0034-feed-reads-by-transaction.md), as
-- the roll-up of metrics reads attempts. Existing rows get 0: the feed does not show them. A constant default does not
-- rewrite the table.
ALTER TABLE events ADD COLUMN recorded_in bigint NOT NULL DEFAULT 0;
ALTER TABLE events ALTER COLUMN recorded_in SET DEFAULT pg_current_xact_id()::text::bigint;
ALTER TABLE deliveries ADD COLUMN recorded_in bigint NOT NULL DEFAULT 0;
ALTER TABLE deliveries ALTER COLUMN recorded_in SET DEFAULT pg_current_xact_id()::text::bigint;
ALTER TABLE captures ADD COLUMN recorded_in bigint NOT NULL DEFAULT 0;
ALTER TABLE captures ALTER COLUMN recorded_in SET DEFAULT pg_current_xact_id()::text::bigint;
-- Of the last failure: a delivery that failed again after a retry keeps its dead letter.
ALTER TABLE webhook_dead_letter_queue ADD COLUMN recorded_in bigint NOT NULL DEFAULT 0;
ALTER TABLE webhook_dead_letter_queue ALTER COLUMN recorded_in SET DEFAULT pg_current_xact_id()::text::bigint;

CREATE INDEX events_recorded_in_idx ON events (recorded_in);
-- The deliveries of an event are not received: their event is.
CREATE INDEX deliveries_recorded_in_idx ON deliveries (recorded_in) WHERE kind = 'invocation';
-- What was accepted became an event.
CREATE INDEX captures_recorded_in_idx ON captures (recorded_in) WHERE result = 'rejected';
CREATE INDEX webhook_dead_letter_queue_recorded_in_idx ON webhook_dead_letter_queue (recorded_in);
