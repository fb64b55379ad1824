-- Developers who listen for an app now: each row is a lease that its listener renews.
CREATE TABLE listeners (
  id uuid PRIMARY KEY,
  app_id varchar(255) NOT NULL,
  -- Whose calls it answers; empty: all of the app.
  capabilities text[] DEFAULT '{}',
  -- False: it gets events only.
  answers_calls boolean NOT NULL,
  -- The process that holds its socket.
  process_id uuid NOT NULL,
  started_by varchar(255) NOT NULL,
  started_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL,
  CONSTRAINT listeners_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps (id) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX listeners_app_id_idx ON listeners (app_id);

-- Calls on their way to a listener, and its answers. Each lives as long as its caller waits, so a crash may lose them.
CREATE UNLOGGED TABLE listener_calls (
  id uuid PRIMARY KEY,
  listener_id uuid NOT NULL,
  caller_process_id uuid NOT NULL,
  request bytea NOT NULL,
  body bytea NOT NULL,
  deadline timestamptz(3) NOT NULL,
  taken_at timestamptz(3),
  answer bytea,
  answer_body bytea,
  CONSTRAINT listener_calls_listener_id_fkey FOREIGN KEY (listener_id) REFERENCES listeners (id) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX listener_calls_listener_id_idx ON listener_calls (listener_id);

ALTER TABLE listeners ENABLE ROW LEVEL SECURITY;
ALTER TABLE listeners FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON listeners TO breakwater_service USING (true) WITH CHECK (true);
ALTER TABLE listener_calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE listener_calls FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON listener_calls TO breakwater_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON listeners, listener_calls TO breakwater_service;
