-- A delivery that a person made of another one, with another payload.
ALTER TABLE deliveries ADD COLUMN edited_from uuid;
