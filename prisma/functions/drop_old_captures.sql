-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE OR REPLACE FUNCTION public.drop_old_captures(before timestamp with time zone)
 RETURNS TABLE(name text, about_rows bigint, kept bigint)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET lock_timeout TO '2s'
AS $function$
BEGIN
  PERFORM pg_advisory_xact_lock(740212);
  RETURN QUERY SELECT * FROM drop_old_partitions('captures', before, 'false');
END $function$;
