ALTER TABLE endpoints DROP COLUMN signatures;
