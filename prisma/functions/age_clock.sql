-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE OR REPLACE FUNCTION public.age_clock(stopped_ms double precision, stopped_at timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ SELECT COALESCE(stopped_at, clock_timestamp()) - make_interval(secs => stopped_ms / 1000) $function$;
