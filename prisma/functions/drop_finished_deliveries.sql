-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE OR REPLACE FUNCTION public.drop_finished_deliveries(before timestamp with time zone)
 RETURNS TABLE(name text, about_rows bigint, kept bigint)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET lock_timeout TO '2s'
AS $function$
BEGIN
  PERFORM pg_advisory_xact_lock(740212);
  RETURN QUERY SELECT * FROM drop_old_partitions('deliveries', before, format(
    $keep$r.finished_at IS NULL OR r.finished_at >= %L
      OR EXISTS (SELECT 1 FROM public.webhook_dead_letter_queue q WHERE q.delivery_id = r.id)$keep$, before));
  RETURN QUERY SELECT * FROM drop_old_partitions('attempts', before,
    'EXISTS (SELECT 1 FROM public.deliveries d WHERE d.id = r.delivery_id)');
  RETURN QUERY SELECT * FROM drop_old_partitions('delivery_notes', before,
    'EXISTS (SELECT 1 FROM public.deliveries d WHERE d.id = r.delivery_id)');
END $function$;
