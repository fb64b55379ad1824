-- A backup with the rights of breakwater_service: pg_dump reads each partition by its own name, and the state of each
-- sequence. Reading is all that is added; rows are still written by the parent table only.
GRANT USAGE ON SCHEMA partitions TO breakwater_service;
GRANT SELECT ON ALL TABLES IN SCHEMA partitions TO breakwater_service;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO breakwater_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO breakwater_service;

-- What both kinds of partition have. Policies and the right to read are those of the engine: apps' people come by the
-- parent, or not at all.
CREATE OR REPLACE FUNCTION partition_guard(child text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE partitions.%I ENABLE ROW LEVEL SECURITY', child);
  EXECUTE format('ALTER TABLE partitions.%I FORCE ROW LEVEL SECURITY', child);
  EXECUTE format('CREATE POLICY service ON partitions.%I TO breakwater_service USING (true) WITH CHECK (true)', child);
  EXECUTE format('GRANT SELECT ON partitions.%I TO breakwater_service', child);
END $$;
