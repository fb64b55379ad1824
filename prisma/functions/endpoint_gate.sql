-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE OR REPLACE FUNCTION public.endpoint_gate(endpoint uuid, OUT takes_deliveries boolean, OUT age_at timestamp with time zone)
 RETURNS SETOF record
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT e.status <> 'removed' AND e.hold IS DISTINCT FROM 'disabled', age_clock(e.age_stopped_ms, e.age_stopped_at)
  FROM public.endpoints e WHERE e.id = endpoint $function$;
