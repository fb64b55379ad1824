-- CreateTable
CREATE TABLE "apps" (
    "id" VARCHAR(255) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "owner_email" VARCHAR(320) NOT NULL,
    "base_url" VARCHAR(2048) NOT NULL,
    "health_path" VARCHAR(2048) NOT NULL DEFAULT '/health',
    "status" VARCHAR(20) NOT NULL DEFAULT 'active',
    "disabled_reason" TEXT,
    "webhook_timeouts" JSONB NOT NULL DEFAULT '{}',
    "manifest_version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "apps_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "manifest_versions" (
    "app_id" VARCHAR(255) NOT NULL,
    "version" INTEGER NOT NULL,
    "document" JSONB NOT NULL,
    "digest" CHAR(64) NOT NULL,
    "created_by" VARCHAR(255) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "manifest_versions_pkey" PRIMARY KEY ("app_id","version")
);

-- CreateTable
CREATE TABLE "signing_secrets" (
    "id" UUID NOT NULL,
    "app_id" VARCHAR(255) NOT NULL,
    "sealed" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "signing_secrets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "endpoints" (
    "id" UUID NOT NULL,
    "app_id" VARCHAR(255) NOT NULL,
    "kind" VARCHAR(20) NOT NULL,
    "capability" VARCHAR(100) NOT NULL,
    "url" VARCHAR(2048) NOT NULL,
    "async" BOOLEAN NOT NULL,
    "timeout_ms" INTEGER,
    "retry" JSONB,
    "fallback" JSONB,
    "breaker" JSONB,
    "rate_limit_per_second" INTEGER,
    "concurrency" INTEGER NOT NULL DEFAULT 10,
    "ordered" BOOLEAN NOT NULL DEFAULT false,
    "headers_sealed" TEXT,
    "status" VARCHAR(20) NOT NULL DEFAULT 'active',
    "disabled_reason" TEXT,
    "width" INTEGER NOT NULL DEFAULT 10,
    "narrowed_at" TIMESTAMPTZ(6),
    "next_start_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "endpoints_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deliveries" (
    "id" UUID NOT NULL,
    "app_id" VARCHAR(255) NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "capability" VARCHAR(100) NOT NULL,
    "kind" VARCHAR(20) NOT NULL,
    "mode" VARCHAR(10) NOT NULL,
    "event_type" VARCHAR(255),
    "request_id" VARCHAR(255) NOT NULL,
    "body" BYTEA NOT NULL,
    "content_type" VARCHAR(255) NOT NULL,
    "timeout_ms" INTEGER NOT NULL,
    "status" VARCHAR(20) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "next_attempt_at" TIMESTAMPTZ(6),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "attempts_counted" INTEGER NOT NULL DEFAULT 0,
    "claims" INTEGER NOT NULL DEFAULT 0,
    "redeliveries" INTEGER NOT NULL DEFAULT 0,
    "claim_token" UUID,
    "claimed_until" TIMESTAMPTZ(6),
    "claimed_at" TIMESTAMPTZ(6),
    "enqueued_at" TIMESTAMPTZ(3),
    "last_outcome" VARCHAR(30),
    "last_error_class" VARCHAR(30),
    "last_error" TEXT,
    "wait_reason" VARCHAR(30),

    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "attempts" (
    "delivery_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "app_id" VARCHAR(255) NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "capability" VARCHAR(100) NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "outcome" VARCHAR(30) NOT NULL,
    "error_class" VARCHAR(30),
    "http_status" INTEGER,
    "error" TEXT,
    "next" VARCHAR(30) NOT NULL,
    "next_at" TIMESTAMPTZ(3),
    "response_headers" JSONB,
    "response_body" BYTEA,
    "truncated" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "attempts_pkey" PRIMARY KEY ("delivery_id","number")
);

-- CreateTable
CREATE TABLE "delivery_notes" (
    "id" BIGSERIAL NOT NULL,
    "delivery_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "kind" VARCHAR(30) NOT NULL,
    "actor" VARCHAR(255),
    "detail" JSONB,

    CONSTRAINT "delivery_notes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "app_id" VARCHAR(255) NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    "digest" CHAR(64) NOT NULL,
    "delivery_id" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("app_id","key")
);

-- CreateTable
CREATE TABLE "circuit_breaker_state" (
    "app_id" VARCHAR(255) NOT NULL,
    "capability" VARCHAR(100) NOT NULL,
    "state" VARCHAR(20) NOT NULL DEFAULT 'closed',
    "failure_count" INTEGER NOT NULL DEFAULT 0,
    "success_count" INTEGER NOT NULL DEFAULT 0,
    "last_failure_at" TIMESTAMPTZ(3),
    "generation" INTEGER NOT NULL DEFAULT 0,
    "version" INTEGER NOT NULL DEFAULT 0,
    "opened_at" TIMESTAMPTZ(3),
    "retry_at" TIMESTAMPTZ(6),
    "probe_token" UUID,
    "probe_until" TIMESTAMPTZ(6),
    "failing_since" TIMESTAMPTZ(3),
    "last_reason" TEXT,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "circuit_breaker_state_pkey" PRIMARY KEY ("app_id","capability")
);

-- CreateTable
CREATE TABLE "circuit_breaker_transitions" (
    "id" BIGSERIAL NOT NULL,
    "app_id" VARCHAR(255) NOT NULL,
    "capability" VARCHAR(100) NOT NULL,
    "generation" INTEGER NOT NULL,
    "from_state" VARCHAR(20) NOT NULL,
    "to_state" VARCHAR(20) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "cause" VARCHAR(30) NOT NULL,
    "actor" VARCHAR(255),
    "failure_count" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(3),
    "last_reason" TEXT,
    "notified_at" TIMESTAMPTZ(3),

    CONSTRAINT "circuit_breaker_transitions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_dead_letter_queue" (
    "id" UUID NOT NULL,
    "app_id" VARCHAR(255) NOT NULL,
    "capability" VARCHAR(100) NOT NULL,
    "payload" BYTEA NOT NULL,
    "error" TEXT,
    "attempts" INTEGER NOT NULL,
    "failed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "requeued_at" TIMESTAMPTZ(3),
    "delivery_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "event_type" VARCHAR(255),
    "category" VARCHAR(30) NOT NULL,
    "reason" VARCHAR(30) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),
    "resolved_by" VARCHAR(255),
    "notes" TEXT,

    CONSTRAINT "webhook_dead_letter_queue_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "prefix" VARCHAR(20) NOT NULL,
    "hash" CHAR(64) NOT NULL,
    "scopes" TEXT[],
    "app_id" VARCHAR(255),
    "created_by" VARCHAR(255) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pending_approvals" (
    "id" UUID NOT NULL,
    "app_id" VARCHAR(255) NOT NULL,
    "capability" VARCHAR(100) NOT NULL,
    "request_id" VARCHAR(255) NOT NULL,
    "payload" BYTEA NOT NULL,
    "context" JSONB,
    "reason" VARCHAR(30) NOT NULL,
    "status" VARCHAR(20) NOT NULL DEFAULT 'pending',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(3),
    "resolved_by" VARCHAR(255),
    "notes" TEXT,

    CONSTRAINT "pending_approvals_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "last_answers" (
    "app_id" VARCHAR(255) NOT NULL,
    "capability" VARCHAR(100) NOT NULL,
    "data" BYTEA NOT NULL,
    "answered_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "last_answers_pkey" PRIMARY KEY ("app_id","capability")
);

-- CreateTable
CREATE TABLE "notifications" (
    "id" UUID NOT NULL,
    "channel" VARCHAR(20) NOT NULL,
    "kind" VARCHAR(50) NOT NULL,
    "recipient" VARCHAR(320) NOT NULL,
    "app_id" VARCHAR(255),
    "capability" VARCHAR(100),
    "room_id" VARCHAR(255),
    "subject" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "html" TEXT,
    "data" JSONB NOT NULL DEFAULT '{}',
    "dedupe_key" VARCHAR(500) NOT NULL,
    "status" VARCHAR(20) NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "locked_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),
    "last_error" TEXT,

    CONSTRAINT "notifications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "encryption_key_checks" (
    "key_id" VARCHAR(100) NOT NULL,
    "check" VARCHAR(64) NOT NULL,

    CONSTRAINT "encryption_key_checks_pkey" PRIMARY KEY ("key_id")
);

-- CreateIndex
CREATE INDEX "signing_secrets_app_id_idx" ON "signing_secrets"("app_id");

-- CreateIndex
CREATE UNIQUE INDEX "endpoints_app_id_capability_key" ON "endpoints"("app_id", "capability");

-- CreateIndex
CREATE INDEX "deliveries_app_id_created_at_id_idx" ON "deliveries"("app_id", "created_at" DESC, "id");

-- CreateIndex
CREATE INDEX "deliveries_created_at_id_idx" ON "deliveries"("created_at" DESC, "id");

-- CreateIndex
CREATE INDEX "delivery_notes_delivery_id_id_idx" ON "delivery_notes"("delivery_id", "id");

-- CreateIndex
CREATE INDEX "idempotency_keys_expires_at_idx" ON "idempotency_keys"("expires_at");

-- CreateIndex
CREATE INDEX "circuit_breaker_state_updated_at_idx" ON "circuit_breaker_state"("updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "circuit_breaker_transitions_app_id_capability_generation_key" ON "circuit_breaker_transitions"("app_id", "capability", "generation");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_dead_letter_queue_delivery_id_key" ON "webhook_dead_letter_queue"("delivery_id");

-- CreateIndex
CREATE INDEX "webhook_dead_letter_queue_failed_at_id_idx" ON "webhook_dead_letter_queue"("failed_at" DESC, "id");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_hash_key" ON "api_keys"("hash");

-- CreateIndex
CREATE INDEX "pending_approvals_status_created_at_id_idx" ON "pending_approvals"("status", "created_at" DESC, "id");

-- CreateIndex
CREATE UNIQUE INDEX "notifications_dedupe_key_key" ON "notifications"("dedupe_key");

-- CreateIndex
CREATE INDEX "notifications_created_at_id_idx" ON "notifications"("created_at" DESC, "id");

-- AddForeignKey
ALTER TABLE "manifest_versions" ADD CONSTRAINT "manifest_versions_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "signing_secrets" ADD CONSTRAINT "signing_secrets_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "endpoints" ADD CONSTRAINT "endpoints_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma's schema cannot say ---------------------------------------------------------------------------------

ALTER TABLE apps ADD CONSTRAINT apps_status_check CHECK (status IN ('active', 'disabled'));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_kind_check CHECK (kind IN ('capability', 'subscription'));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_status_check CHECK (status IN ('active', 'disabled', 'removed'));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_width_check CHECK (width BETWEEN 1 AND concurrency);
ALTER TABLE deliveries ADD CONSTRAINT deliveries_kind_check CHECK (kind IN ('invocation', 'event'));
ALTER TABLE deliveries ADD CONSTRAINT deliveries_mode_check CHECK (mode IN ('sync', 'async'));
ALTER TABLE deliveries ADD CONSTRAINT deliveries_status_check
  CHECK (status IN ('pending', 'completed', 'failed', 'dead_letter', 'cancelled'));
-- A claim is whole or absent, and only a pending delivery waits for anything.
ALTER TABLE deliveries ADD CONSTRAINT deliveries_claim_check
  CHECK ((claim_token IS NULL) = (claimed_until IS NULL) AND (claim_token IS NULL) = (claimed_at IS NULL)
    AND (claim_token IS NULL OR status = 'pending'));
ALTER TABLE deliveries ADD CONSTRAINT deliveries_pending_check
  CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL) AND (status = 'pending') = (finished_at IS NULL));
ALTER TABLE circuit_breaker_state ADD CONSTRAINT circuit_breaker_state_check
  CHECK (state IN ('closed', 'open', 'half_open') AND (state <> 'open' OR retry_at IS NOT NULL));
ALTER TABLE webhook_dead_letter_queue ADD CONSTRAINT webhook_dead_letter_queue_reason_check
  CHECK (reason IN ('exhausted', 'non_retryable', 'circuit_open', 'poison'));
ALTER TABLE pending_approvals ADD CONSTRAINT pending_approvals_status_check
  CHECK (status IN ('pending', 'approved', 'rejected'));
ALTER TABLE notifications ADD CONSTRAINT notifications_status_check CHECK (status IN ('pending', 'sent', 'failed'));

-- The parked backlog of an endpoint, in the order it is promoted.
CREATE INDEX deliveries_parked_idx ON deliveries (endpoint_id, next_attempt_at, id)
  WHERE status = 'pending' AND enqueued_at IS NULL;
-- The window of an endpoint: rows that have a wake-up job or run.
CREATE INDEX deliveries_window_idx ON deliveries (endpoint_id, enqueued_at)
  WHERE status = 'pending' AND enqueued_at IS NOT NULL;
-- Calls in flight by endpoint, and leases in the order they run out.
CREATE INDEX deliveries_claimed_idx ON deliveries (endpoint_id, claimed_until) WHERE claim_token IS NOT NULL;
-- The head of an ordered endpoint.
CREATE INDEX deliveries_pending_idx ON deliveries (endpoint_id, id) WHERE status = 'pending';
CREATE INDEX webhook_dead_letter_queue_open_idx ON webhook_dead_letter_queue (failed_at DESC, id)
  WHERE resolved_at IS NULL;
CREATE INDEX notifications_due_idx ON notifications (next_attempt_at) WHERE status = 'pending';
CREATE INDEX circuit_breaker_transitions_unnotified_idx ON circuit_breaker_transitions (id) WHERE notified_at IS NULL;
CREATE INDEX circuit_breaker_transitions_key_idx ON circuit_breaker_transitions (app_id, capability, id DESC);

-- Rows of these tables die young: vacuum them early, and leave room on the page for the next version of a row.
ALTER TABLE deliveries SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE endpoints SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE circuit_breaker_state SET (fillfactor = 50);

-- Wake-up jobs an endpoint may have in the queue at a time.
CREATE FUNCTION endpoint_window(ordered boolean, width integer) RETURNS integer
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN ordered THEN 1 ELSE 2 * width END $$;

-- Starts at once under a limit of n a second. With bursts of k and a rate of n - k + 1 no second holds more than n.
CREATE FUNCTION rate_burst(n integer) RETURNS integer
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT GREATEST(1, n / 20) $$;

-- Claims what is due of `wanted` and fits its endpoint, see libs/delivery/src/claim.
-- Endpoint rows are locked first, in order: two claimers of one endpoint take turns, and the statement after the
-- lock sees what the other did (a function takes a new snapshot for each statement). All that are wanted are locked:
-- what is not due yet may be when the second statement looks.
CREATE FUNCTION claim_deliveries(wanted uuid[], tokens uuid[], margin_ms integer)
RETURNS TABLE (delivery_id uuid, decision text, until timestamptz, attempts_made integer, attempts_that_count integer,
  claims_taken integer, started_at timestamptz)
LANGUAGE plpgsql AS $$
DECLARE started timestamptz;
BEGIN
  PERFORM 1 FROM endpoints e
    WHERE e.id IN (SELECT d.endpoint_id FROM deliveries d WHERE d.id = ANY (wanted))
    ORDER BY e.id FOR NO KEY UPDATE;
  started := clock_timestamp();
  RETURN QUERY
  WITH due AS (
    SELECT d.id, d.endpoint_id, d.next_attempt_at, w.token
    FROM deliveries d JOIN unnest(wanted, tokens) AS w(id, token) ON w.id = d.id
    -- Only a pending delivery has a time. Saying so would invite a scan of the index of all pending ones.
    WHERE d.claim_token IS NULL AND d.next_attempt_at <= started
    FOR UPDATE OF d SKIP LOCKED
  ), endpoint AS (
    SELECT e.id, e.ordered, e.rate_limit_per_second AS rate,
      GREATEST(e.next_start_at, started) AS next_start_at,
      CASE WHEN e.ordered THEN 1 ELSE e.width END
        - (SELECT count(*) FROM deliveries b WHERE b.endpoint_id = e.id AND b.claim_token IS NOT NULL) AS slots,
      CASE WHEN e.rate_limit_per_second IS NULL THEN NULL
           WHEN e.next_start_at > started THEN 0
           ELSE rate_burst(e.rate_limit_per_second) END AS burst,
      CASE WHEN e.ordered THEN
        (SELECT h.id FROM deliveries h WHERE h.endpoint_id = e.id AND h.status = 'pending' ORDER BY h.id LIMIT 1)
      END AS head
    FROM endpoints e WHERE e.id IN (SELECT endpoint_id FROM due)
  ), ranked AS (
    SELECT due.*, row_number() OVER (
      PARTITION BY due.endpoint_id ORDER BY COALESCE(ep.head <> due.id, false), due.next_attempt_at, due.id) AS place
    FROM due JOIN endpoint ep ON ep.id = due.endpoint_id
  ), judged AS (
    SELECT r.id, r.endpoint_id, r.token,
      CASE
        WHEN ep.ordered AND ep.head <> r.id THEN 'behind_head'
        WHEN r.place > ep.slots THEN 'slots_full'
        WHEN r.place > ep.burst THEN 'rate_limited'
        ELSE 'claimed'
      END AS decision,
      CASE WHEN r.place > ep.burst THEN
        ep.next_start_at + make_interval(secs => (r.place - 1)::float8 / (ep.rate - rate_burst(ep.rate) + 1))
      END AS until
    FROM ranked r JOIN endpoint ep ON ep.id = r.endpoint_id
  ), started_now AS (
    UPDATE endpoints e
    SET next_start_at = started
      + make_interval(secs => n.starts::float8 / (e.rate_limit_per_second - rate_burst(e.rate_limit_per_second) + 1))
    FROM (SELECT j.endpoint_id, count(*) AS starts FROM judged j WHERE j.decision = 'claimed' GROUP BY 1) n
    WHERE e.id = n.endpoint_id AND e.rate_limit_per_second IS NOT NULL
  ), changed AS (
    UPDATE deliveries d SET
      claim_token = CASE WHEN j.decision = 'claimed' THEN j.token END,
      claimed_at = CASE WHEN j.decision = 'claimed' THEN started END,
      claimed_until = CASE WHEN j.decision = 'claimed'
        THEN started + make_interval(secs => (d.timeout_ms + margin_ms) / 1000.0) END,
      claims = d.claims + (j.decision = 'claimed')::integer,
      -- Full: parked until a finish promotes it. Rate-limited: stays in the window, so that nobody takes its turn.
      enqueued_at = CASE WHEN j.decision IN ('claimed', 'rate_limited') THEN COALESCE(d.enqueued_at, started) END,
      next_attempt_at = CASE WHEN j.decision = 'rate_limited' THEN j.until ELSE d.next_attempt_at END,
      wait_reason = CASE j.decision WHEN 'claimed' THEN d.wait_reason WHEN 'rate_limited' THEN 'rate_limit'
        ELSE 'endpoint_slot' END
    FROM judged j WHERE d.id = j.id
    RETURNING d.id, j.decision, j.until, d.attempts, d.attempts_counted, d.claims
  )
  SELECT c.id, c.decision, c.until, c.attempts, c.attempts_counted, c.claims, started FROM changed c;
END $$;
