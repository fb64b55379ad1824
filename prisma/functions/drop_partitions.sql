-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE OR REPLACE FUNCTION public.drop_partitions(of_parent text, before timestamp with time zone)
 RETURNS TABLE(name text, about_rows bigint, kept bigint)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET lock_timeout TO '2s'
AS $function$
BEGIN
  PERFORM pg_advisory_xact_lock(740212);
  IF of_parent IN ('deliveries', 'attempts', 'delivery_notes') THEN
    RAISE EXCEPTION 'drop_finished_deliveries drops those, together';
  END IF;
  IF of_parent = 'events' THEN
    RAISE EXCEPTION 'drop_old_events drops those';
  END IF;
  RETURN QUERY SELECT * FROM drop_old_partitions(of_parent, before, 'false');
END $function$;
