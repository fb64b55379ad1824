-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE OR REPLACE FUNCTION public.held_endpoints()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  SELECT e.id FROM public.endpoints e
  WHERE e.hold IS NOT NULL AND (public.current_tenant() IS NULL OR e.app_id = public.current_tenant()) $function$;
