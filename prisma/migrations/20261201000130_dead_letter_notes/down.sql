ALTER TABLE webhook_dead_letter_queue DROP COLUMN note, DROP COLUMN noted_by, DROP COLUMN noted_at;
