-- Two roles that nobody logs in as (row J2). Every process takes on `breakwater_service` when it connects, and
-- `breakwater_tenant` for as long as it serves what an app's own key asks for. Neither owns a table.
-- Roles belong to the server: another database of it may have made them already.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['breakwater_service', 'breakwater_tenant'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', name);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
    -- Not 'MEMBER': whoever makes a role is one, but without its rights.
    IF NOT pg_has_role(current_user, name, 'USAGE') THEN
      EXECUTE format('GRANT %I TO CURRENT_USER', name);
    END IF;
  END LOOP;
END $$;

-- The engine reads and writes all rows, and changes no table.
GRANT USAGE ON SCHEMA public TO breakwater_service, breakwater_tenant;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO breakwater_service;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO breakwater_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO breakwater_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO breakwater_service;
DO $$ BEGIN
  IF to_regclass('public._prisma_migrations') IS NOT NULL THEN
    REVOKE INSERT, UPDATE, DELETE ON public._prisma_migrations FROM breakwater_service;
  END IF;
END $$;

-- An app's people see what its deliveries came to, may send them again and may give them up. Nothing else.
GRANT SELECT ON apps, deliveries, attempts, delivery_notes, webhook_dead_letter_queue,
  circuit_breaker_transitions TO breakwater_tenant;
GRANT UPDATE (status, finished_at, next_attempt_at, enqueued_at, attempts_counted, claims, redeliveries, wait_reason,
  expires_at) ON deliveries TO breakwater_tenant;
GRANT UPDATE (requeued_at) ON webhook_dead_letter_queue TO breakwater_tenant;
GRANT INSERT ON delivery_notes TO breakwater_tenant;
GRANT USAGE ON SEQUENCE delivery_notes_id_seq TO breakwater_tenant;

-- Whose rows are shown. After SET LOCAL a setting reads '' for the rest of the session: that is nobody, like NULL.
CREATE FUNCTION current_tenant() RETURNS text
  LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT NULLIF(current_setting('app.tenant', true), '') $$;

-- FORCE: owners are held to it as well. Whoever is in neither role sees nothing.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['apps', 'manifest_versions', 'signing_secrets', 'endpoints', 'deliveries', 'attempts',
    'delivery_notes', 'idempotency_keys', 'circuit_breaker_state', 'circuit_breaker_transitions',
    'webhook_dead_letter_queue', 'api_keys', 'pending_approvals', 'last_answers', 'notifications'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY service ON %I TO breakwater_service USING (true) WITH CHECK (true)', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['deliveries', 'attempts', 'circuit_breaker_transitions', 'webhook_dead_letter_queue'] LOOP
    EXECUTE format('CREATE POLICY tenant ON %I TO breakwater_tenant USING (app_id = (SELECT current_tenant()))
      WITH CHECK (app_id = (SELECT current_tenant()))', name);
  END LOOP;
END $$;
CREATE POLICY tenant ON apps TO breakwater_tenant USING (id = (SELECT current_tenant()));
-- A note belongs to whom its delivery belongs: the inner look is under the same policies.
CREATE POLICY tenant ON delivery_notes TO breakwater_tenant
  USING (EXISTS (SELECT 1 FROM deliveries d WHERE d.id = delivery_id))
  WITH CHECK (EXISTS (SELECT 1 FROM deliveries d WHERE d.id = delivery_id));
