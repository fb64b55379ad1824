-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE OR REPLACE FUNCTION public.drop_old_events(before timestamp with time zone)
 RETURNS TABLE(name text, about_rows bigint, kept bigint)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET lock_timeout TO '2s'
AS $function$
BEGIN
  PERFORM pg_advisory_xact_lock(740212);
  RETURN QUERY SELECT * FROM drop_old_partitions('events', before,
    $keep$r.fan_out_at IS NOT NULL OR EXISTS (
      SELECT 1 FROM public.deliveries d LEFT JOIN public.webhook_dead_letter_queue q
        ON q.delivery_id = d.id AND q.resolved_at IS NULL
      WHERE d.event_id = r.id AND (d.status = 'pending' OR q.id IS NOT NULL))$keep$);
END $function$;
