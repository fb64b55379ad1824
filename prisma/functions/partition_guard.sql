-- Dumped from a migrated database by `npm run schema`; a test compares it with the migrations.

CREATE OR REPLACE FUNCTION public.partition_guard(child text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
  EXECUTE format('ALTER TABLE partitions.%I ENABLE ROW LEVEL SECURITY', child);
  EXECUTE format('ALTER TABLE partitions.%I FORCE ROW LEVEL SECURITY', child);
  EXECUTE format('CREATE POLICY service ON partitions.%I TO breakwater_service USING (true) WITH CHECK (true)', child);
  EXECUTE format('GRANT SELECT ON partitions.%I TO breakwater_service', child);
END $function$;
