ALTER TABLE apps DROP COLUMN portal_origins;
DROP TABLE portal_links;
