ALTER TABLE deliveries DROP COLUMN edited_from;
