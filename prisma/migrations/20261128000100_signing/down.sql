DROP TABLE platform_keys;
ALTER TABLE apps DROP COLUMN signatures;
