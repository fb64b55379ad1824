-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE OR REPLACE FUNCTION public.cleanup_old_webhook_logs(older_than_days integer DEFAULT 30)
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
DECLARE dropped bigint;
BEGIN
  IF older_than_days IS NULL OR older_than_days < 1 THEN
    RAISE EXCEPTION 'older_than_days must be 1 or more, not %', COALESCE(older_than_days::text, 'NULL')
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM make_partitions();
  SELECT COALESCE(sum(d.about_rows - d.kept) FILTER (WHERE d.name LIKE 'deliveries%'), 0)::bigint INTO dropped
  FROM drop_finished_deliveries(now() - make_interval(days => older_than_days)) d;
  RETURN dropped;
END $function$;
