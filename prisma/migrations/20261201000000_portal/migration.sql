-- Links that admins make for the people of one app.
CREATE TABLE portal_links (
  id uuid PRIMARY KEY,
  app_id varchar(255) NOT NULL,
  -- sha256 of the token; 256 random bits need no slow hash.
  hash char(64) NOT NULL,
  capabilities text[],
  note varchar(200),
  created_by varchar(255) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at timestamptz(3) NOT NULL,
  revoked_at timestamptz(3),
  last_used_at timestamptz(3),
  CONSTRAINT portal_links_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps (id) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE UNIQUE INDEX portal_links_hash_key ON portal_links (hash);
CREATE INDEX portal_links_app_id_id_idx ON portal_links (app_id, id DESC);

ALTER TABLE portal_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE portal_links FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON portal_links TO breakwater_service USING (true) WITH CHECK (true);

-- Which sites may show the portal of an app in a frame.
ALTER TABLE apps ADD COLUMN portal_origins text[] DEFAULT '{}';
