-- Takes row-level security back. The two roles stay: other databases of the server may use them.
DO $$
DECLARE row record;
BEGIN
  FOR row IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP POLICY %I ON %I', row.policyname, row.tablename);
  END LOOP;
  FOR row IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity LOOP
    EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', row.relname);
    EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', row.relname);
  END LOOP;
END $$;
DROP FUNCTION current_tenant();
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM breakwater_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM breakwater_service;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM breakwater_service, breakwater_tenant;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM breakwater_service, breakwater_tenant;
REVOKE ALL ON SCHEMA public FROM breakwater_service, breakwater_tenant;
