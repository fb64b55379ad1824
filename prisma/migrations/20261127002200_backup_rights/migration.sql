-- Lets breakwater_service make a backup: pg_dump reads each partition by its own name, and the state of each sequence.
-- Only reading is added; rows are still written through the parent table only.
GRANT USAGE ON SCHEMA partitions TO breakwater_service;
GRANT SELECT ON ALL TABLES IN SCHEMA partitions TO breakwater_service;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO breakwater_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO breakwater_service;

-- What both kinds of partition have. Their policies and the right to read are for the engine: apps' people use the
-- parent only.
CREATE OR REPLACE FUNCTION partition_guard(child text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE partitions.%I ENABLE ROW LEVEL SECURITY', child);
  EXECUTE format('ALTER TABLE partitions.%I FORCE ROW LEVEL SECURITY', child);
  EXECUTE format('CREATE POLICY service ON partitions.%I TO breakwater_service USING (true) WITH CHECK (true)', child);
  EXECUTE format('GRANT SELECT ON partitions.%I TO breakwater_service', child);
END $$;
