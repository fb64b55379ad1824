-- A note of one person for the others, who wrote it and when.
ALTER TABLE webhook_dead_letter_queue
  ADD COLUMN note text,
  ADD COLUMN noted_by varchar(255),
  ADD COLUMN noted_at timestamptz(3);
