-- Rows that come with every call leave by the partition, not one by one (row G7, docs/adr/0016-partitions-by-id.md).

-- Not in `public`: nobody but the owner has any business with a partition itself.
CREATE SCHEMA partitions;

-- Fails for whoever does not see all rows: rows that row-level security hides would be left behind, and lost.
CREATE FUNCTION need_all_rows() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT pg_has_role(current_user, 'breakwater_service', 'USAGE') THEN
    RAISE EXCEPTION 'the owner of the tables lacks the rights of breakwater_service: GRANT breakwater_service TO "%" WITH INHERIT TRUE',
      current_user;
  END IF;
END $$;
SELECT need_all_rows();

-- Which tables are partitioned, and how. `uuid`: by an id of version 7, which begins with the time it was made.
CREATE TABLE "partition_plans" (
    "parent" VARCHAR(60) NOT NULL,
    "key" VARCHAR(10) NOT NULL,
    "days" INTEGER NOT NULL,
    "ahead" INTEGER NOT NULL,
    "storage" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "partition_plans_pkey" PRIMARY KEY ("parent")
);
ALTER TABLE partition_plans ADD CONSTRAINT partition_plans_check CHECK (key IN ('uuid', 'time') AND days > 0 AND ahead >= 0);
REVOKE INSERT, UPDATE, DELETE ON partition_plans FROM breakwater_service;

-- The smallest id of version 7 that can be made at this time.
CREATE FUNCTION uuid_floor(at timestamptz) RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid $$;

-- Where the partition begins that holds this time: partitions are laid out in whole days of UTC since 1970.
CREATE FUNCTION partition_start(at timestamptz, days integer) RETURNS timestamptz
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT to_timestamp(floor(extract(epoch FROM at) / (days * 86400)) * days * 86400) $$;

