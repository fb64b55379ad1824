-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE OR REPLACE FUNCTION public.drop_old_partitions(of_parent text, before timestamp with time zone, keep text)
 RETURNS TABLE(name text, about_rows bigint, kept bigint)
 LANGUAGE plpgsql
AS $function$
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
END $function$;
