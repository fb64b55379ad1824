-- For whoever scales workers by the number of due deliveries (KEDA): a login that can count them and nothing else. It
-- sees four columns of deliveries and two of endpoints, no payloads, no apps, no secrets, and writes nothing.
--
--   psql -d breakwater -f prisma/scaler.sql && psql -d breakwater -c '\password breakwater_scaler'
--
-- Run it after the first migration, as a superuser or as the owner of the tables with CREATEROLE; it may be run again.
-- A backup names this role: before a restore into a new cluster make it there, too (docs/operations/kubernetes.md).
BEGIN;
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'breakwater_scaler') THEN
    CREATE ROLE breakwater_scaler LOGIN NOINHERIT CONNECTION LIMIT 5;
  END IF;
END $$;
ALTER ROLE breakwater_scaler SET default_transaction_read_only = on;
ALTER ROLE breakwater_scaler SET statement_timeout = '5s';
GRANT USAGE ON SCHEMA public TO breakwater_scaler;
GRANT SELECT (status, claim_token, next_attempt_at, endpoint_id) ON public.deliveries TO breakwater_scaler;
GRANT SELECT (id, hold) ON public.endpoints TO breakwater_scaler;
DROP POLICY IF EXISTS scaler ON public.deliveries;
CREATE POLICY scaler ON public.deliveries FOR SELECT TO breakwater_scaler USING (true);
DROP POLICY IF EXISTS scaler ON public.endpoints;
CREATE POLICY scaler ON public.endpoints FOR SELECT TO breakwater_scaler USING (true);
COMMIT;
