CREATE OR REPLACE FUNCTION partition_guard(child text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE partitions.%I ENABLE ROW LEVEL SECURITY', child);
  EXECUTE format('ALTER TABLE partitions.%I FORCE ROW LEVEL SECURITY', child);
  EXECUTE format('CREATE POLICY service ON partitions.%I TO breakwater_service USING (true) WITH CHECK (true)', child);
END $$;

ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON SEQUENCES FROM breakwater_service;
REVOKE SELECT ON ALL SEQUENCES IN SCHEMA public FROM breakwater_service;
REVOKE SELECT ON ALL TABLES IN SCHEMA partitions FROM breakwater_service;
REVOKE USAGE ON SCHEMA partitions FROM breakwater_service;
