ALTER TABLE attempts DROP COLUMN timings;
