-- Each process writes its row every few seconds: people see which processes run.
CREATE TABLE heartbeats (
  id uuid PRIMARY KEY,
  role varchar(20) NOT NULL,
  host varchar(255) NOT NULL,
  pid integer NOT NULL,
  version varchar(50) NOT NULL,
  started_at timestamptz(3) NOT NULL DEFAULT now(),
  seen_at timestamptz(3) NOT NULL DEFAULT now(),
  -- Calls that it makes at once at most; NULL: it makes none.
  slots integer,
  slots_in_use integer,
  CONSTRAINT heartbeats_slots_check CHECK ((slots IS NULL) = (slots_in_use IS NULL))
) WITH (fillfactor = 50);

-- Health checks by UTC day, for longer than single results are needed.
CREATE TABLE app_health_days (
  app_id varchar(255) NOT NULL,
  day date NOT NULL,
  ok integer NOT NULL DEFAULT 0,
  failed integer NOT NULL DEFAULT 0,
  PRIMARY KEY (app_id, day)
);
CREATE INDEX app_health_days_day_idx ON app_health_days (day);

ALTER TABLE heartbeats ENABLE ROW LEVEL SECURITY;
ALTER TABLE heartbeats FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON heartbeats TO breakwater_service USING (true) WITH CHECK (true);
ALTER TABLE app_health_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE app_health_days FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON app_health_days TO breakwater_service USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON heartbeats, app_health_days TO breakwater_service;
