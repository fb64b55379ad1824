-- What each active app's health URL answered last (row H1).
CREATE TABLE "app_health_status" (
    "app_id" VARCHAR(255) NOT NULL,
    "status" VARCHAR(20) NOT NULL DEFAULT 'unknown',
    "last_check" TIMESTAMPTZ(3),
    "response_time_ms" INTEGER,
    "consecutive_failures" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(3),
    "details" JSONB NOT NULL DEFAULT '{}',
    "next_check_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "app_health_status_pkey" PRIMARY KEY ("app_id")
);
ALTER TABLE app_health_status ADD CONSTRAINT app_health_status_check
  CHECK (status IN ('healthy', 'degraded', 'unhealthy', 'unknown'));
-- Which are due, in the order they are checked.
CREATE INDEX "app_health_status_next_check_at_app_id_idx" ON "app_health_status"("next_check_at", "app_id");

-- Conditions that people want to hear of (row H4).
CREATE TABLE "alert_rules" (
    "id" UUID NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "type" VARCHAR(30) NOT NULL,
    "app_id" VARCHAR(255),
    "capability" VARCHAR(100),
    "threshold" DOUBLE PRECISION NOT NULL,
    "window_ms" INTEGER NOT NULL DEFAULT 3600000,
    "min_samples" INTEGER NOT NULL DEFAULT 20,
    "cooldown_seconds" INTEGER NOT NULL DEFAULT 3600,
    "channels" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "created_by" VARCHAR(255) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "alert_rules_pkey" PRIMARY KEY ("id")
);
ALTER TABLE alert_rules ADD CONSTRAINT alert_rules_check CHECK (channels IS NOT NULL AND type IN ('success_rate',
  'response_time', 'avg_attempts', 'dlq_size', 'queue_depth', 'circuit_open', 'app_health'));

-- One case of a rule that fired for a subject, until it was over (row H5). Kept when its rule is gone.
CREATE TABLE "alerts" (
    "id" UUID NOT NULL,
    "rule_id" UUID NOT NULL,
    "rule_name" VARCHAR(200) NOT NULL,
    "type" VARCHAR(30) NOT NULL,
    "app_id" VARCHAR(255),
    "capability" VARCHAR(100),
    "status" VARCHAR(20) NOT NULL DEFAULT 'firing',
    "threshold" DOUBLE PRECISION NOT NULL,
    "window_ms" INTEGER NOT NULL,
    "value_at_firing" DOUBLE PRECISION NOT NULL,
    "worst_value" DOUBLE PRECISION NOT NULL,
    "last_value" DOUBLE PRECISION,
    "samples" INTEGER,
    "fired_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "evaluated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "notified_at" TIMESTAMPTZ(3),
    "resolved_at" TIMESTAMPTZ(3),
    "resolved_reason" VARCHAR(30),

    CONSTRAINT "alerts_pkey" PRIMARY KEY ("id")
);
ALTER TABLE alerts ADD CONSTRAINT alerts_check
  CHECK (status IN ('firing', 'resolved') AND (status = 'resolved') = (resolved_at IS NOT NULL));
CREATE INDEX "alerts_fired_at_id_idx" ON "alerts"("fired_at" DESC, "id" DESC);
-- A rule and subject have one open case at most.
CREATE UNIQUE INDEX alerts_firing_idx ON alerts (rule_id, COALESCE(app_id, ''), COALESCE(capability, ''))
  WHERE status = 'firing';
-- When people were last told: the cooldown.
CREATE INDEX alerts_notified_idx ON alerts (rule_id, notified_at) WHERE notified_at IS NOT NULL;

-- The rules of row H4; docs/alerting.md explains them. The last two are told of by the breakers and the health checks
-- themselves: their cases are for the list.
INSERT INTO alert_rules (id, name, type, threshold, channels, created_by) VALUES
  (gen_random_uuid(), 'Success rate of an app', 'success_rate', 95, '{}', 'system'),
  (gen_random_uuid(), 'Response time of an app (p95)', 'response_time', 5000, '{}', 'system'),
  (gen_random_uuid(), 'Attempts per delivery of an app', 'avg_attempts', 2, '{}', 'system'),
  (gen_random_uuid(), 'Dead letters waiting', 'dlq_size', 10, '{}', 'system'),
  (gen_random_uuid(), 'Deliveries waiting', 'queue_depth', 100, '{}', 'system'),
  (gen_random_uuid(), 'Circuit breaker open', 'circuit_open', 1, '{in_app}', 'system'),
  (gen_random_uuid(), 'App unhealthy', 'app_health', 3, '{in_app}', 'system');

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['app_health_status', 'alert_rules', 'alerts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY service ON %I TO breakwater_service USING (true) WITH CHECK (true)', name);
  END LOOP;
END $$;
