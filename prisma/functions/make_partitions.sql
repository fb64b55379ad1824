-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE OR REPLACE FUNCTION public.make_partitions(since timestamp with time zone DEFAULT now())
 RETURNS SETOF text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET lock_timeout TO '2s'
AS $function$
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
END $function$;
