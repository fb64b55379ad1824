-- Checks of an app's endpoint before it goes live, and what they found.
CREATE TABLE conformance_runs (
  id uuid PRIMARY KEY,
  app_id varchar(255) NOT NULL,
  target_kind varchar(20) NOT NULL,
  target varchar(100) NOT NULL,
  state varchar(20) NOT NULL DEFAULT 'running',
  -- Neither the number of runs nor their age removes it.
  kept boolean NOT NULL DEFAULT false,
  results jsonb NOT NULL DEFAULT '[]',
  created_by varchar(255) NOT NULL,
  started_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  ended_at timestamptz(3),
  CONSTRAINT conformance_runs_state_check CHECK (state IN ('running', 'passed', 'failed', 'interrupted')),
  CONSTRAINT conformance_runs_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps (id) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX conformance_runs_app_id_id_idx ON conformance_runs (app_id, id DESC);
CREATE INDEX conformance_runs_started_at_idx ON conformance_runs (started_at);
-- One at a time for each app: its endpoint gets no more calls than one run makes.
CREATE UNIQUE INDEX conformance_runs_running_idx ON conformance_runs (app_id) WHERE state = 'running';

ALTER TABLE conformance_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE conformance_runs FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON conformance_runs TO breakwater_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON conformance_runs TO breakwater_service;
