-- Who did what to what, and when (row J5). Written before the action and completed after it.
CREATE TABLE "audit_log" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" VARCHAR(255) NOT NULL,
    "actor_key_id" UUID,
    "action" VARCHAR(60) NOT NULL,
    "target" VARCHAR(500) NOT NULL,
    "app_id" VARCHAR(255),
    "request_id" VARCHAR(255),
    "outcome" VARCHAR(20) NOT NULL CHECK ("outcome" IN ('started', 'done', 'refused', 'failed')),
    "status" INTEGER,
    "detail" JSONB,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "audit_log_at_id_idx" ON "audit_log" ("at" DESC, "id" DESC);
CREATE INDEX "audit_log_target_at_idx" ON "audit_log" ("target", "at" DESC);

-- Processes add rows, complete those that are `started`, and take away what is older than 30 days. Nothing else, and an
-- app's people none of it.
REVOKE ALL ON "audit_log" FROM breakwater_service;
GRANT SELECT, INSERT, DELETE ON "audit_log" TO breakwater_service;
GRANT UPDATE ("outcome", "status", "app_id", "detail", "finished_at") ON "audit_log" TO breakwater_service;
ALTER TABLE "audit_log" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "audit_log" FORCE ROW LEVEL SECURITY;
CREATE POLICY service_reads ON "audit_log" FOR SELECT TO breakwater_service USING (true);
CREATE POLICY service_adds ON "audit_log" FOR INSERT TO breakwater_service WITH CHECK (true);
CREATE POLICY service_completes ON "audit_log" FOR UPDATE TO breakwater_service
  USING ("outcome" = 'started') WITH CHECK ("outcome" <> 'started');
CREATE POLICY service_forgets ON "audit_log" FOR DELETE TO breakwater_service
  USING ("at" < now() - interval '30 days');

-- What API keys and client addresses have used up of their limits (row J4), in the shape that rate-limiter-flexible
-- expects. Worth a minute: lost in a crash it does no harm, so it is not logged.
CREATE UNLOGGED TABLE "api_rate_limits" (
    "key" VARCHAR(255) NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,
    "expire" BIGINT,

    CONSTRAINT "api_rate_limits_pkey" PRIMARY KEY ("key")
);
GRANT SELECT, INSERT, UPDATE, DELETE ON "api_rate_limits" TO breakwater_service;
