-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE TABLE alert_rules (
  app_id character varying(255),
  capability character varying(100),
  channels text[] DEFAULT ARRAY[]::text[],
  cooldown_seconds integer NOT NULL DEFAULT 3600,
  created_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  created_by character varying(255) NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  id uuid NOT NULL,
  min_samples integer NOT NULL DEFAULT 20,
  muted_until timestamp(3) with time zone,
  name character varying(200) NOT NULL,
  threshold double precision NOT NULL,
  type character varying(30) NOT NULL,
  updated_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  window_ms integer NOT NULL DEFAULT 3600000,
  CONSTRAINT alert_rules_check CHECK (((channels IS NOT NULL) AND ((type)::text = ANY ((ARRAY['success_rate'::character varying, 'response_time'::character varying, 'avg_attempts'::character varying, 'dlq_size'::character varying, 'queue_depth'::character varying, 'circuit_open'::character varying, 'app_health'::character varying])::text[])))),
  CONSTRAINT alert_rules_pkey PRIMARY KEY (id)
);
ALTER TABLE alert_rules ENABLE ROW LEVEL SECURITY;
ALTER TABLE alert_rules FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON alert_rules FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE alerts (
  acknowledged_at timestamp(3) with time zone,
  acknowledged_by character varying(255),
  acknowledged_note text,
  app_id character varying(255),
  capability character varying(100),
  evaluated_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  fired_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  id uuid NOT NULL,
  last_value double precision,
  notified_at timestamp(3) with time zone,
  resolved_at timestamp(3) with time zone,
  resolved_reason character varying(30),
  rule_id uuid NOT NULL,
  rule_name character varying(200) NOT NULL,
  samples integer,
  status character varying(20) NOT NULL DEFAULT 'firing'::character varying,
  threshold double precision NOT NULL,
  type character varying(30) NOT NULL,
  value_at_firing double precision NOT NULL,
  window_ms integer NOT NULL,
  worst_value double precision NOT NULL,
  CONSTRAINT alerts_check CHECK ((((status)::text = ANY ((ARRAY['firing'::character varying, 'resolved'::character varying])::text[])) AND (((status)::text = 'resolved'::text) = (resolved_at IS NOT NULL)))),
  CONSTRAINT alerts_pkey PRIMARY KEY (id)
);
CREATE INDEX alerts_fired_at_id_idx ON public.alerts USING btree (fired_at DESC, id DESC);
CREATE UNIQUE INDEX alerts_firing_idx ON public.alerts USING btree (rule_id, COALESCE(app_id, ''::character varying), COALESCE(capability, ''::character varying)) WHERE ((status)::text = 'firing'::text);
CREATE INDEX alerts_notified_idx ON public.alerts USING btree (rule_id, notified_at) WHERE (notified_at IS NOT NULL);
ALTER TABLE alerts ENABLE ROW LEVEL SECURITY;
ALTER TABLE alerts FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON alerts FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE api_keys (
  app_id character varying(255),
  created_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  created_by character varying(255) NOT NULL,
  expires_at timestamp(3) with time zone,
  hash character(64) NOT NULL,
  id uuid NOT NULL,
  last_used_at timestamp(3) with time zone,
  name character varying(255) NOT NULL,
  prefix character varying(20) NOT NULL,
  revoked_at timestamp(3) with time zone,
  scopes text[],
  CONSTRAINT api_keys_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX api_keys_hash_key ON public.api_keys USING btree (hash);
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON api_keys FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE api_rate_limits (
  expire bigint,
  key character varying(255) NOT NULL,
  points integer NOT NULL DEFAULT 0,
  CONSTRAINT api_rate_limits_pkey PRIMARY KEY (key)
);

CREATE TABLE app_health_days (
  app_id character varying(255) NOT NULL,
  day date NOT NULL,
  failed integer NOT NULL DEFAULT 0,
  ok integer NOT NULL DEFAULT 0,
  CONSTRAINT app_health_days_pkey PRIMARY KEY (app_id, day)
);
CREATE INDEX app_health_days_day_idx ON public.app_health_days USING btree (day);
ALTER TABLE app_health_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE app_health_days FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON app_health_days FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE app_health_status (
  app_id character varying(255) NOT NULL,
  breaker_check_at timestamp(3) with time zone,
  consecutive_failures integer NOT NULL DEFAULT 0,
  details jsonb NOT NULL DEFAULT '{}'::jsonb,
  failing_since timestamp(3) with time zone,
  last_check timestamp(3) with time zone,
  next_check_at timestamp(3) with time zone NOT NULL,
  response_time_ms integer,
  status character varying(20) NOT NULL DEFAULT 'unknown'::character varying,
  CONSTRAINT app_health_status_check CHECK (((status)::text = ANY ((ARRAY['healthy'::character varying, 'degraded'::character varying, 'unhealthy'::character varying, 'unknown'::character varying])::text[]))),
  CONSTRAINT app_health_status_pkey PRIMARY KEY (app_id)
);
CREATE INDEX app_health_status_next_check_at_app_id_idx ON public.app_health_status USING btree (next_check_at, app_id);
ALTER TABLE app_health_status ENABLE ROW LEVEL SECURITY;
ALTER TABLE app_health_status FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON app_health_status FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE apps (
  base_url character varying(2048) NOT NULL,
  created_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  demo boolean NOT NULL DEFAULT false,
  disabled_reason text,
  health boolean NOT NULL DEFAULT true,
  health_path character varying(2048) NOT NULL DEFAULT '/health'::character varying,
  id character varying(255) NOT NULL,
  manifest_version integer NOT NULL,
  name character varying(255) NOT NULL,
  owner_email character varying(320) NOT NULL,
  paused_at timestamp(3) with time zone,
  paused_by character varying(255),
  paused_by_platform boolean NOT NULL DEFAULT false,
  paused_reason character varying(500),
  portal_origins text[] DEFAULT '{}'::text[],
  signatures text[] DEFAULT '{v1}'::text[],
  status character varying(20) NOT NULL DEFAULT 'active'::character varying,
  updated_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  webhook_timeouts jsonb NOT NULL DEFAULT '{}'::jsonb,
  CONSTRAINT apps_pkey PRIMARY KEY (id),
  CONSTRAINT apps_signatures_check CHECK (((signatures IS NOT NULL) AND ((signatures = '{v1}'::text[]) OR (signatures = '{v1,v1a}'::text[])))),
  CONSTRAINT apps_status_check CHECK (((status)::text = ANY ((ARRAY['active'::character varying, 'disabled'::character varying])::text[])))
);
CREATE TRIGGER forget_breakers AFTER DELETE ON public.apps FOR EACH ROW EXECUTE FUNCTION forget_breakers();
CREATE TRIGGER hold AFTER UPDATE OF status, paused_at ON public.apps FOR EACH ROW WHEN ((((old.status)::text IS DISTINCT FROM (new.status)::text) OR (old.paused_at IS DISTINCT FROM new.paused_at))) EXECUTE FUNCTION hold_endpoints_of_app();
ALTER TABLE apps ENABLE ROW LEVEL SECURITY;
ALTER TABLE apps FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON apps FOR ALL TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON apps FOR ALL TO breakwater_tenant USING (((id)::text = ( SELECT current_tenant() AS current_tenant)));

CREATE TABLE attempts (
  app_id character varying(255) NOT NULL,
  capability character varying(100) NOT NULL,
  delivery_id uuid NOT NULL,
  duration_ms integer,
  endpoint_id uuid NOT NULL,
  error text,
  error_class character varying(30),
  http_status integer,
  next character varying(30) NOT NULL,
  next_at timestamp(3) with time zone,
  number integer NOT NULL,
  outcome character varying(30) NOT NULL,
  recorded_in bigint NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
  request_headers jsonb,
  response_body bytea,
  response_headers jsonb,
  started_at timestamp(3) with time zone NOT NULL,
  timings jsonb,
  truncated boolean NOT NULL DEFAULT false,
  CONSTRAINT attempts_pkey PRIMARY KEY (delivery_id, number)
) PARTITION BY RANGE (delivery_id);
CREATE INDEX attempts_app_id_capability_started_at_idx ON ONLY public.attempts USING btree (app_id, capability, started_at);
CREATE INDEX attempts_recorded_in_idx ON ONLY public.attempts USING btree (recorded_in);
ALTER TABLE attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE attempts FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON attempts FOR ALL TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON attempts FOR ALL TO breakwater_tenant USING (((app_id)::text = ( SELECT current_tenant() AS current_tenant))) WITH CHECK (((app_id)::text = ( SELECT current_tenant() AS current_tenant)));

CREATE TABLE audit_log (
  action character varying(60) NOT NULL,
  actor character varying(255) NOT NULL,
  actor_key_id uuid,
  app_id character varying(255),
  at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  detail jsonb,
  finished_at timestamp(3) with time zone,
  id uuid NOT NULL,
  outcome character varying(20) NOT NULL,
  request_id character varying(255),
  status integer,
  target character varying(500) NOT NULL,
  CONSTRAINT audit_log_outcome_check CHECK (((outcome)::text = ANY ((ARRAY['started'::character varying, 'done'::character varying, 'refused'::character varying, 'failed'::character varying])::text[]))),
  CONSTRAINT audit_log_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_log_at_id_idx ON public.audit_log USING btree (at DESC, id DESC);
CREATE INDEX audit_log_target_at_idx ON public.audit_log USING btree (target, at DESC);
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_log FORCE ROW LEVEL SECURITY;
CREATE POLICY service_adds ON audit_log FOR INSERT TO breakwater_service WITH CHECK (true);
CREATE POLICY service_completes ON audit_log FOR UPDATE TO breakwater_service USING (((outcome)::text = 'started'::text)) WITH CHECK (((outcome)::text <> 'started'::text));
CREATE POLICY service_forgets ON audit_log FOR DELETE TO breakwater_service USING ((at < (now() - '30 days'::interval)));
CREATE POLICY service_reads ON audit_log FOR SELECT TO breakwater_service USING (true);

CREATE TABLE breaker_notices (
  app_id character varying(255) NOT NULL,
  capability character varying(100) NOT NULL,
  quiet_until timestamp(3) with time zone,
  CONSTRAINT breaker_notices_pkey PRIMARY KEY (app_id, capability)
);
ALTER TABLE breaker_notices ENABLE ROW LEVEL SECURITY;
ALTER TABLE breaker_notices FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON breaker_notices FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE bulk_items (
  app_id character varying(255) NOT NULL,
  delivery_id uuid,
  done_at timestamp(3) with time zone,
  endpoint_id uuid NOT NULL,
  number integer NOT NULL,
  operation_id uuid NOT NULL,
  reason text,
  result character varying(10),
  subject_id uuid NOT NULL,
  CONSTRAINT bulk_items_done_check CHECK (((result IS NULL) = (done_at IS NULL))),
  CONSTRAINT bulk_items_operation_id_fkey FOREIGN KEY (operation_id) REFERENCES bulk_operations(id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT bulk_items_pkey PRIMARY KEY (operation_id, number),
  CONSTRAINT bulk_items_result_check CHECK (((result)::text = ANY ((ARRAY['succeeded'::character varying, 'skipped'::character varying, 'failed'::character varying])::text[])))
);
CREATE INDEX bulk_items_result_idx ON public.bulk_items USING btree (operation_id, result, number);
CREATE UNIQUE INDEX bulk_items_subject_key ON public.bulk_items USING btree (operation_id, subject_id, endpoint_id);
ALTER TABLE bulk_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE bulk_items FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON bulk_items FOR ALL TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON bulk_items FOR SELECT TO breakwater_tenant USING ((((app_id)::text = ( SELECT current_tenant() AS current_tenant)) AND (operation_id IN ( SELECT o.id
   FROM bulk_operations o))));

CREATE TABLE bulk_operations (
  app_id character varying(255),
  at_once boolean NOT NULL DEFAULT false,
  created_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  created_by character varying(255) NOT NULL,
  cursor character varying(100),
  done integer NOT NULL DEFAULT 0,
  error text,
  failed integer NOT NULL DEFAULT 0,
  filter jsonb NOT NULL,
  finished_at timestamp(3) with time zone,
  id uuid NOT NULL,
  idempotency_key character varying(255),
  kind character varying(10) NOT NULL,
  lease_token uuid,
  leased_until timestamp(3) with time zone,
  next_at timestamp(6) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  notes text,
  per_second integer NOT NULL,
  planned integer NOT NULL DEFAULT 0,
  skipped integer NOT NULL DEFAULT 0,
  started_at timestamp(3) with time zone,
  started_by character varying(255),
  status character varying(10) NOT NULL DEFAULT 'planning'::character varying,
  succeeded integer NOT NULL DEFAULT 0,
  url character varying(2048),
  CONSTRAINT bulk_operations_done_check CHECK (((done <= planned) AND (done = ((succeeded + skipped) + failed)))),
  CONSTRAINT bulk_operations_finished_check CHECK ((((status)::text = ANY ((ARRAY['completed'::character varying, 'cancelled'::character varying, 'refused'::character varying])::text[])) = (finished_at IS NOT NULL))),
  CONSTRAINT bulk_operations_kind_check CHECK (((kind)::text = ANY ((ARRAY['replay'::character varying, 'redeliver'::character varying, 'resolve'::character varying, 'cancel'::character varying])::text[]))),
  CONSTRAINT bulk_operations_lease_check CHECK (((lease_token IS NULL) = (leased_until IS NULL))),
  CONSTRAINT bulk_operations_per_second_check CHECK ((per_second > 0)),
  CONSTRAINT bulk_operations_pkey PRIMARY KEY (id),
  CONSTRAINT bulk_operations_status_check CHECK (((status)::text = ANY ((ARRAY['planning'::character varying, 'planned'::character varying, 'running'::character varying, 'completed'::character varying, 'cancelled'::character varying, 'refused'::character varying])::text[]))),
  CONSTRAINT bulk_operations_url_check CHECK (((url IS NULL) OR ((kind)::text = 'replay'::text)))
);
CREATE INDEX bulk_operations_app_id_id_idx ON public.bulk_operations USING btree (app_id, id);
CREATE INDEX bulk_operations_due_idx ON public.bulk_operations USING btree (next_at) WHERE ((status)::text = ANY ((ARRAY['planning'::character varying, 'running'::character varying])::text[]));
CREATE INDEX bulk_operations_finished_at_idx ON public.bulk_operations USING btree (finished_at) WHERE (finished_at IS NOT NULL);
CREATE UNIQUE INDEX bulk_operations_idempotency_key ON public.bulk_operations USING btree (COALESCE(app_id, ''::character varying), idempotency_key) WHERE (idempotency_key IS NOT NULL);
ALTER TABLE bulk_operations ENABLE ROW LEVEL SECURITY;
ALTER TABLE bulk_operations FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON bulk_operations FOR ALL TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON bulk_operations FOR SELECT TO breakwater_tenant USING (((app_id)::text = ( SELECT current_tenant() AS current_tenant)));

CREATE TABLE captures (
  app_id character varying(255) NOT NULL,
  body bytea,
  body_bytes integer NOT NULL,
  dedupe_id character varying(255),
  detail text,
  event_id uuid,
  headers jsonb,
  id uuid NOT NULL,
  method character varying(20) NOT NULL,
  path text NOT NULL,
  query text NOT NULL,
  reason character varying(40),
  received_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  recorded_in bigint NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
  remote_address character varying(64),
  request_id character varying(255) NOT NULL,
  result character varying(10) NOT NULL,
  source_id uuid NOT NULL,
  CONSTRAINT captures_body_check CHECK (((((result)::text = 'accepted'::text) = (body IS NULL)) AND ((body IS NULL) = (headers IS NULL)))),
  CONSTRAINT captures_event_check CHECK ((((result)::text = ANY ((ARRAY['accepted'::character varying, 'duplicate'::character varying])::text[])) = (event_id IS NOT NULL))),
  CONSTRAINT captures_pkey PRIMARY KEY (id),
  CONSTRAINT captures_result_check CHECK (((result)::text = ANY ((ARRAY['accepted'::character varying, 'duplicate'::character varying, 'rejected'::character varying, 'handshake'::character varying])::text[])))
) PARTITION BY RANGE (id);
CREATE INDEX captures_event_id_idx ON ONLY public.captures USING btree (event_id) WHERE (event_id IS NOT NULL);
CREATE INDEX captures_recorded_in_idx ON ONLY public.captures USING btree (recorded_in) WHERE ((result)::text = 'rejected'::text);
CREATE INDEX captures_source_id_id_idx ON ONLY public.captures USING btree (source_id, id);
ALTER TABLE captures ENABLE ROW LEVEL SECURITY;
ALTER TABLE captures FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON captures FOR ALL TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON captures FOR SELECT TO breakwater_tenant USING (((app_id)::text = ( SELECT current_tenant() AS current_tenant)));

CREATE TABLE circuit_breaker_state (
  app_id character varying(255) NOT NULL,
  capability character varying(100) NOT NULL,
  failing_since timestamp(3) with time zone,
  failure_count integer NOT NULL DEFAULT 0,
  forced_at timestamp(3) with time zone,
  forced_by character varying(255),
  forced_reason text,
  generation integer NOT NULL DEFAULT 0,
  hastened boolean NOT NULL DEFAULT false,
  last_failure_at timestamp(3) with time zone,
  last_reason text,
  opened_at timestamp(3) with time zone,
  probe_holder character varying(255),
  probe_token uuid,
  probe_until timestamp(6) with time zone,
  retry_at timestamp(6) with time zone,
  state character varying(20) NOT NULL DEFAULT 'closed'::character varying,
  success_count integer NOT NULL DEFAULT 0,
  updated_at timestamp(6) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  version integer NOT NULL DEFAULT 0,
  CONSTRAINT circuit_breaker_state_check CHECK ((((state)::text = ANY ((ARRAY['closed'::character varying, 'open'::character varying, 'half_open'::character varying])::text[])) AND (((state)::text <> 'open'::text) OR (retry_at IS NOT NULL)))),
  CONSTRAINT circuit_breaker_state_forced_check CHECK ((((forced_at IS NULL) = (forced_by IS NULL)) AND ((forced_at IS NULL) OR ((state)::text <> 'half_open'::text)))),
  CONSTRAINT circuit_breaker_state_pkey PRIMARY KEY (app_id, capability)
) WITH (fillfactor=50);
CREATE INDEX circuit_breaker_state_updated_at_idx ON public.circuit_breaker_state USING btree (updated_at);
ALTER TABLE circuit_breaker_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE circuit_breaker_state FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON circuit_breaker_state FOR ALL TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON circuit_breaker_state FOR ALL TO breakwater_tenant USING (((app_id)::text = ( SELECT current_tenant() AS current_tenant)));

CREATE TABLE circuit_breaker_transitions (
  actor character varying(255),
  app_id character varying(255) NOT NULL,
  at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  capability character varying(100) NOT NULL,
  cause character varying(30) NOT NULL,
  failing_since timestamp(3) with time zone,
  failure_count integer NOT NULL DEFAULT 0,
  from_state character varying(20) NOT NULL,
  generation integer NOT NULL,
  id bigint NOT NULL DEFAULT nextval('circuit_breaker_transitions_id_seq'::regclass),
  last_reason text,
  note text,
  notified_at timestamp(3) with time zone,
  to_state character varying(20) NOT NULL,
  CONSTRAINT circuit_breaker_transitions_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX circuit_breaker_transitions_app_id_capability_generation_key ON public.circuit_breaker_transitions USING btree (app_id, capability, generation);
CREATE INDEX circuit_breaker_transitions_key_idx ON public.circuit_breaker_transitions USING btree (app_id, capability, id DESC);
CREATE INDEX circuit_breaker_transitions_unnotified_idx ON public.circuit_breaker_transitions USING btree (id) WHERE (notified_at IS NULL);
ALTER TABLE circuit_breaker_transitions ENABLE ROW LEVEL SECURITY;
ALTER TABLE circuit_breaker_transitions FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON circuit_breaker_transitions FOR ALL TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON circuit_breaker_transitions FOR ALL TO breakwater_tenant USING (((app_id)::text = ( SELECT current_tenant() AS current_tenant))) WITH CHECK (((app_id)::text = ( SELECT current_tenant() AS current_tenant)));

CREATE TABLE client_certificates (
  app_id character varying(255) NOT NULL,
  certificate text NOT NULL,
  created_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  created_by character varying(255) NOT NULL,
  fingerprint character(64) NOT NULL,
  sealed text NOT NULL,
  valid_to timestamp(3) with time zone NOT NULL,
  CONSTRAINT client_certificates_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT client_certificates_pkey PRIMARY KEY (app_id)
);
ALTER TABLE client_certificates ENABLE ROW LEVEL SECURITY;
ALTER TABLE client_certificates FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON client_certificates FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE conformance_runs (
  app_id character varying(255) NOT NULL,
  created_by character varying(255) NOT NULL,
  ended_at timestamp(3) with time zone,
  id uuid NOT NULL,
  kept boolean NOT NULL DEFAULT false,
  results jsonb NOT NULL DEFAULT '[]'::jsonb,
  started_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  state character varying(20) NOT NULL DEFAULT 'running'::character varying,
  target character varying(100) NOT NULL,
  target_kind character varying(20) NOT NULL,
  CONSTRAINT conformance_runs_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT conformance_runs_pkey PRIMARY KEY (id),
  CONSTRAINT conformance_runs_state_check CHECK (((state)::text = ANY ((ARRAY['running'::character varying, 'passed'::character varying, 'failed'::character varying, 'interrupted'::character varying])::text[])))
);
CREATE INDEX conformance_runs_app_id_id_idx ON public.conformance_runs USING btree (app_id, id DESC);
CREATE UNIQUE INDEX conformance_runs_running_idx ON public.conformance_runs USING btree (app_id) WHERE ((state)::text = 'running'::text);
CREATE INDEX conformance_runs_started_at_idx ON public.conformance_runs USING btree (started_at);
ALTER TABLE conformance_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE conformance_runs FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON conformance_runs FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE deliveries (
  app_id character varying(255) NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  attempts_counted integer NOT NULL DEFAULT 0,
  body bytea NOT NULL,
  body_is_text boolean NOT NULL DEFAULT false,
  capability character varying(100) NOT NULL,
  claim_token uuid,
  claimed_at timestamp(6) with time zone,
  claimed_until timestamp(6) with time zone,
  claims integer NOT NULL DEFAULT 0,
  content_type character varying(255) NOT NULL,
  created_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  edited_from uuid,
  endpoint_id uuid NOT NULL,
  enqueued_at timestamp(3) with time zone,
  event_id uuid,
  event_type text,
  expires_at timestamp(3) with time zone,
  fallback_reason character varying(20),
  fallback_strategy text,
  finished_at timestamp(3) with time zone,
  id uuid NOT NULL,
  kind character varying(20) NOT NULL,
  last_attempt_at timestamp(3) with time zone,
  last_error text,
  last_error_class character varying(30),
  last_outcome character varying(30),
  max_attempts integer,
  mode character varying(10) NOT NULL,
  next_attempt_at timestamp(6) with time zone,
  operation_id uuid,
  recorded_in bigint NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
  redeliveries integer NOT NULL DEFAULT 0,
  replay_of uuid,
  request_id character varying(255) NOT NULL,
  status character varying(20) NOT NULL,
  target_url character varying(2048),
  timeout_ms integer NOT NULL,
  trace_parent character varying(55),
  wait_reason character varying(30),
  CONSTRAINT deliveries_claim_check CHECK ((((claim_token IS NULL) = (claimed_until IS NULL)) AND ((claim_token IS NULL) = (claimed_at IS NULL)) AND ((claim_token IS NULL) OR ((status)::text = 'pending'::text)))),
  CONSTRAINT deliveries_enqueued_check CHECK (((enqueued_at IS NULL) OR ((status)::text = 'pending'::text))),
  CONSTRAINT deliveries_event_type_check CHECK ((char_length(event_type) <= 255)),
  CONSTRAINT deliveries_kind_check CHECK (((kind)::text = ANY ((ARRAY['invocation'::character varying, 'event'::character varying])::text[]))),
  CONSTRAINT deliveries_mode_check CHECK (((mode)::text = ANY ((ARRAY['sync'::character varying, 'async'::character varying])::text[]))),
  CONSTRAINT deliveries_pending_check CHECK (((((status)::text = 'pending'::text) = (next_attempt_at IS NOT NULL)) AND (((status)::text = 'pending'::text) = (finished_at IS NULL)))),
  CONSTRAINT deliveries_pkey PRIMARY KEY (id),
  CONSTRAINT deliveries_status_check CHECK (((status)::text = ANY ((ARRAY['pending'::character varying, 'completed'::character varying, 'failed'::character varying, 'fallback'::character varying, 'dead_letter'::character varying, 'cancelled'::character varying])::text[])))
) PARTITION BY RANGE (id);
CREATE INDEX deliveries_app_id_id_idx ON ONLY public.deliveries USING btree (app_id, id);
CREATE INDEX deliveries_claimed_idx ON ONLY public.deliveries USING btree (endpoint_id, claimed_until) WHERE (claim_token IS NOT NULL);
CREATE INDEX deliveries_error_class_id_idx ON ONLY public.deliveries USING btree (last_error_class, id) WHERE (last_error_class IS NOT NULL);
CREATE INDEX deliveries_event_id_endpoint_id_idx ON ONLY public.deliveries USING btree (event_id, endpoint_id) WHERE (event_id IS NOT NULL);
CREATE INDEX deliveries_failed_idx ON ONLY public.deliveries USING btree (app_id, finished_at DESC, id) WHERE ((status)::text = ANY ((ARRAY['failed'::character varying, 'dead_letter'::character varying])::text[]));
CREATE INDEX deliveries_parked_idx ON ONLY public.deliveries USING btree (endpoint_id, next_attempt_at, id) WHERE (((status)::text = 'pending'::text) AND (enqueued_at IS NULL));
CREATE INDEX deliveries_pending_idx ON ONLY public.deliveries USING btree (endpoint_id, id) WHERE ((status)::text = 'pending'::text);
CREATE INDEX deliveries_recorded_in_idx ON ONLY public.deliveries USING btree (recorded_in) WHERE ((kind)::text = 'invocation'::text);
CREATE INDEX deliveries_request_id_idx ON ONLY public.deliveries USING btree (request_id);
CREATE INDEX deliveries_status_id_idx ON ONLY public.deliveries USING btree (status, id) WHERE ((status)::text = ANY ((ARRAY['failed'::character varying, 'dead_letter'::character varying, 'fallback'::character varying, 'cancelled'::character varying])::text[]));
CREATE INDEX deliveries_unanswered_idx ON ONLY public.deliveries USING btree (app_id, finished_at DESC, id) WHERE ((status)::text = ANY ((ARRAY['fallback'::character varying, 'cancelled'::character varying])::text[]));
CREATE INDEX deliveries_window_idx ON ONLY public.deliveries USING btree (endpoint_id, enqueued_at) WHERE (enqueued_at IS NOT NULL);
ALTER TABLE deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE deliveries FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON deliveries FOR ALL TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON deliveries FOR ALL TO breakwater_tenant USING (((app_id)::text = ( SELECT current_tenant() AS current_tenant))) WITH CHECK (((app_id)::text = ( SELECT current_tenant() AS current_tenant)));

CREATE TABLE delivery_notes (
  actor character varying(255),
  at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  delivery_id uuid NOT NULL,
  detail jsonb,
  id bigint NOT NULL DEFAULT nextval('delivery_notes_id_seq'::regclass),
  kind character varying(30) NOT NULL,
  CONSTRAINT delivery_notes_pkey PRIMARY KEY (delivery_id, id)
) PARTITION BY RANGE (delivery_id);
ALTER TABLE delivery_notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery_notes FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON delivery_notes FOR ALL TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON delivery_notes FOR ALL TO breakwater_tenant USING ((EXISTS ( SELECT 1
   FROM deliveries d
  WHERE (d.id = delivery_notes.delivery_id)))) WITH CHECK ((EXISTS ( SELECT 1
   FROM deliveries d
  WHERE (d.id = delivery_notes.delivery_id))));

CREATE TABLE directory_versions (
  app_id character varying(255) NOT NULL,
  version bigint NOT NULL,
  CONSTRAINT directory_versions_pkey PRIMARY KEY (app_id)
);
ALTER TABLE directory_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE directory_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON directory_versions FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE encryption_key_checks (
  check character varying(64) NOT NULL,
  key_id character varying(100) NOT NULL,
  CONSTRAINT encryption_key_checks_pkey PRIMARY KEY (key_id)
);

CREATE TABLE endpoints (
  age_stopped_at timestamp(6) with time zone,
  age_stopped_ms double precision NOT NULL DEFAULT 0,
  app_id character varying(255) NOT NULL,
  async boolean NOT NULL,
  breaker jsonb,
  capability character varying(100) NOT NULL,
  concurrency integer NOT NULL DEFAULT 10,
  disabled_at timestamp(3) with time zone,
  disabled_by character varying(255),
  disabled_notified_at timestamp(3) with time zone,
  disabled_reason text,
  enabled_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  fallback jsonb,
  headers_sealed text,
  hold character varying(20),
  id uuid NOT NULL,
  kind character varying(20) NOT NULL,
  narrowed_at timestamp(6) with time zone,
  next_start_at timestamp(6) with time zone,
  ordered boolean NOT NULL DEFAULT false,
  paused_at timestamp(3) with time zone,
  paused_by character varying(255),
  paused_by_platform boolean NOT NULL DEFAULT false,
  paused_reason character varying(500),
  rate_limit_per_second integer,
  retry jsonb,
  signatures text[],
  status character varying(20) NOT NULL DEFAULT 'active'::character varying,
  timeout_ms integer,
  updated_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  url character varying(2048) NOT NULL,
  width integer NOT NULL DEFAULT 10,
  CONSTRAINT endpoints_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT endpoints_hold_check CHECK (((hold)::text = ANY ((ARRAY['paused'::character varying, 'disabled'::character varying])::text[]))),
  CONSTRAINT endpoints_kind_check CHECK (((kind)::text = ANY ((ARRAY['capability'::character varying, 'subscription'::character varying])::text[]))),
  CONSTRAINT endpoints_pkey PRIMARY KEY (id),
  CONSTRAINT endpoints_signatures_check CHECK ((((COALESCE(signatures, '{}'::text[]) = '{}'::text[]) OR (COALESCE(signatures, '{}'::text[]) = '{v1}'::text[])) OR (COALESCE(signatures, '{}'::text[]) = '{v1,v1a}'::text[]))),
  CONSTRAINT endpoints_status_check CHECK (((status)::text = ANY ((ARRAY['active'::character varying, 'disabled'::character varying, 'removed'::character varying])::text[]))),
  CONSTRAINT endpoints_width_check CHECK (((width >= 1) AND (width <= concurrency))),
  CONSTRAINT note TRIGGER DEFERRABLE INITIALLY DEFERRED
) WITH (fillfactor=50, autovacuum_vacuum_scale_factor=0.05);
CREATE UNIQUE INDEX endpoints_app_id_capability_key ON public.endpoints USING btree (app_id, capability);
CREATE INDEX endpoints_hold_idx ON public.endpoints USING btree (id) WHERE (hold IS NOT NULL);
CREATE INDEX endpoints_unnotified_idx ON public.endpoints USING btree (disabled_at) WHERE (((status)::text = 'disabled'::text) AND (disabled_by IS NULL) AND (disabled_notified_at IS NULL));
CREATE TRIGGER hold BEFORE INSERT OR UPDATE OF status, paused_at ON public.endpoints FOR EACH ROW EXECUTE FUNCTION hold_endpoint();
CREATE CONSTRAINT TRIGGER note AFTER UPDATE OF status, paused_at, timeout_ms, retry ON public.endpoints DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((((new.kind)::text = 'subscription'::text) AND (((old.hold)::text IS DISTINCT FROM (new.hold)::text) OR ((old.status)::text <> (new.status)::text) OR (old.timeout_ms IS DISTINCT FROM new.timeout_ms) OR (old.retry IS DISTINCT FROM new.retry)))) EXECUTE FUNCTION subscription_endpoint_changed();
ALTER TABLE endpoints ENABLE ROW LEVEL SECURITY;
ALTER TABLE endpoints FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON endpoints FOR ALL TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON endpoints FOR ALL TO breakwater_tenant USING (((app_id)::text = ( SELECT current_tenant() AS current_tenant)));

CREATE TABLE event_keys (
  digest character(64) NOT NULL,
  event_id uuid NOT NULL,
  expires_at timestamp(3) with time zone NOT NULL,
  key character varying(255) NOT NULL,
  scope character varying(255) NOT NULL,
  CONSTRAINT event_keys_pkey PRIMARY KEY (scope, key)
);
CREATE INDEX event_keys_expires_at_idx ON public.event_keys USING btree (expires_at);
ALTER TABLE event_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON event_keys FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE event_types (
  created_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  description text,
  example jsonb,
  mode character varying(10) NOT NULL DEFAULT 'warn'::character varying,
  name character varying(255) NOT NULL,
  schema jsonb,
  updated_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT event_types_mode_check CHECK (((mode)::text = ANY ((ARRAY['enforce'::character varying, 'warn'::character varying])::text[]))),
  CONSTRAINT event_types_pkey PRIMARY KEY (name)
);
ALTER TABLE event_types ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_types FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON event_types FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE events (
  app_id character varying(255),
  body bytea NOT NULL,
  content_type character varying(255) NOT NULL,
  created_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  deliver_at timestamp(3) with time zone,
  deliveries integer NOT NULL DEFAULT 0,
  directory_version bigint,
  fan_out_at timestamp(6) with time zone,
  fan_out_cursor uuid,
  headers jsonb,
  id uuid NOT NULL,
  metadata jsonb,
  published_by character varying(255),
  recorded_in bigint NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
  request jsonb,
  request_id character varying(255) NOT NULL,
  source_id uuid,
  trace_parent character varying(55),
  type text NOT NULL,
  warnings jsonb,
  CONSTRAINT events_fan_out_check CHECK (((fan_out_at IS NOT NULL) OR (directory_version IS NOT NULL))),
  CONSTRAINT events_pkey PRIMARY KEY (id),
  CONSTRAINT events_request_check CHECK (((source_id IS NULL) = (request IS NULL))),
  CONSTRAINT events_type_check CHECK ((char_length(type) <= 255))
) PARTITION BY RANGE (id);
CREATE INDEX events_app_id_id_idx ON ONLY public.events USING btree (app_id, id);
CREATE INDEX events_fan_out_at_idx ON ONLY public.events USING btree (fan_out_at) WHERE (fan_out_at IS NOT NULL);
CREATE INDEX events_held_idx ON ONLY public.events USING btree (source_id, id) WHERE (fan_out_at = '9999-01-01 00:00:00+00'::timestamp with time zone);
CREATE INDEX events_recorded_in_idx ON ONLY public.events USING btree (recorded_in);
CREATE INDEX events_type_id_idx ON ONLY public.events USING btree (type, id);
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON events FOR ALL TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON events FOR SELECT TO breakwater_tenant USING ((((app_id)::text = ( SELECT current_tenant() AS current_tenant)) OR ((app_id IS NULL) AND (EXISTS ( SELECT 1
   FROM deliveries d
  WHERE (d.event_id = events.id))))));

CREATE TABLE failure_notices (
  app_id character varying(255) NOT NULL,
  capability character varying(100) NOT NULL,
  next_at timestamp(3) with time zone NOT NULL,
  told_until timestamp(3) with time zone NOT NULL,
  CONSTRAINT failure_notices_pkey PRIMARY KEY (app_id, capability)
);
ALTER TABLE failure_notices ENABLE ROW LEVEL SECURITY;
ALTER TABLE failure_notices FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON failure_notices FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE heartbeats (
  host character varying(255) NOT NULL,
  id uuid NOT NULL,
  pid integer NOT NULL,
  role character varying(20) NOT NULL,
  seen_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  slots integer,
  slots_in_use integer,
  started_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  version character varying(50) NOT NULL,
  CONSTRAINT heartbeats_pkey PRIMARY KEY (id),
  CONSTRAINT heartbeats_slots_check CHECK (((slots IS NULL) = (slots_in_use IS NULL)))
) WITH (fillfactor=50);
ALTER TABLE heartbeats ENABLE ROW LEVEL SECURITY;
ALTER TABLE heartbeats FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON heartbeats FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE idempotency_keys (
  app_id character varying(255) NOT NULL,
  delivery_id uuid NOT NULL,
  digest character(64) NOT NULL,
  expires_at timestamp(3) with time zone NOT NULL,
  key character varying(255) NOT NULL,
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (app_id, key)
);
CREATE INDEX idempotency_keys_expires_at_idx ON public.idempotency_keys USING btree (expires_at);
CREATE INDEX idempotency_keys_key_idx ON public.idempotency_keys USING btree (key);
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON idempotency_keys FOR ALL TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON idempotency_keys FOR SELECT TO breakwater_tenant USING (((app_id)::text = ( SELECT current_tenant() AS current_tenant)));

CREATE TABLE last_answers (
  answered_at timestamp(3) with time zone NOT NULL,
  app_id character varying(255) NOT NULL,
  capability character varying(100) NOT NULL,
  data bytea NOT NULL,
  CONSTRAINT last_answers_pkey PRIMARY KEY (app_id, capability)
);
ALTER TABLE last_answers ENABLE ROW LEVEL SECURITY;
ALTER TABLE last_answers FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON last_answers FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE listener_calls (
  answer bytea,
  answer_body bytea,
  body bytea NOT NULL,
  caller_process_id uuid NOT NULL,
  deadline timestamp(3) with time zone NOT NULL,
  id uuid NOT NULL,
  listener_id uuid NOT NULL,
  request bytea NOT NULL,
  taken_at timestamp(3) with time zone,
  CONSTRAINT listener_calls_listener_id_fkey FOREIGN KEY (listener_id) REFERENCES listeners(id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT listener_calls_pkey PRIMARY KEY (id)
);
CREATE INDEX listener_calls_listener_id_idx ON public.listener_calls USING btree (listener_id);
ALTER TABLE listener_calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE listener_calls FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON listener_calls FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE listeners (
  answers_calls boolean NOT NULL,
  app_id character varying(255) NOT NULL,
  capabilities text[] DEFAULT '{}'::text[],
  expires_at timestamp(3) with time zone NOT NULL,
  id uuid NOT NULL,
  process_id uuid NOT NULL,
  started_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  started_by character varying(255) NOT NULL,
  CONSTRAINT listeners_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT listeners_pkey PRIMARY KEY (id)
);
CREATE INDEX listeners_app_id_idx ON public.listeners USING btree (app_id);
ALTER TABLE listeners ENABLE ROW LEVEL SECURITY;
ALTER TABLE listeners FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON listeners FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE manifest_versions (
  app_id character varying(255) NOT NULL,
  created_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  created_by character varying(255) NOT NULL,
  digest character(64) NOT NULL,
  document jsonb NOT NULL,
  static_values jsonb NOT NULL DEFAULT '{}'::jsonb,
  version integer NOT NULL,
  CONSTRAINT manifest_versions_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT manifest_versions_pkey PRIMARY KEY (app_id, version)
);
ALTER TABLE manifest_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE manifest_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON manifest_versions FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE metric_hours (
  app_id character varying(255) NOT NULL,
  at timestamp(3) with time zone NOT NULL,
  buckets smallint[],
  calls integer NOT NULL,
  capability character varying(100) NOT NULL,
  counts integer[],
  ended integer NOT NULL,
  ended_attempts integer NOT NULL,
  mark_counts integer[],
  marks text[],
  successes integer NOT NULL,
  timeouts integer NOT NULL,
  CONSTRAINT metric_hours_pkey PRIMARY KEY (app_id, capability, at)
) PARTITION BY RANGE (at);
CREATE INDEX metric_hours_at_idx ON ONLY public.metric_hours USING btree (at);
ALTER TABLE metric_hours ENABLE ROW LEVEL SECURITY;
ALTER TABLE metric_hours FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON metric_hours FOR ALL TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON metric_hours FOR ALL TO breakwater_tenant USING (((app_id)::text = ( SELECT current_tenant() AS current_tenant)));

CREATE TABLE metric_minutes (
  app_id character varying(255) NOT NULL,
  at timestamp(3) with time zone NOT NULL,
  buckets smallint[],
  calls integer NOT NULL,
  capability character varying(100) NOT NULL,
  counts integer[],
  ended integer NOT NULL,
  ended_attempts integer NOT NULL,
  mark_counts integer[],
  marks text[],
  successes integer NOT NULL,
  timeouts integer NOT NULL,
  CONSTRAINT metric_minutes_pkey PRIMARY KEY (app_id, capability, at)
) PARTITION BY RANGE (at);
CREATE INDEX metric_minutes_at_idx ON ONLY public.metric_minutes USING btree (at);
ALTER TABLE metric_minutes ENABLE ROW LEVEL SECURITY;
ALTER TABLE metric_minutes FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON metric_minutes FOR ALL TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON metric_minutes FOR ALL TO breakwater_tenant USING (((app_id)::text = ( SELECT current_tenant() AS current_tenant)));

CREATE TABLE metric_rollup_state (
  cursor bigint NOT NULL,
  id integer NOT NULL DEFAULT 1,
  CONSTRAINT metric_rollup_state_check CHECK ((id = 1)),
  CONSTRAINT metric_rollup_state_pkey PRIMARY KEY (id)
);
ALTER TABLE metric_rollup_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE metric_rollup_state FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON metric_rollup_state FOR ALL TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON metric_rollup_state FOR ALL TO breakwater_tenant USING ((current_tenant() IS NOT NULL));

CREATE TABLE notifications (
  app_id character varying(255),
  attempts integer NOT NULL DEFAULT 0,
  body text,
  capability character varying(100),
  channel character varying(20) NOT NULL,
  created_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  data jsonb NOT NULL DEFAULT '{}'::jsonb,
  dedupe_key character varying(500) NOT NULL,
  html text,
  id uuid NOT NULL,
  kind character varying(50) NOT NULL,
  last_error text,
  locked_until timestamp(3) with time zone,
  next_attempt_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  recipient character varying(320) NOT NULL,
  room_id character varying(255),
  sent_at timestamp(3) with time zone,
  status character varying(20) NOT NULL DEFAULT 'pending'::character varying,
  subject text NOT NULL,
  text text NOT NULL,
  CONSTRAINT notifications_pkey PRIMARY KEY (id),
  CONSTRAINT notifications_status_check CHECK (((status)::text = ANY ((ARRAY['pending'::character varying, 'sent'::character varying, 'failed'::character varying])::text[])))
);
CREATE INDEX notifications_created_at_id_idx ON public.notifications USING btree (created_at DESC, id);
CREATE UNIQUE INDEX notifications_dedupe_key_key ON public.notifications USING btree (dedupe_key);
CREATE INDEX notifications_due_idx ON public.notifications USING btree (next_attempt_at) WHERE ((status)::text = 'pending'::text);
ALTER TABLE notifications ENABLE ROW LEVEL SECURITY;
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON notifications FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE partition_plans (
  ahead integer NOT NULL,
  days integer NOT NULL,
  key character varying(10) NOT NULL,
  parent character varying(60) NOT NULL,
  storage text NOT NULL DEFAULT ''::text,
  CONSTRAINT partition_plans_check CHECK ((((key)::text = ANY ((ARRAY['uuid'::character varying, 'time'::character varying])::text[])) AND (days > 0) AND (ahead >= 0))),
  CONSTRAINT partition_plans_pkey PRIMARY KEY (parent)
);

CREATE TABLE pending_approvals (
  app_id character varying(255) NOT NULL,
  capability character varying(100) NOT NULL,
  context jsonb,
  context_bytes bytea,
  created_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  id uuid NOT NULL,
  notes text,
  payload bytea NOT NULL,
  reason character varying(30) NOT NULL,
  request_id character varying(255) NOT NULL,
  resolved_at timestamp(3) with time zone,
  resolved_by character varying(255),
  status character varying(20) NOT NULL DEFAULT 'pending'::character varying,
  told_at timestamp(3) with time zone,
  CONSTRAINT pending_approvals_pkey PRIMARY KEY (id),
  CONSTRAINT pending_approvals_status_check CHECK (((status)::text = ANY ((ARRAY['pending'::character varying, 'approved'::character varying, 'rejected'::character varying])::text[])))
);
CREATE INDEX pending_approvals_app_id_capability_told_at_idx ON public.pending_approvals USING btree (app_id, capability, told_at);
CREATE INDEX pending_approvals_status_created_at_id_idx ON public.pending_approvals USING btree (status, created_at DESC, id);
CREATE INDEX pending_approvals_untold_idx ON public.pending_approvals USING btree (id) WHERE ((told_at IS NULL) AND ((status)::text = 'pending'::text));
ALTER TABLE pending_approvals ENABLE ROW LEVEL SECURITY;
ALTER TABLE pending_approvals FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON pending_approvals FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE periodic_runs (
  due_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  finished_at timestamp(3) with time zone,
  name character varying(60) NOT NULL,
  started_at timestamp(3) with time zone,
  CONSTRAINT periodic_runs_pkey PRIMARY KEY (name)
);

CREATE TABLE platform_keys (
  created_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  id uuid NOT NULL,
  public_key character varying(60) NOT NULL,
  retires_at timestamp(3) with time zone,
  sealed text NOT NULL,
  CONSTRAINT platform_keys_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX platform_keys_current_key ON public.platform_keys USING btree (((retires_at IS NULL))) WHERE (retires_at IS NULL);
ALTER TABLE platform_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON platform_keys FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE portal_links (
  app_id character varying(255) NOT NULL,
  capabilities text[],
  created_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  created_by character varying(255) NOT NULL,
  expires_at timestamp(3) with time zone NOT NULL,
  hash character(64) NOT NULL,
  id uuid NOT NULL,
  last_used_at timestamp(3) with time zone,
  note character varying(200),
  revoked_at timestamp(3) with time zone,
  CONSTRAINT portal_links_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT portal_links_pkey PRIMARY KEY (id)
);
CREATE INDEX portal_links_app_id_id_idx ON public.portal_links USING btree (app_id, id DESC);
CREATE UNIQUE INDEX portal_links_hash_key ON public.portal_links USING btree (hash);
ALTER TABLE portal_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE portal_links FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON portal_links FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE signing_secrets (
  app_id character varying(255) NOT NULL,
  created_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  endpoint_id uuid,
  expires_at timestamp(3) with time zone,
  id uuid NOT NULL,
  sealed text NOT NULL,
  CONSTRAINT signing_secrets_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT signing_secrets_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT signing_secrets_pkey PRIMARY KEY (id)
);
CREATE INDEX signing_secrets_app_id_idx ON public.signing_secrets USING btree (app_id);
ALTER TABLE signing_secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE signing_secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON signing_secrets FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE source_keys (
  created_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at timestamp(3) with time zone,
  hash character(64) NOT NULL,
  sealed text NOT NULL,
  source_id uuid NOT NULL,
  CONSTRAINT source_keys_pkey PRIMARY KEY (hash),
  CONSTRAINT source_keys_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources(id) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX source_keys_source_id_idx ON public.source_keys USING btree (source_id);
ALTER TABLE source_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE source_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON source_keys FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE source_secrets (
  created_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at timestamp(3) with time zone,
  id uuid NOT NULL,
  sealed text NOT NULL,
  source_id uuid NOT NULL,
  CONSTRAINT source_secrets_pkey PRIMARY KEY (id),
  CONSTRAINT source_secrets_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources(id) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX source_secrets_source_id_idx ON public.source_secrets USING btree (source_id);
ALTER TABLE source_secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE source_secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON source_secrets FOR ALL TO breakwater_service USING (true) WITH CHECK (true);

CREATE TABLE sources (
  answer jsonb,
  app_id character varying(255) NOT NULL,
  created_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  dedupe jsonb,
  description character varying(500),
  id uuid NOT NULL,
  name character varying(50) NOT NULL,
  paused_at timestamp(3) with time zone,
  paused_by character varying(255),
  paused_by_platform boolean NOT NULL DEFAULT false,
  paused_reason character varying(500),
  removed_at timestamp(3) with time zone,
  updated_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  verification jsonb NOT NULL,
  CONSTRAINT sources_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT sources_pkey PRIMARY KEY (id)
);
CREATE INDEX sources_app_id_name_idx ON public.sources USING btree (app_id, name);
CREATE UNIQUE INDEX sources_app_id_name_key ON public.sources USING btree (app_id, name) WHERE (removed_at IS NULL);
ALTER TABLE sources ENABLE ROW LEVEL SECURITY;
ALTER TABLE sources FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON sources FOR ALL TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON sources FOR SELECT TO breakwater_tenant USING (((app_id)::text = ( SELECT current_tenant() AS current_tenant)));

CREATE TABLE subscription_versions (
  app_id character varying(255) NOT NULL,
  ended_at timestamp(3) with time zone,
  endpoint_id uuid NOT NULL,
  events text[],
  filter jsonb,
  from_version bigint NOT NULL,
  name character varying(100) NOT NULL,
  retry jsonb,
  state character varying(10) NOT NULL,
  timeout_ms integer,
  until_version bigint,
  CONSTRAINT subscription_versions_events_check CHECK ((COALESCE(cardinality(events), 0) > 0)),
  CONSTRAINT subscription_versions_pkey PRIMARY KEY (endpoint_id, from_version),
  CONSTRAINT subscription_versions_state_check CHECK (((state)::text = ANY ((ARRAY['active'::character varying, 'paused'::character varying, 'disabled'::character varying])::text[]))),
  CONSTRAINT subscription_versions_until_check CHECK (((until_version IS NULL) = (ended_at IS NULL)))
);
CREATE INDEX subscription_versions_app_id_from_version_idx ON public.subscription_versions USING btree (app_id, from_version);
CREATE INDEX subscription_versions_ended_at_idx ON public.subscription_versions USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX subscription_versions_from_version_idx ON public.subscription_versions USING btree (from_version);
CREATE INDEX subscription_versions_until_version_idx ON public.subscription_versions USING btree (until_version) WHERE (until_version IS NOT NULL);
ALTER TABLE subscription_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE subscription_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON subscription_versions FOR ALL TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON subscription_versions FOR SELECT TO breakwater_tenant USING (((app_id)::text = ( SELECT current_tenant() AS current_tenant)));

CREATE TABLE subscriptions (
  app_id character varying(255) NOT NULL,
  created_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  description character varying(500),
  endpoint_id uuid NOT NULL,
  events text[],
  filter jsonb,
  managed_by character varying(10) NOT NULL,
  name character varying(100) NOT NULL,
  source_id uuid,
  updated_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT note TRIGGER DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT subscriptions_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT subscriptions_events_check CHECK ((COALESCE(cardinality(events), 0) > 0)),
  CONSTRAINT subscriptions_managed_by_check CHECK (((managed_by)::text = ANY ((ARRAY['manifest'::character varying, 'rest'::character varying, 'source'::character varying])::text[]))),
  CONSTRAINT subscriptions_pkey PRIMARY KEY (endpoint_id),
  CONSTRAINT subscriptions_source_check CHECK ((((managed_by)::text = 'source'::text) = (source_id IS NOT NULL))),
  CONSTRAINT subscriptions_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources(id) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE UNIQUE INDEX subscriptions_app_id_name_key ON public.subscriptions USING btree (app_id, name);
CREATE INDEX subscriptions_source_id_idx ON public.subscriptions USING btree (source_id) WHERE (source_id IS NOT NULL);
CREATE CONSTRAINT TRIGGER note AFTER INSERT OR DELETE OR UPDATE ON public.subscriptions DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION subscription_changed();
ALTER TABLE subscriptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE subscriptions FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON subscriptions FOR ALL TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON subscriptions FOR SELECT TO breakwater_tenant USING (((app_id)::text = ( SELECT current_tenant() AS current_tenant)));

CREATE TABLE webhook_dead_letter_queue (
  app_id character varying(255) NOT NULL,
  attempts integer NOT NULL,
  capability character varying(100) NOT NULL,
  category character varying(30) NOT NULL,
  delivery_id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  error text,
  error_class character varying(30),
  event_id uuid,
  event_type character varying(255),
  failed_at timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
  id uuid NOT NULL,
  note text,
  noted_at timestamp(3) with time zone,
  noted_by character varying(255),
  notes text,
  payload bytea NOT NULL,
  reason character varying(30) NOT NULL,
  recorded_in bigint NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
  requeued_at timestamp(3) with time zone,
  resolved_at timestamp(3) with time zone,
  resolved_by character varying(255),
  CONSTRAINT webhook_dead_letter_queue_pkey PRIMARY KEY (id),
  CONSTRAINT webhook_dead_letter_queue_reason_check CHECK (((reason)::text = ANY ((ARRAY['exhausted'::character varying, 'non_retryable'::character varying, 'circuit_open'::character varying, 'poison'::character varying, 'endpoint_disabled'::character varying])::text[])))
);
CREATE UNIQUE INDEX webhook_dead_letter_queue_delivery_id_key ON public.webhook_dead_letter_queue USING btree (delivery_id);
CREATE INDEX webhook_dead_letter_queue_failed_at_id_idx ON public.webhook_dead_letter_queue USING btree (failed_at DESC, id);
CREATE INDEX webhook_dead_letter_queue_groups_idx ON public.webhook_dead_letter_queue USING btree (app_id, capability, error_class, endpoint_id, failed_at) INCLUDE (category, reason, event_type, requeued_at) WHERE (resolved_at IS NULL);
CREATE INDEX webhook_dead_letter_queue_open_idx ON public.webhook_dead_letter_queue USING btree (failed_at DESC, id) WHERE (resolved_at IS NULL);
CREATE INDEX webhook_dead_letter_queue_recorded_in_idx ON public.webhook_dead_letter_queue USING btree (recorded_in);
ALTER TABLE webhook_dead_letter_queue ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_dead_letter_queue FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON webhook_dead_letter_queue FOR ALL TO breakwater_service USING (true) WITH CHECK (true);
CREATE POLICY tenant ON webhook_dead_letter_queue FOR ALL TO breakwater_tenant USING (((app_id)::text = ( SELECT current_tenant() AS current_tenant))) WITH CHECK (((app_id)::text = ( SELECT current_tenant() AS current_tenant)));

CREATE VIEW delivery_attempts WITH (security_invoker=true) AS
SELECT (md5((((delivery_id)::text || '-'::text) || number)))::uuid AS id,
    delivery_id,
    app_id AS org_id,
    endpoint_id,
    capability,
    number AS attempt_number,
    http_status AS http_status_code,
    text_of(response_body) AS response_body,
    error AS error_message,
    duration_ms,
    ((outcome)::text = 'delivered'::text) AS success,
    ((next)::text = ANY ((ARRAY['retry'::character varying, 'again'::character varying])::text[])) AS should_retry,
    started_at AS created_at
   FROM attempts;

CREATE VIEW webhook_dead_letters WITH (security_invoker=true) AS
SELECT id,
    app_id,
    capability,
    json_of(COALESCE(( SELECT v.body
           FROM events v
          WHERE (v.id = webhook_dead_letter_queue.event_id)), payload)) AS payload,
    COALESCE(( SELECT v.body
           FROM events v
          WHERE (v.id = webhook_dead_letter_queue.event_id)), payload) AS payload_bytes,
    error,
    attempts,
    failed_at,
    requeued_at,
    delivery_id,
    endpoint_id,
    COALESCE(event_type, capability) AS event_type,
    category,
    reason,
    resolved_at,
    resolved_by,
    notes,
    error_class
   FROM webhook_dead_letter_queue;

CREATE VIEW webhook_delivery_log WITH (security_invoker=true) AS
SELECT d.id,
    e.app_id AS org_id,
    (d.id)::text AS job_id,
    COALESCE(d.event_type, (d.capability)::text) AS event_type,
    json_of(d.body) AS event_data,
    'pending'::text AS status,
    d.attempts,
    d.max_attempts,
    d.created_at,
    d.last_attempt_at,
    d.finished_at AS completed_at,
    d.last_error AS error_message
   FROM (endpoints e
     JOIN deliveries d ON (((d.endpoint_id = e.id) AND ((d.app_id)::text = (e.app_id)::text))))
  WHERE (((d.status)::text = 'pending'::text) AND (d.claim_token IS NULL))
UNION ALL
 SELECT d.id,
    d.app_id AS org_id,
    (d.id)::text AS job_id,
    COALESCE(d.event_type, (d.capability)::text) AS event_type,
    json_of(d.body) AS event_data,
    'processing'::text AS status,
    d.attempts,
    d.max_attempts,
    d.created_at,
    d.last_attempt_at,
    d.finished_at AS completed_at,
    d.last_error AS error_message
   FROM deliveries d
  WHERE (d.claim_token IS NOT NULL)
UNION ALL
 SELECT d.id,
    d.app_id AS org_id,
    (d.id)::text AS job_id,
    COALESCE(d.event_type, (d.capability)::text) AS event_type,
    json_of(d.body) AS event_data,
    'completed'::text AS status,
    d.attempts,
    d.max_attempts,
    d.created_at,
    d.last_attempt_at,
    d.finished_at AS completed_at,
    d.last_error AS error_message
   FROM deliveries d
  WHERE ((d.status)::text = 'completed'::text)
UNION ALL
 SELECT d.id,
    d.app_id AS org_id,
    (d.id)::text AS job_id,
    COALESCE(d.event_type, (d.capability)::text) AS event_type,
    json_of(d.body) AS event_data,
    'failed'::text AS status,
    d.attempts,
    d.max_attempts,
    d.created_at,
    d.last_attempt_at,
    d.finished_at AS completed_at,
    d.last_error AS error_message
   FROM deliveries d
  WHERE ((d.status)::text = 'failed'::text)
UNION ALL
 SELECT d.id,
    d.app_id AS org_id,
    (d.id)::text AS job_id,
    COALESCE(d.event_type, (d.capability)::text) AS event_type,
    json_of(d.body) AS event_data,
    'failed'::text AS status,
    d.attempts,
    d.max_attempts,
    d.created_at,
    d.last_attempt_at,
    d.finished_at AS completed_at,
    COALESCE(d.last_error, (d.status)::text) AS error_message
   FROM deliveries d
  WHERE ((d.status)::text = ANY ((ARRAY['fallback'::character varying, 'cancelled'::character varying])::text[]))
UNION ALL
 SELECT d.id,
    d.app_id AS org_id,
    (d.id)::text AS job_id,
    COALESCE(d.event_type, (d.capability)::text) AS event_type,
    json_of(d.body) AS event_data,
    'dead_letter'::text AS status,
    d.attempts,
    d.max_attempts,
    d.created_at,
    d.last_attempt_at,
    d.finished_at AS completed_at,
    d.last_error AS error_message
   FROM deliveries d
  WHERE ((d.status)::text = 'dead_letter'::text);

CREATE VIEW webhook_metrics WITH (security_invoker=true) AS
SELECT (md5((((delivery_id)::text || '-'::text) || number)))::uuid AS id,
    app_id,
    capability,
    duration_ms,
    ((outcome)::text = 'delivered'::text) AS success,
    ((outcome)::text = 'timeout'::text) AS timeout,
        CASE
            WHEN ((outcome)::text <> 'delivered'::text) THEN COALESCE((http_status)::text, (outcome)::text)
            ELSE NULL::text
        END AS error_code,
    started_at AS "timestamp",
    delivery_id,
    number AS attempt
   FROM attempts;

GRANT SELECT ON _prisma_migrations TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON alert_rules TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON alerts TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON api_keys TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON api_rate_limits TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON app_health_days TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON app_health_status TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON apps TO breakwater_service;
GRANT SELECT ON apps TO breakwater_tenant;
GRANT DELETE, INSERT, SELECT, UPDATE ON attempts TO breakwater_service;
GRANT SELECT ON attempts TO breakwater_tenant;
GRANT DELETE, INSERT, SELECT ON audit_log TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON breaker_notices TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON bulk_items TO breakwater_service;
GRANT SELECT ON bulk_items TO breakwater_tenant;
GRANT DELETE, INSERT, SELECT, UPDATE ON bulk_operations TO breakwater_service;
GRANT SELECT ON bulk_operations TO breakwater_tenant;
GRANT DELETE, INSERT, SELECT, UPDATE ON captures TO breakwater_service;
GRANT SELECT ON captures TO breakwater_tenant;
GRANT DELETE, INSERT, SELECT, UPDATE ON circuit_breaker_state TO breakwater_service;
GRANT SELECT ON circuit_breaker_state TO breakwater_tenant;
GRANT DELETE, INSERT, SELECT, UPDATE ON circuit_breaker_transitions TO breakwater_service;
GRANT SELECT ON circuit_breaker_transitions TO breakwater_tenant;
GRANT SELECT, USAGE ON circuit_breaker_transitions_id_seq TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON client_certificates TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON conformance_runs TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON deliveries TO breakwater_service;
GRANT SELECT ON deliveries TO breakwater_tenant;
GRANT SELECT ON delivery_attempts TO breakwater_service;
GRANT SELECT ON delivery_attempts TO breakwater_tenant;
GRANT DELETE, INSERT, SELECT, UPDATE ON delivery_notes TO breakwater_service;
GRANT INSERT, SELECT ON delivery_notes TO breakwater_tenant;
GRANT SELECT, USAGE ON delivery_notes_id_seq TO breakwater_service;
GRANT USAGE ON delivery_notes_id_seq TO breakwater_tenant;
GRANT DELETE, INSERT, SELECT, UPDATE ON directory_versions TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON encryption_key_checks TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON endpoints TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON event_keys TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON event_types TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON events TO breakwater_service;
GRANT SELECT ON events TO breakwater_tenant;
GRANT DELETE, INSERT, SELECT, UPDATE ON failure_notices TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON heartbeats TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON idempotency_keys TO breakwater_service;
GRANT SELECT ON idempotency_keys TO breakwater_tenant;
GRANT DELETE, INSERT, SELECT, UPDATE ON last_answers TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON listener_calls TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON listeners TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON manifest_versions TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON metric_hours TO breakwater_service;
GRANT SELECT ON metric_hours TO breakwater_tenant;
GRANT DELETE, INSERT, SELECT, UPDATE ON metric_minutes TO breakwater_service;
GRANT SELECT ON metric_minutes TO breakwater_tenant;
GRANT DELETE, INSERT, SELECT, UPDATE ON metric_rollup_state TO breakwater_service;
GRANT SELECT ON metric_rollup_state TO breakwater_tenant;
GRANT DELETE, INSERT, SELECT, UPDATE ON notifications TO breakwater_service;
GRANT SELECT ON partition_plans TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON pending_approvals TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON periodic_runs TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON platform_keys TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON portal_links TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON signing_secrets TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON source_keys TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON source_secrets TO breakwater_service;
GRANT DELETE, INSERT, SELECT, UPDATE ON sources TO breakwater_service;
GRANT SELECT ON sources TO breakwater_tenant;
GRANT DELETE, INSERT, SELECT, UPDATE ON subscription_versions TO breakwater_service;
GRANT SELECT ON subscription_versions TO breakwater_tenant;
GRANT DELETE, INSERT, SELECT, UPDATE ON subscriptions TO breakwater_service;
GRANT SELECT ON subscriptions TO breakwater_tenant;
GRANT DELETE, INSERT, SELECT, UPDATE ON webhook_dead_letter_queue TO breakwater_service;
GRANT SELECT ON webhook_dead_letter_queue TO breakwater_tenant;
GRANT SELECT ON webhook_dead_letters TO breakwater_service;
GRANT SELECT ON webhook_dead_letters TO breakwater_tenant;
GRANT SELECT ON webhook_delivery_log TO breakwater_service;
GRANT SELECT ON webhook_delivery_log TO breakwater_tenant;
GRANT SELECT ON webhook_metrics TO breakwater_service;
GRANT SELECT ON webhook_metrics TO breakwater_tenant;
