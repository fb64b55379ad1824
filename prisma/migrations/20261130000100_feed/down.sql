ALTER TABLE events DROP COLUMN recorded_in;
ALTER TABLE deliveries DROP COLUMN recorded_in;
ALTER TABLE captures DROP COLUMN recorded_in;
ALTER TABLE webhook_dead_letter_queue DROP COLUMN recorded_in;
