-- Metrics: each call is an attempt, and attempts are rolled up by the minute and the hour (rows G1 and G2,
-- docs/adr/0015-rolled-up-in-the-database.md).

-- The transaction that wrote the row: a roll-up takes all of those that are over and none twice, in whatever order
-- they committed.
ALTER TABLE attempts ADD COLUMN recorded_in bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint;
CREATE INDEX attempts_recorded_in_idx ON attempts (recorded_in);

-- A duration's place in a histogram: whole milliseconds below 200, then steps of 1 %. See libs/monitoring/src/metrics.
CREATE FUNCTION duration_bucket(duration_ms integer) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN duration_ms < 200 THEN greatest(duration_ms, 0)
    ELSE 200 + floor(ln(duration_ms / 200.0::float8) / ln(1.01::float8)) END::smallint $$;

-- Of a capability, and under the capability '' of the whole app.
CREATE TABLE "metric_minutes" (
    "app_id" VARCHAR(255) NOT NULL,
    "capability" VARCHAR(100) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "calls" INTEGER NOT NULL,
    "successes" INTEGER NOT NULL,
    "timeouts" INTEGER NOT NULL,
    "ended" INTEGER NOT NULL,
    "ended_attempts" INTEGER NOT NULL,
    "buckets" SMALLINT[],
    "counts" INTEGER[],

    CONSTRAINT "metric_minutes_pkey" PRIMARY KEY ("app_id","capability","at")
) PARTITION BY RANGE ("at");

CREATE TABLE "metric_hours" (
    "app_id" VARCHAR(255) NOT NULL,
    "capability" VARCHAR(100) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "calls" INTEGER NOT NULL,
    "successes" INTEGER NOT NULL,
    "timeouts" INTEGER NOT NULL,
    "ended" INTEGER NOT NULL,
    "ended_attempts" INTEGER NOT NULL,
    "buckets" SMALLINT[],
    "counts" INTEGER[],

    CONSTRAINT "metric_hours_pkey" PRIMARY KEY ("app_id","capability","at")
) PARTITION BY RANGE ("at");
-- By the time alone: what all apps did.
CREATE INDEX "metric_minutes_at_idx" ON "metric_minutes" ("at");
CREATE INDEX "metric_hours_at_idx" ON "metric_hours" ("at");

INSERT INTO partition_plans (parent, key, days, ahead, storage) VALUES
  ('metric_minutes', 'time', 1, 2, 'fillfactor = 70'), ('metric_hours', 'time', 7, 1, 'fillfactor = 70');
SELECT make_partitions();

-- One row: all attempts recorded in an earlier transaction than this are rolled up.
CREATE TABLE "metric_rollup_state" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "cursor" BIGINT NOT NULL,

    CONSTRAINT "metric_rollup_state_pkey" PRIMARY KEY ("id")
);
ALTER TABLE metric_rollup_state ADD CONSTRAINT metric_rollup_state_check CHECK (id = 1);
INSERT INTO metric_rollup_state (cursor) VALUES (0);
ALTER TABLE metric_rollup_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE metric_rollup_state FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON metric_rollup_state TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON metric_rollup_state TO breakwater_tenant USING (current_tenant() IS NOT NULL);
GRANT SELECT ON metric_rollup_state TO breakwater_tenant;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['metric_minutes', 'metric_hours'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY service ON %I TO breakwater_service USING (true) WITH CHECK (true)', name);
    EXECUTE format('CREATE POLICY tenant ON %I TO breakwater_tenant USING (app_id = (SELECT current_tenant()))', name);
    EXECUTE format('GRANT SELECT ON %I TO breakwater_tenant', name);
  END LOOP;
END $$;

-- Each call as people who look into the database expect it (row G1).
CREATE VIEW webhook_metrics WITH (security_invoker = true) AS
SELECT delivery_id::text || '-' || number AS id, app_id, capability, duration_ms, outcome = 'delivered' AS success,
  outcome = 'timeout' AS timeout, CASE WHEN outcome <> 'delivered' THEN COALESCE(http_status::text, outcome) END AS error_code,
  started_at AS "timestamp"
FROM attempts;
GRANT SELECT ON webhook_metrics TO breakwater_tenant;