-- What both kinds of partition have. Policies are those of the engine: apps' people come by the parent, or not at all.
CREATE FUNCTION partition_guard(child text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE partitions.%I ENABLE ROW LEVEL SECURITY', child);
  EXECUTE format('ALTER TABLE partitions.%I FORCE ROW LEVEL SECURITY', child);
  EXECUTE format('CREATE POLICY service ON partitions.%I TO breakwater_service USING (true) WITH CHECK (true)', child);
END $$;

-- Makes the partitions that are missing, from `since` until as far ahead as planned, and gives back their names. What
-- came before its partition was there waits in the default one and is moved. Runs as the owner of the tables, and
-- gives up rather than hold up anybody: the next run is soon, and the partitions are made long before they are needed.
CREATE FUNCTION make_partitions(since timestamptz DEFAULT now()) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  plan record;
  lower_at timestamptz;
  bounds text;
  key_column text;
  child text;
  inside text;
BEGIN
  PERFORM pg_advisory_xact_lock(740212);
  PERFORM need_all_rows();
  FOR plan IN SELECT * FROM partition_plans ORDER BY parent LOOP
    child := plan.parent || '_default';
    IF to_regclass(format('partitions.%I', child)) IS NULL THEN
      EXECUTE format('CREATE TABLE partitions.%I PARTITION OF public.%I DEFAULT %s', child, plan.parent,
        CASE WHEN plan.storage <> '' THEN 'WITH (' || plan.storage || ')' END);
      PERFORM partition_guard(child);
    END IF;
    SELECT a.attname INTO key_column FROM pg_partitioned_table t
      JOIN pg_attribute a ON a.attrelid = t.partrelid AND a.attnum = t.partattrs[0]
      WHERE t.partrelid = format('public.%I', plan.parent)::regclass;
    lower_at := partition_start(least(since, now()), plan.days);
    WHILE lower_at <= partition_start(now(), plan.days) + make_interval(days => plan.days * plan.ahead) LOOP
      child := plan.parent || to_char(lower_at AT TIME ZONE 'UTC', '_YYYYMMDD');
      IF to_regclass(format('partitions.%I', child)) IS NULL THEN
        IF plan.key = 'uuid' THEN
          bounds := format('FROM (%L) TO (%L)', uuid_floor(lower_at), uuid_floor(lower_at + make_interval(days => plan.days)));
          inside := format('%1$I >= %2$L AND %1$I < %3$L', key_column, uuid_floor(lower_at),
            uuid_floor(lower_at + make_interval(days => plan.days)));
        ELSE
          bounds := format('FROM (%L) TO (%L)', lower_at, lower_at + make_interval(days => plan.days));
          inside := format('%1$I >= %2$L AND %1$I < %3$L', key_column, lower_at, lower_at + make_interval(days => plan.days));
        END IF;
        EXECUTE format('CREATE TABLE partitions.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS) %s', child,
          plan.parent, CASE WHEN plan.storage <> '' THEN 'WITH (' || plan.storage || ')' END);
        EXECUTE format('LOCK TABLE partitions.%I IN ACCESS EXCLUSIVE MODE', plan.parent || '_default');
        EXECUTE format('WITH moved AS (DELETE FROM partitions.%I WHERE %s RETURNING *) INSERT INTO partitions.%I SELECT * FROM moved',
          plan.parent || '_default', inside, child);
        EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION partitions.%I FOR VALUES %s', plan.parent, child, bounds);
        PERFORM partition_guard(child);
        RETURN NEXT child;
      END IF;
      lower_at := lower_at + make_interval(days => plan.days);
    END LOOP;
  END LOOP;
END $$;

-- Drops the partitions of a table that ended before `before`. Rows for which `keep` holds (SQL over the row, called
-- `r`; by nobody but the functions below) go on living in the default partition.
CREATE FUNCTION drop_old_partitions(of_parent text, before timestamptz, keep text)
RETURNS TABLE (name text, about_rows bigint, kept bigint) LANGUAGE plpgsql AS $$
DECLARE
  plan partition_plans;
  old record;
BEGIN
  PERFORM need_all_rows();
  SELECT * INTO STRICT plan FROM partition_plans p WHERE p.parent = of_parent;
  FOR old IN
    SELECT c.relname::text AS relname, greatest(c.reltuples, 0)::bigint AS about_rows
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = format('public.%I', of_parent)::regclass AND c.relname ~ '_\d{8}$'
      AND (to_date(right(c.relname, 8), 'YYYYMMDD') + plan.days)::timestamp AT TIME ZONE 'UTC' <= before
    ORDER BY c.relname
  LOOP
    EXECUTE format('ALTER TABLE public.%I DETACH PARTITION partitions.%I', of_parent, old.relname);
    EXECUTE format('INSERT INTO public.%I SELECT r.* FROM partitions.%I r WHERE %s', of_parent, old.relname, keep);
    GET DIAGNOSTICS kept = ROW_COUNT;
    EXECUTE format('DROP TABLE partitions.%I', old.relname);
    name := old.relname;
    about_rows := old.about_rows;
    RETURN NEXT;
  END LOOP;
END $$;

-- Partitions of a table whose rows nobody waits for: all of it goes.
CREATE FUNCTION drop_partitions(of_parent text, before timestamptz) RETURNS TABLE (name text, about_rows bigint, kept bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(740212);
  IF of_parent IN ('deliveries', 'attempts', 'delivery_notes') THEN
    RAISE EXCEPTION 'drop_finished_deliveries drops those, together';
  END IF;
  RETURN QUERY SELECT * FROM drop_old_partitions(of_parent, before, 'false');
END $$;

-- Deliveries that were accepted before `before`, with their attempts and notes. What is not over stays, and what has a
-- dead letter: a person may still want to send it again.
CREATE FUNCTION drop_finished_deliveries(before timestamptz) RETURNS TABLE (name text, about_rows bigint, kept bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(740212);
  RETURN QUERY SELECT * FROM drop_old_partitions('deliveries', before, format(
    $keep$r.finished_at IS NULL OR r.finished_at >= %L
      OR EXISTS (SELECT 1 FROM public.webhook_dead_letter_queue q WHERE q.delivery_id = r.id)$keep$, before));
  RETURN QUERY SELECT * FROM drop_old_partitions('attempts', before,
    'EXISTS (SELECT 1 FROM public.deliveries d WHERE d.id = r.delivery_id)');
  RETURN QUERY SELECT * FROM drop_old_partitions('delivery_notes', before,
    'EXISTS (SELECT 1 FROM public.deliveries d WHERE d.id = r.delivery_id)');
END $$;

REVOKE ALL ON FUNCTION need_all_rows(), partition_guard(text), make_partitions(timestamptz), drop_old_partitions(text, timestamptz, text),
  drop_partitions(text, timestamptz), drop_finished_deliveries(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_partitions(timestamptz), drop_partitions(text, timestamptz),
  drop_finished_deliveries(timestamptz) TO breakwater_service;

-- The three tables of a delivery, by the week it was accepted in ------------------------------------------------------

ALTER TABLE deliveries RENAME TO deliveries_whole;
ALTER TABLE attempts RENAME TO attempts_whole;
ALTER TABLE delivery_notes RENAME TO delivery_notes_whole;
CREATE TABLE deliveries (LIKE deliveries_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (id);
CREATE TABLE attempts (LIKE attempts_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (delivery_id);
CREATE TABLE delivery_notes (LIKE delivery_notes_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (delivery_id);
ALTER SEQUENCE delivery_notes_id_seq OWNED BY delivery_notes.id;

INSERT INTO partition_plans (parent, key, days, ahead, storage) VALUES
  ('deliveries', 'uuid', 7, 1, 'fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0'),
  ('attempts', 'uuid', 7, 1, ''),
  ('delivery_notes', 'uuid', 7, 1, '');
SELECT make_partitions((SELECT COALESCE(min(created_at), now()) FROM deliveries_whole));

UPDATE deliveries_whole SET enqueued_at = NULL WHERE status <> 'pending' AND enqueued_at IS NOT NULL;
INSERT INTO deliveries SELECT * FROM deliveries_whole;
INSERT INTO attempts SELECT * FROM attempts_whole;
INSERT INTO delivery_notes SELECT * FROM delivery_notes_whole;
DROP TABLE delivery_notes_whole, attempts_whole, deliveries_whole;

ALTER TABLE deliveries ADD CONSTRAINT deliveries_pkey PRIMARY KEY (id);
ALTER TABLE attempts ADD CONSTRAINT attempts_pkey PRIMARY KEY (delivery_id, number);
-- By delivery first: that is how they are read.
ALTER TABLE delivery_notes ADD CONSTRAINT delivery_notes_pkey PRIMARY KEY (delivery_id, id);
CREATE INDEX deliveries_app_id_created_at_id_idx ON deliveries (app_id, created_at DESC, id);
CREATE INDEX deliveries_created_at_id_idx ON deliveries (created_at DESC, id);
-- See the first migration for what these are for.
CREATE INDEX deliveries_parked_idx ON deliveries (endpoint_id, next_attempt_at, id)
  WHERE status = 'pending' AND enqueued_at IS NULL;
-- Without the status, so that nothing but this index fits a count of the window: plans are made while tables are empty.
ALTER TABLE deliveries ADD CONSTRAINT deliveries_enqueued_check CHECK (enqueued_at IS NULL OR status = 'pending');
CREATE INDEX deliveries_window_idx ON deliveries (endpoint_id, enqueued_at) WHERE enqueued_at IS NOT NULL;
CREATE INDEX deliveries_claimed_idx ON deliveries (endpoint_id, claimed_until) WHERE claim_token IS NOT NULL;
CREATE INDEX deliveries_pending_idx ON deliveries (endpoint_id, id) WHERE status = 'pending';

-- See the migration of row-level security.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['deliveries', 'attempts', 'delivery_notes'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY service ON %I TO breakwater_service USING (true) WITH CHECK (true)', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['deliveries', 'attempts'] LOOP
    EXECUTE format('CREATE POLICY tenant ON %I TO breakwater_tenant USING (app_id = (SELECT current_tenant()))
      WITH CHECK (app_id = (SELECT current_tenant()))', name);
  END LOOP;
END $$;
CREATE POLICY tenant ON delivery_notes TO breakwater_tenant
  USING (EXISTS (SELECT 1 FROM deliveries d WHERE d.id = delivery_id))
  WITH CHECK (EXISTS (SELECT 1 FROM deliveries d WHERE d.id = delivery_id));
GRANT SELECT ON deliveries, attempts, delivery_notes TO breakwater_tenant;
GRANT UPDATE (status, finished_at, next_attempt_at, enqueued_at, attempts_counted, claims, redeliveries, wait_reason,
  expires_at) ON deliveries TO breakwater_tenant;
GRANT INSERT ON delivery_notes TO breakwater_tenant;
