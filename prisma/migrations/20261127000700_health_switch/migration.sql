-- A manifest may switch the health checks of its app off.
ALTER TABLE apps ADD COLUMN health boolean NOT NULL DEFAULT true;
